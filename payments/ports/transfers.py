"""What the use cases read of transfers: the noun that most of them are about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from payments.domain.reversals import Reversible
from payments.domain.transfers import Allocation, BankMessage, Candidate, Evidence, Teller, Transfer


class TransfersRepository(Protocol):
    """Transfers, the evidence of them, and the money given to requests."""

    def get(self, centre_id: str, transfer_id: str) -> Transfer:
        """Return a transfer. Raises NotFound."""
        ...

    def tellings(
        self, centre_id: str, account_id: str, source: str, event_ids: Iterable[str]
    ) -> dict[str, list[Evidence]]:
        """Return the evidence one source has already given, by event id, first telling first."""
        ...

    def candidates(
        self,
        centre_id: str,
        account_id: str,
        *,
        not_told_by: Teller,
        sources: Iterable[str],
        amounts: Iterable[int],
        since: datetime,
        until: datetime,
    ) -> list[Candidate]:
        """Return transfers that neither a teller nor any of some sources has spoken of yet.

        A source names one transfer by one id, so under another id it speaks of another one.
        """
        ...

    def reversible(
        self, reversal: Transfer, *, reference: str, since: datetime, until: datetime
    ) -> list[Reversible]:
        """Return the transfers that a reversal may take back, the oldest first.

        They carry its bank reference, the payment reference or its very amount, and are not taken
        back already.
        """
        ...

    def held(self, centre_id: str, request_id: str) -> list[tuple[Transfer, int]]:
        """Return the transfers that name a request with what of each is left, oldest first."""
        ...

    def unallocated(self, centre_id: str, transfer_id: str) -> int:
        """Return what of a transfer is neither given to a request nor taken back."""
        ...

    def allocations(self, centre_id: str, transfer_id: str) -> list[Allocation]:
        """Return where the money of a transfer went."""
        ...

    def message_seen(self, centre_id: str, body_sha256: str) -> BankMessage | None:
        """Return the first message with exactly these bytes, if there is one."""
        ...
