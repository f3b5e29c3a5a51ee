"""Walk over the lines of a large file, bucket after bucket, and tell which of them are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciliation.domain.keyed_lines import Accounts, KeyedLines, LineKeys
from reconciliation.domain.large_files import LargeFile
from reconciliation.ports import OpenBooks

LINES_AT_ONCE = 4_000
"""Lines that one short transaction counts or books."""


@dataclass(frozen=True, slots=True)
class Walked:
    """Some lines, and the bucket and line with which the last of their lots begins."""

    keyed: KeyedLines
    bucket: int
    line: int


def walk(open_books: OpenBooks, file: LargeFile, accounts: Accounts) -> Iterator[Walked]:
    """Yield the lines of a file behind the place that it has come to, some at a time.

    A bucket that is booked in part is read from its beginning: equal lines are counted there.
    """
    keys = LineKeys(accounts)
    bucket, line = file.buckets, 0
    while True:
        with open_books(write=False) as uow:
            lots = uow.large_files.lots(file, bucket, line, LINES_AT_ONCE)
        if not lots:
            return
        place = (file.buckets, file.bucket_line)
        passed = sum((lot.bucket, lot.first_line) <= place for lot in lots)
        if passed:
            keys.of(lots[:passed])
        bucket, line = lots[-1].bucket, lots[-1].first_line
        if lots[passed:]:
            yield Walked(keys.of(lots[passed:]), bucket, line)


def known_among(
    open_books: OpenBooks, file: LargeFile, keyed: KeyedLines, places: Iterable[int]
) -> set[int]:
    """Return those of some places whose lines an earlier statement brought."""
    by_account: dict[str, dict[str, int]] = {}
    found: set[int] = set()
    for place in places:
        if keyed.repeated[place]:
            found.add(place)
        else:
            own = by_account.setdefault(keyed.accounts[place], {})
            own[keyed.keys[place]] = place
    if by_account:
        with open_books(write=False) as uow:
            for account_id, own in by_account.items():
                known = uow.statements.known_keys(file.centre_id, account_id, own)
                found.update(own[key] for key in known)
    return found
