"""Statement lines read, checked, matched with announced transfers and settled, per second."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, text

from bank_adapters.statements.writing import mt940
from payments.domain.bank_messages import Direction, Statement, StatementEntry
from payments.domain.business_day import local
from payments.domain.staff import Role
from payments.domain.transfers import Teller
from payments.services.record_tellings import Context, Told, record_tellings
from payments.store.engine import begin
from payments.wiring import Wiring
from reconciliation.services.import_statement import import_statement
from reconciliation.store.unit_of_work import SqlBooks
from tests.bench.webhooks import learn_the_tables
from tests.makers import MadeCentre, a_centre, some_settings
from wsgi import build_wiring

ROUNDS = 3
LINES = 2_000
_AMOUNT = 50_000


def measure(database_url: str, folder: Path) -> tuple[float, float]:
    """Return the medians of lines a second: imported and settled, and merely inserted."""
    wiring = build_wiring(some_settings(database_url, folder))
    made = a_centre(wiring.engine, at=datetime.now(UTC) - timedelta(days=10))
    _make_bare_table(wiring.engine)
    ours: list[float] = []
    limit: list[float] = []
    balance = 0
    for number in range(ROUNDS):
        moment = datetime.now(UTC) - timedelta(days=ROUNDS - number)
        _announce(wiring, made, number, moment)
        learn_the_tables(wiring)
        body = mt940(_statement(made, number, moment, balance))
        balance += LINES * _AMOUNT
        ours.append(LINES / _seconds_of_import(wiring, made, number, body))
        limit.append(LINES / _seconds_of_insert(wiring.engine, number))
    wiring.engine.dispose()
    return median(ours), median(limit)


def _announce(wiring: Wiring, made: MadeCentre, number: int, moment: datetime) -> None:
    """Record the transfers that the statement will prove, as webhooks have told them."""
    told = [
        Told(
            source="sepay",
            event_id=f"{number}-{line}",
            direction=Direction.IN,
            amount=_AMOUNT,
            occurred_at=moment,
            text=f"khach {number} dong {line}",
            bank_reference=f"FT{number:03d}{line:09d}",
        )
        for line in range(LINES)
    ]
    with wiring.open_uow() as uow:
        centre = uow.centres.lock(made.centre_id)
        context = Context(uow, wiring.world, made.actor, centre, made.account, Teller.WEBHOOK)
        record_tellings(context, told)
        uow.commit()


def _statement(made: MadeCentre, number: int, moment: datetime, opening: int) -> Statement:
    """Build the bank's list of the day."""
    day = local(moment).date()
    entries = tuple(
        StatementEntry(
            where=str(line),
            booked_on=day,
            amount=_AMOUNT,
            direction=Direction.IN,
            text=f"khach {number} dong {line}",
            bank_reference=f"FT{number:03d}{line:09d}",
        )
        for line in range(LINES)
    )
    return Statement(
        account_number=made.account.account_number,
        currency="VND",
        entries=entries,
        number=str(number + 1),
        opening=opening,
        closing=opening + LINES * _AMOUNT,
        period_from=day,
        period_to=day,
    )


def _seconds_of_import(wiring: Wiring, made: MadeCentre, number: int, body: bytes) -> float:
    """Import a statement file as a finance officer does and return how long it took."""
    officer = made.staff[Role.FINANCE]
    started = time.perf_counter()
    with SqlBooks(wiring.engine) as uow:
        result = import_statement(
            uow,
            wiring.world,
            type(made.actor).of(officer),
            wiring.statement_readers,
            file_name=f"{number}.sta",
            body=body,
        )
        uow.commit()
    seconds = time.perf_counter() - started
    if result.settled != LINES:
        raise SystemExit(f"{LINES} lines were imported, {result.settled} of them settled")
    return seconds


def _make_bare_table(engine: Engine) -> None:
    """Make the table of the limit: the same words, nothing checked."""
    with engine.connect() as connection:
        begin(connection, write=True)
        connection.execute(
            text("CREATE TABLE bare_lines (line_no BIGINT, day TEXT, amount BIGINT, words TEXT)")
        )
        connection.commit()


def _seconds_of_insert(engine: Engine, number: int) -> float:
    """Insert as many bare rows in one transaction and return how long it took."""
    rows = [
        {"line": line, "day": "2021-03-09", "amount": _AMOUNT, "words": f"khach {number}"}
        for line in range(LINES)
    ]
    started = time.perf_counter()
    with engine.connect() as connection:
        begin(connection, write=True)
        connection.execute(
            text("INSERT INTO bare_lines VALUES (:line, :day, :amount, :words)"), rows
        )
        connection.commit()
    return time.perf_counter() - started
