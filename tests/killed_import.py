"""An import of a large file in a process of its own, which is killed while it works."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from payments.domain.staff import Actor
from reconciliation.domain import taken_lines
from reconciliation.domain.large_files import LargeFile
from reconciliation.services import book_lines, keep_file, take_in, walk_lots
from reconciliation.services.import_file import begin_file, finish_file
from reconciliation.store.importers import importer_on
from tests import makers
from tests.flows.stage import Stage
from tests.plain_statements import Line, PlainReader, written

_WORKERS = multiprocessing.get_context("forkserver")
_WORKERS.set_forkserver_preload(["tests.killed_import"])
# Between two steps a process is given a part of this time to live on: most die within a step.
_MOST_S = 0.03

TABLES = (
    (
        "SELECT line_no, entry_key, booked_on, direction, amount, bank_reference,"
        " remittance_information, balance_after FROM statement_entries"
    ),
    "SELECT opening, closing, entries, skipped, position FROM statements",
    "SELECT reader, verdict, problems FROM statement_files",
    (
        "SELECT e.line_no, s.how, s.business_date, t.amount, t.remittance_information FROM settlements s"
        " JOIN statement_entries e ON e.entry_id = s.entry_id AND e.centre_id = s.centre_id"
        " JOIN transfers t ON t.transfer_id = s.transfer_id AND t.centre_id = s.centre_id"
    ),
    (
        "SELECT p.account, p.amount, p.business_date, p.line_no, j.event FROM postings p"
        " JOIN journal_entries j ON j.entry_id = p.entry_id AND j.centre_id = p.centre_id"
    ),
    "SELECT kind, amount, business_date FROM breaks",
    "SELECT phase, size, kept, lines, proven, entries_new, entries_known, settled FROM large_files",
    "SELECT lines FROM line_lots",
    "SELECT lines FROM line_stretches",
)

SetAttribute = Callable[[Any, str, int], object]


def shorten(set_attribute: SetAttribute, lines: int) -> None:
    """Let a step hold so many lines at most."""
    set_attribute(keep_file, "PART_BYTES", 25 * lines)
    set_attribute(keep_file, "_PARTS_AT_ONCE", 2)
    set_attribute(take_in, "LINES_AT_ONCE", lines)
    set_attribute(walk_lots, "LINES_AT_ONCE", max(lines // 3, 1))
    set_attribute(taken_lines, "LOT_LINES", max(lines // 6, 1))
    set_attribute(taken_lines, "STRETCH_LINES", max(lines // 2, 1))
    set_attribute(book_lines, "LINES_PROVEN_AT_ONCE", max(lines * 3 // 4, 1))
    set_attribute(book_lines, "LINES_DROPPED_AT_ONCE", lines * 3 // 2)


def import_once(
    database_url: str, actor: Actor, target: Path, lines: int, told: Connection | None = None
) -> int:
    """Import a file by short steps, tell of each, and return their number."""
    shorten(setattr, lines)
    wiring = makers.a_wiring(makers.some_settings(database_url, target.parent))
    steps = 0

    def tell(file: LargeFile) -> None:
        nonlocal steps
        steps += 1
        if told is not None:
            told.send_bytes(file.phase.encode())

    importer = importer_on(wiring.engine, wiring.world, {"plain": PlainReader(at_once=lines)}, tell)
    with target.open("rb") as source:
        finish_file(importer, begin_file(importer, actor, file_name="nam.txt", source=source))
    wiring.engine.dispose()
    return steps


def import_and_kill(
    database_url: str, actor: Actor, target: Path, lines: int, random: Random, steps: int
) -> list[str]:
    """Import a file whose process is killed after ``steps`` steps at most, again and again.

    Returns the phases in which it died, until one process came to the end.
    """
    died: list[str] = []
    while True:
        hears, tells = _WORKERS.Pipe(duplex=False)
        arguments = (database_url, actor, target, lines, tells)
        process = _WORKERS.Process(target=import_once, args=arguments)
        process.start()
        tells.close()
        phase = "begun"
        for phase, _ in zip(_heard(hears), range(random.randint(0, steps)), strict=False):  # noqa: B007 -- the last one is wanted.
            pass
        process.join(timeout=random.random() * _MOST_S)
        process.kill()
        process.join()
        hears.close()
        if process.exitcode == 0:
            return died
        assert process.exitcode == -9, process.exitcode
        died.append(phase)


def _heard(hears: Connection) -> Iterator[str]:
    """Yield the phase of each step until the process is dead."""
    while True:
        try:
            yield hears.recv_bytes().decode()
        except EOFError:
            return


def compare(stage: Stage, folder: Path, lines: int, at_once: int, steps: int) -> list[str]:
    """Import the same lines undisturbed in one centre and by killed processes in another."""
    other = makers.a_centre(stage.wiring.engine, "HTR2")
    url = str(stage.wiring.settings.database_url)
    calm, killed = (
        (Actor(made.centre_id, f"staff:{made.centre_id}"), a_file(stage, made, folder, lines))
        for made in (stage.made, other)
    )

    import_once(url, *calm, at_once)
    died = import_and_kill(url, *killed, at_once, Random(20210309), steps)

    for query in TABLES:
        assert rows(stage, query, "HTR") == rows(stage, query, "HTR2")
    return died


def a_file(stage: Stage, made: makers.MadeCentre, folder: Path, count: int) -> Path:
    """Write lines of which each third says the same as the one before it."""
    days = (stage.today - timedelta(days=3), stage.today - timedelta(days=1))
    lines, balance = [], 0
    for number in range(count):
        amount = 1_000 + number // 3 if number % 5 else -1
        balance += amount
        day = days[0] + timedelta(days=3 * number // count)
        lines.append(Line(day, amount, "", f"khách {number // 3}", balance))
    target = folder / f"{made.centre_id}.txt"
    target.write_bytes(written(made.account.account_number, 0, balance, days, lines))
    return target


def rows(stage: Stage, query: str, centre_id: str) -> list[str]:
    """Return the rows of a centre in an order of their own."""
    alias = {"e.": "e.", "p.": "p."}.get(query.removeprefix("SELECT ")[:2], "")
    return sorted(map(repr, stage._rows(f"{query} WHERE {alias}centre_id = '{centre_id}'")))
