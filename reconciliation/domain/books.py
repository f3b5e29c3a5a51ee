"""What the books check finds: an invariant that does not hold, where, and in which words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken invariant. ``invariant`` is its number (I1 to I24), ``where`` names the rows.

    ``message`` is for logs and the command line: a finding means a fault of the program or a
    changed database, never a mistake of a cashier.
    """

    invariant: str
    where: str
    message: str


def named(identifiers: list[str], limit: int = 5) -> str:
    """Return the first few identifiers and how many more there are, so that a line stays a line."""
    shown = ", ".join(identifiers[:limit])
    rest = len(identifiers) - limit
    return f"{shown} and {rest} more" if rest > 0 else shown
