"""Parts of a statement put together again, for whoever can hold the whole of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from payments.domain.bank_messages import Statement, StatementEntry, StatementFile, StatementProblem
from payments.domain.errors import InvalidFile, Problem
from payments.domain.statement_parts import (
    EntryBatch,
    StatementHead,
    StatementPart,
    StatementTail,
)

BATCH = 4_000
"""Entries of a batch, and the rows that are read before anything is said about a table."""


class ToldTooLateError(InvalidFile):
    """What stands far down in a file says how what stands above it had to be read.

    The same file can be read when the whole of it is held.
    """

    def __init__(self, where: str) -> None:
        """``where`` is the row or line that says it."""
        super().__init__([Problem(where, "told_too_late")])


def whole(parts: Iterable[StatementPart]) -> StatementFile:
    """Put the parts of a file together. Raises what reading them raises."""
    statements: list[Statement] = []
    problems: list[StatementProblem] = []
    entries: list[StatementEntry] = []
    for part in parts:
        match part:
            case EntryBatch():
                entries += part.entries()
            case StatementTail():
                statements.append(replace(part.statement, entries=tuple(entries)))
                entries = []
            case StatementProblem():
                problems.append(part)
            case StatementHead():
                pass
    return StatementFile(tuple(statements), tuple(problems))


def head_of(statement: Statement) -> StatementHead:
    """Return the head of a statement that has been read."""
    return StatementHead(
        account_number=statement.account_number,
        currency=statement.currency,
        number=statement.number,
        opening=statement.opening,
        decimals=statement.decimals,
        prints_opening=statement.prints_opening,
    )
