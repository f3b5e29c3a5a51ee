"""What must be true before a business date is locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the checklist. ``code`` is the error that refuses the close while it is not met.

    ``facts`` fill the blanks of the sentence: the day, an account, a count.
    """

    code: str
    is_met: bool
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far an account's statements reach, and how far the announced transfers need them to.

    ``through`` is None before the first statement.
    """

    account_id: str
    account_number: str
    through: date | None
    needed: date

    @property
    def is_missing(self) -> bool:
        """Whether a transfer was announced on a day that no statement speaks of."""
        return self.through is None or self.through < self.needed


def masked(account_number: str) -> str:
    """Return an account number with all but its last four digits hidden, for messages and logs."""
    return "*" * max(len(account_number) - 4, 0) + account_number[-4:]
