"""Lines with the key that makes each an entry of its own, and the entries made of new ones.

The nth time that a content stands in its statement is a key, as ``statement_checks.entry_keys`` has
it. Equal lines are in one bucket, so nothing is remembered beyond a bucket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from payments.domain.bank_messages import Direction
from reconciliation.domain.large_files import LargeFile, entry_id_of, statement_id_of
from reconciliation.domain.taken_lines import Lot, LotLines, chosen_lines, lot_lines

Accounts = Mapping[int, str]
"""The account of each statement of a file, by the statement's number."""


@dataclass(frozen=True, slots=True)
class KeyedLines:
    """Lines with their accounts and keys; one is repeated if an earlier statement brings it."""

    lines: LotLines
    accounts: Sequence[str]
    keys: Sequence[str]
    repeated: Sequence[bool]

    def only(self, chosen: Sequence[bool]) -> KeyedLines:
        """Return some of the lines."""
        if all(chosen):
            return self
        return KeyedLines(
            chosen_lines(self.lines, chosen),
            list(compress(self.accounts, chosen)),
            list(compress(self.keys, chosen)),
            list(compress(self.repeated, chosen)),
        )


@dataclass(frozen=True, slots=True)
class NewEntries:
    """Statement entries to be, by column, with the names and units of StatementEntryRecord.

    Days are ISO 8601 and directions the words that are kept.
    """

    entry_ids: Sequence[str]
    statement_ids: Sequence[str]
    account_ids: Sequence[str]
    entry_keys: Sequence[str]
    line_nos: Sequence[int]
    days: Sequence[str]
    directions: Sequence[str]
    amounts: Sequence[int]
    references: Sequence[str]
    texts: Sequence[str]
    balances: Sequence[int | None]


class LineKeys:
    """Gives lines their keys, lot after lot in the order of buckets and lines."""

    def __init__(self, accounts: Accounts) -> None:
        """Have seen nothing."""
        self._accounts = accounts
        self._bucket = -1
        self._seen: dict[tuple[int, str], int] = {}
        self._brought: dict[tuple[str, str], int] = {}

    def of(self, lots: Sequence[Lot]) -> KeyedLines:
        """Return the lines of some lots with their keys."""
        lines = lot_lines(lots)
        accounts = list(map(self._accounts.__getitem__, lines.statement_nos))
        keys: list[str] = []
        repeated: list[bool] = []
        for lot in lots:
            if lot.bucket != self._bucket:
                self._bucket = lot.bucket
                self._seen.clear()
                self._brought.clear()
            own = slice(len(keys), len(keys) + lot.lines)
            told = zip(lines.statement_nos[own], accounts[own], lines.contents[own], strict=True)
            seen, brought = self._seen, self._brought
            for number, account, content in told:
                nth = seen.get((number, content), 0) + 1
                seen[number, content] = nth
                keys.append(f"{content}:{nth}")
                is_repeated = nth <= brought.get((account, content), 0)
                repeated.append(is_repeated)
                if not is_repeated:
                    brought[account, content] = nth
        return KeyedLines(lines, accounts, keys, repeated)


def new_entries(file: LargeFile, keyed: KeyedLines) -> NewEntries:
    """Make entries of lines.

    Identifiers are made of the file's, the bucket and the line: a line finds its entry by itself,
    and they ascend as they are added.
    """
    lines = keyed.lines
    statement_ids = {number: statement_id_of(file, number) for number in set(lines.statement_nos)}
    into, out = Direction.IN.value, Direction.OUT.value
    return NewEntries(
        entry_ids=[
            entry_id_of(file, content[:2], line)
            for content, line in zip(lines.contents, lines.line_nos, strict=True)
        ],
        statement_ids=list(map(statement_ids.__getitem__, lines.statement_nos)),
        account_ids=keyed.accounts,
        entry_keys=keyed.keys,
        line_nos=lines.line_nos,
        days=lines.days,
        directions=[into if moved > 0 else out for moved in lines.moved],
        amounts=list(map(abs, lines.moved)),
        references=lines.references,
        texts=lines.texts,
        balances=lines.balances,
    )
