"""What an adapter declares about its provider, and what passes between an adapter and the core.

The core asks in three steps: is the request the provider's own (secrets, raw bytes), what does it
say (events), and what is it answered with (the provider's own form of an outcome).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from payments.domain.bank_messages import ReplyKind, TransferNotice, TransferStatus
from payments.domain.errors import Invalid

LEAST_SECRET_CHARACTERS: Final = 16
"""No adapter may accept a shorter shared secret: the shortest that a provider issues."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of a provider by the name that a person configures it under.

    ``least`` is the fewest characters that are taken. A public key (``is_public``) proves the
    provider and is no secret of ours; it is kept and rotated in the same way. ``is_drawn`` marks
    a secret that we may choose ourselves and tell the provider.
    """

    name: str
    meaning: str
    least: int = LEAST_SECRET_CHARACTERS
    is_public: bool = False
    is_drawn: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a provider proves itself, with the names of the secrets that it takes.

    ``is_provisional`` marks a way that signs nothing: it needs a list of addresses, and money it
    tells of counts as settled only when a statement proves it.
    """

    name: str
    secrets: tuple[str, ...]
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A fact about one connection that is no secret: a merchant code, a path, a declaration.

    What a provider does not publish is a setting without a default (``is_needed``).
    """

    name: str
    meaning: str
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Polling:
    """How a provider is asked, and how far back it answers.

    ``every_s`` is between two polls, ``least_gap_ms`` between two calls at least. ``retry_header``
    is the header of a refused call that says when to ask again. The polled transfers bear the ids
    that the provider's webhook names them by.
    """

    every_s: int
    least_gap_ms: int
    days_back: int
    secrets: tuple[str, ...]
    retry_header: str = "Retry-After"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an adapter says of its provider, for the core, for pages and for integrators.

    ``fields`` names where the id, amount, direction, status, account and time stand;
    ``test_call`` says how the provider's console tests an address; ``source`` where this is from.
    ``account_setting`` is the setting that holds the account as the provider names it, where that
    is a merchant code; without it the notices name the account by its number.
    """

    title: str
    ways: tuple[Way, ...]
    secrets: tuple[Secret, ...]
    fields: Mapping[str, str]
    source: str
    settings: tuple[Setting, ...] = ()
    methods: tuple[str, ...] = ("POST",)
    content_types: tuple[str, ...] = ("application/json",)
    paths: tuple[str, ...] = ("",)
    max_body_bytes: int = 64 * 1024
    answers_within_s: int = 5
    retries: str = "not published"
    test_call: str = "none"
    polling: Polling | None = None
    account_setting: str = ""

    def way(self, name: str) -> Way:
        """Return a way by its name. Raises Invalid naming those that there are."""
        for way in self.ways:
            if way.name == name:
                return way
        raise Invalid("way_unknown", field="way", known=", ".join(w.name for w in self.ways))

    def secret(self, name: str) -> Secret:
        """Return a secret by its name. Raises Invalid naming those that there are."""
        for secret in self.secrets:
            if secret.name == name:
                return secret
        known = ", ".join(secret.name for secret in self.secrets)
        raise Invalid("secret_name_unknown", field="secret", known=known)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one connection is configured with: its way, its secrets, its settings.

    ``secrets`` has for each name the values that are good at this moment, the current one first;
    during a rotation there are two.
    """

    way: str
    secrets: Mapping[str, Sequence[str]] = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    def values(self, name: str) -> Sequence[str]:
        """Return the values of a secret that are good now, without empty ones."""
        return tuple(value for value in self.secrets.get(name, ()) if value.strip())

    def setting(self, name: str) -> str:
        """Return a setting. Raises Invalid naming it when it is missing."""
        value = self.settings.get(name, "")
        if not value:
            raise Invalid("setting_missing", field=name)
        return value


@dataclass(frozen=True, slots=True)
class BillInquiry:
    """A provider asks what is due for a code before it lets its customer pay."""

    reference: str


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A provider asks for a token to prove itself with in its later requests."""


Event = TransferNotice | BillInquiry | TokenRequest


@dataclass(frozen=True, slots=True)
class Bill:
    """What is due for a code: đồng, whose it is, and the dossier it is for."""

    reference: str
    amount: int
    payer: str
    dossier_code: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the core has made of a request, for the adapter to say in its provider's form.

    ``events`` are those of the request, ``bill`` the answer to an inquiry, ``field`` the one that
    could not be read, and ``problem`` the code of why.
    """

    kind: ReplyKind
    events: tuple[Event, ...] = ()
    bill: Bill | None = None
    field: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request to a provider, to be sent by the core, which has the network."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class PollSpan:
    """The time for which transfers are asked, aware, and where in the answer to go on."""

    since: datetime
    until: datetime
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class PollPage:
    """One page of a provider's answer: its notices, and the cursor of the next page or nothing."""

    notices: tuple[TransferNotice, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class OrderQuestion:
    """What a provider is asked about one order: its number there, and when it was placed (aware).

    ``request_id`` is new for every call.
    """

    order: str
    ordered_at: datetime
    request_id: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What a provider says became of an order. Of a payment it says the same as its own call."""

    order: str
    notice: TransferNotice


@dataclass(frozen=True, slots=True)
class PayerReturn:
    """With what a payer comes back from a provider: for a page to show, never money."""

    order: str
    status: TransferStatus


@dataclass(frozen=True, slots=True)
class Registered:
    """What a provider says when it has taken an address: whose transfers it will announce there."""

    account_number: str
    account_name: str


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """A page of the provider's that a payer shall pay on: whole đồng, and where to go after it.

    ``number`` is new for every order. ``text`` is what the transfer shall say.
    """

    number: int
    amount: int
    text: str
    done_url: str
    cancel_url: str
