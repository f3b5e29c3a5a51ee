"""The money fact: one bank transfer, whatever told us of it, and the evidence that speaks of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from payments.domain.bank_messages import Direction


class Teller(StrEnum):
    """Who told us of a transfer."""

    WEBHOOK = "webhook"
    POLL = "poll"
    STATEMENT = "statement"
    PERSON = "person"


class Outcome(StrEnum):
    """What a transfer meant when it arrived. Each but EXACT has its place in a work queue."""

    EXACT = "exact"
    SHORT = "short"
    OVER = "over"
    LATE = "late"
    TWICE = "twice"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    REVERSED = "reversed"
    OUTGOING = "outgoing"


@dataclass(frozen=True, slots=True)
class BankMessage:
    """A delivery as the bank sent it, kept for ever, and what it was answered.

    ``headers`` have secrets removed; ``path`` and ``query`` are what stood behind the address.
    ``verdict`` is the kind of the answer, ``problem`` why the body could not be read, if it could
    not; ``handled_ms`` is how long it took until the answer was ready to be committed.
    """

    centre_id: str
    message_id: str
    endpoint_id: str
    received_at: datetime
    method: str
    path: str
    query: str
    remote_address: str
    headers: str
    body: bytes
    body_sha256: str
    verdict: str
    problem: str
    reply_status: int
    reply_type: str
    reply_body: bytes
    handled_ms: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer in or out of an account. ``amount`` is whole đồng, positive.

    ``transfer_key`` makes it one: the key of its first telling. ``told_by`` is who told first.
    ``request_id`` is the request that its text names, or that a later telling's text has named;
    ``outcome`` is what the transfer meant when it became known which request that is.
    """

    centre_id: str
    transfer_id: str
    account_id: str
    transfer_key: str
    direction: Direction
    amount: int
    occurred_at: datetime
    business_date: date
    remittance_information: str
    bank_reference: str
    reference: str
    request_id: str | None
    outcome: Outcome
    told_by: Teller
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """One telling of a transfer. The nth telling of the same event has ``telling`` n.

    ``agrees`` is False when the same event was told again with other content: that is a conflict,
    kept and shown, never an overwrite. ``balance_after`` is the balance of the account that the
    teller named with it, or None.
    """

    centre_id: str
    evidence_id: str
    transfer_id: str
    account_id: str
    teller: Teller
    source: str
    event_id: str
    telling: int
    message_id: str | None
    direction: Direction
    amount: int
    occurred_at: datetime
    content_sha256: str
    agrees: bool
    recorded_at: datetime
    balance_after: int | None = None


@dataclass(frozen=True, slots=True)
class Identification:
    """The fact that a later telling named the request of a transfer whose first one named none."""

    centre_id: str
    transfer_id: str
    request_id: str
    reference: str
    outcome: Outcome
    told_by: Teller
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Allocation:
    """Money of a transfer given to a request, whole đồng."""

    centre_id: str
    allocation_id: str
    transfer_id: str
    request_id: str
    amount: int
    allocated_by: str
    allocated_at: datetime
    business_date: date


def content_digest(*parts: str | int) -> str:
    """Return the SHA-256 of length-prefixed parts, so that no two lists of parts read alike."""
    digest = hashlib.sha256()
    for part in parts:
        data = str(part).encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


def normalised_text(text: str) -> str:
    """Return a remark without case, blanks and punctuation: what survives every bank's mangling."""
    return "".join(character for character in text.upper() if character.isalnum())


@dataclass(frozen=True, slots=True)
class Outlook:
    """What recording some tellings of one source about one account will look at.

    ``since`` and ``until`` bound the transfers of other tellers that they may speak of, and
    ``year`` is that of the receipts.
    """

    centre_id: str
    account_id: str
    teller: Teller
    source: str
    event_ids: tuple[str, ...]
    amounts: frozenset[int]
    since: datetime
    until: datetime
    references: frozenset[str]
    year: int


@dataclass(frozen=True, slots=True)
class Telling:
    """What a teller says of a transfer, before it is known whether the transfer is known.

    ``day`` is the day the teller names; ``tellers`` of a candidate that already has this kind of
    teller cannot be the same transfer, because one teller names one transfer once.
    """

    teller: Teller
    direction: Direction
    amount: int
    day: date
    bank_reference: str
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known transfer, with the kinds of tellers that have already spoken of it."""

    transfer: Transfer
    day: date
    tellers: frozenset[Teller]


class KnownTransfers:
    """Transfers that a new telling may speak of, laid out for a quick and careful answer.

    The bank's reference decides first; then the payment reference with the amount; then the text
    that survives mangling with the amount. A name may be booked as late as holidays are long; a
    text must be of the same day, or the next around midnight. Equal transfers are taken oldest
    first, so that n tellings meet n transfers; two that quote different references are never one.
    """

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        """Lay the candidates out by amount, bank reference and payment reference."""
        self._by_bank_reference: dict[tuple[Direction, int, str], list[_Known]] = {}
        self._by_reference: dict[tuple[Direction, int, str], list[_Known]] = {}
        self._by_amount: dict[tuple[Direction, int], list[_Known]] = {}
        oldest_first = sorted(
            candidates, key=lambda c: (c.transfer.occurred_at, c.transfer.transfer_id)
        )
        for candidate in oldest_first:
            self._lay_out(_Known(candidate.transfer, candidate.day, set(candidate.tellers)))

    def take(self, telling: Telling) -> Transfer | None:
        """Return the known transfer that a telling speaks of, or None when it is a new one.

        The transfer is then told by this teller, and not given out to it again.
        """
        for known, apart in self._fitting(telling):
            if telling.teller not in known.tellers and abs(known.day - telling.day) <= apart:
                known.tellers.add(telling.teller)
                return known.transfer
        return None

    def _lay_out(self, known: _Known) -> None:
        """Put one transfer where each rule will look for it."""
        transfer = known.transfer
        place = (transfer.direction, transfer.amount)
        self._by_amount.setdefault(place, []).append(known)
        if transfer.bank_reference:
            key = (*place, transfer.bank_reference)
            self._by_bank_reference.setdefault(key, []).append(known)
        if transfer.reference:
            key = (*place, transfer.reference)
            self._by_reference.setdefault(key, []).append(known)

    def _fitting(self, telling: Telling) -> Iterator[tuple[_Known, timedelta]]:
        """Yield transfers that fit and how far apart their days may be, the surest rule first."""
        place = (telling.direction, telling.amount)
        if telling.bank_reference:
            for known in self._by_bank_reference.get((*place, telling.bank_reference), ()):
                yield known, BOOKED_WITHIN
        if telling.reference:
            for known in self._by_reference.get((*place, telling.reference), ()):
                if not _names_differ(known.transfer.bank_reference, telling.bank_reference):
                    yield known, BOOKED_WITHIN
        text = normalised_text(telling.text)
        for known in self._by_amount.get(place, ()):
            other = known.transfer
            if (
                telling.teller not in known.tellers
                and not _names_differ(other.bank_reference, telling.bank_reference)
                and not _names_differ(other.reference, telling.reference)
                and text
                and known.text
                and (text in known.text or known.text in text)
            ):
                yield known, _STAMPS_DIFFER


# A transfer of a Saturday is booked on Monday; around Tết the banks rest for more than a week.
BOOKED_WITHIN = timedelta(days=10)
# The stamps of one transfer may lie on either side of midnight.
_STAMPS_DIFFER = timedelta(days=1)


class _Known:
    """A candidate while it is being matched."""

    def __init__(self, transfer: Transfer, day: date, tellers: set[Teller]) -> None:
        """Keep the transfer, its day, who has told of it, and its text as it survives mangling."""
        self.transfer = transfer
        self.day = day
        self.tellers = tellers
        self.text = normalised_text(transfer.remittance_information)


def _names_differ(one: str, other: str) -> bool:
    """Say whether both have a name and the names are not the same."""
    return bool(one) and bool(other) and one != other
