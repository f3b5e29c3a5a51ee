"""What the use cases read about statements and about the transfers they should prove."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from payments.domain.breaks import Break
from payments.domain.transfers import Transfer
from reconciliation.domain.statements import FileVerdict, StatementFileRecord


@dataclass(frozen=True, slots=True)
class ChainPosition:
    """Where an account's chain of statements stands.

    ``balance`` is what the books say the bank holds, None until a statement has printed an opening.
    ``moved`` is the sum of all entries so far; ``through`` the last day any statement covers;
    ``statements`` how many there are.
    """

    balance: int | None
    moved: int
    through: date | None
    statements: int = 0


class StatementsRepository(Protocol):
    """Statement files, statements, their entries, and the transfers that wait for them."""

    def file_of(
        self, centre_id: str, body_sha256: str, verdict: FileVerdict
    ) -> StatementFileRecord | None:
        """Return a file handed in before with exactly these bytes and this verdict."""
        ...

    def kept_file(self, centre_id: str, file_id: str) -> StatementFileRecord:
        """Return a file with its bytes. Raises NotFound."""
        ...

    def body_of(self, file: StatementFileRecord) -> bytes:
        """Return the bytes of a file, those of a large one put together from its parts."""
        ...

    def has_profiles(self, centre_id: str) -> bool:
        """Say whether a centre has made any mapping."""
        ...

    def entries_in(self, centre_id: str, file_id: str) -> int:
        """Return how many entries the statements of a file hold, known ones included."""
        ...

    def position(self, centre_id: str, account_id: str) -> ChainPosition:
        """Return where the account's chain of statements stands."""
        ...

    def last_numbers(self, centre_id: str, account_id: str) -> list[tuple[str, int]]:
        """Return the numbers of an account's last statements with their years, oldest first."""
        ...

    def known_keys(self, centre_id: str, account_id: str, entry_keys: Iterable[str]) -> set[str]:
        """Return those keys of entries that an earlier statement brought."""
        ...

    def ended(self, centre_id: str, account_id: str, period_to: date, closing: int) -> bool:
        """Say whether a known statement ends on this day with this balance."""
        ...

    def unproven(
        self, centre_id: str, account_id: str, *, since: date | None, until: date
    ) -> list[Transfer]:
        """Return announced transfers without a statement entry, by business date.

        ``since`` is exclusive (the last closed day), ``until`` inclusive.
        """
        ...

    def announced_late(self, centre_id: str, *, since: date) -> list[Break]:
        """Return open breaks about never announced transfers that were announced after all."""
        ...

    def open_missing(self, centre_id: str, transfer_ids: Iterable[str]) -> list[Break]:
        """Return open breaks that say of some transfers that they are missing on the statement."""
        ...

    def last_needed_day(
        self, centre_id: str, account_id: str, *, since: date | None, until: date
    ) -> date | None:
        """Return the last local day a transfer counted in the range was announced for."""
        ...
