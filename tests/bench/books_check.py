"""The books check over books that agree: payments proven per second, against a million a minute."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from reconciliation.services.check_books import check_books
from reconciliation.store.unit_of_work import SqlBooks
from tests.bench.many_payments import fill

PAYMENTS = 20_000
# A million payments are to be proven in a minute.
_LIMIT = 1_000_000 / 60


def rows(
    databases: Mapping[str, Callable[[], AbstractContextManager[str]]],
) -> Iterator[tuple[str, str, str, str]]:
    """Return one row of the table a database, by its name; each lends a fresh one."""
    for name, database in databases.items():
        with tempfile.TemporaryDirectory() as folder, database() as url:
            per_second = PAYMENTS / measure(url, Path(folder), PAYMENTS)
        yield (
            f"payments proven per second by the books check, {name} ({PAYMENTS:,} of them)",
            f"{per_second:,.0f}/s",
            f"{_LIMIT:,.0f}/s (a million in 60 s)",
            f"{per_second / _LIMIT:.2f}",
        )


def measure(database_url: str, folder: Path, payments: int) -> float:
    """Fill a fresh database, check its books and return how many seconds the check took."""
    wiring = fill(database_url, folder, payments)
    started = time.perf_counter()
    with SqlBooks(wiring.engine, write=False) as uow:
        findings = check_books(uow)
    seconds = time.perf_counter() - started
    wiring.engine.dispose()
    if findings:
        raise SystemExit(f"the books of the benchmark do not agree: {findings}")
    return seconds
