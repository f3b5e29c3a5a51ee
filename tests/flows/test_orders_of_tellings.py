"""One transfer, many witnesses: in whatever order they come, the books are the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.transfers import Outcome
from payments.services.resolve_break import resolve_break
from reconciliation.store.queries_breaks import waiting_money
from reconciliation.store.unit_of_work import SqlBooks
from tests import databases
from tests.flows.stage import TOTAL, Paid, Stage


class Cut(StrEnum):
    """Who tells of a transfer without the tail of its text, where the reference stands."""

    NOBODY = "nobody"
    WEBHOOK = "webhook"
    STATEMENT = "statement"


def _cut(paid: Paid) -> Paid:
    """A payment as a bank tells of it that has no room for the whole text."""
    return replace(paid, text=paid.text[:_ROOM])


def _tell(stage: Stage, paid: Paid, other: Paid, cut: Cut) -> dict[str, Callable[[], object]]:
    """Six ways of telling: two webhooks, a repeat, a statement, the same again, an overlapping one."""
    announced = _cut(paid) if cut is Cut.WEBHOOK else paid
    listed = _cut(paid) if cut is Cut.STATEMENT else paid
    statement = stage.statement([listed])
    overlapping = stage.statement([listed, other])
    return {
        "webhook": lambda: stage.announce(announced),
        "webhook again": lambda: stage.announce(announced),
        "other webhook": lambda: stage.announce(other),
        "statement": lambda: stage.import_file(statement),
        "statement again": lambda: stage.import_file(statement, "again.csv"),
        "overlapping statement": lambda: stage.import_file(overlapping),
    }


def _play(stage: Stage, order: tuple[str, ...], cut: Cut) -> tuple[object, ...]:
    """Tell in an order; return what the books say afterwards."""
    standing = stage.request()
    paid = stage.pay(f"mbvcb {standing.request.reference} nop phi")
    other = stage.pay("khong ro ma")
    tellings = _tell(stage, paid, other, cut)
    for name in order:
        tellings[name]()
    tellings["overlapping statement"]()
    stage.clock.at = paid.at + timedelta(hours=1)
    stage.close_day()
    report = stage.report()
    return (
        stage.state(standing),
        stage.count("transfers"),
        stage.count("receipts"),
        stage.count("settlements"),
        tuple(sorted(stage.balances().items())),
        (report.total, report.cashless, report.balances),
        tuple(stage.open_breaks()),
    )


# Enough for the words that the bank puts in front, and for the head of the reference.
_ROOM = 11
_NAMES = (
    "webhook", "webhook again", "other webhook",
    "statement", "statement again", "overlapping statement",
)  # fmt: skip
_EXPECTED = {"bank": 2 * TOTAL, "fee_income": -TOTAL, "suspense": -TOTAL}
_ORDERS = tuple(permutations(_NAMES))


@settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.sampled_from(_ORDERS), cut=st.sampled_from(Cut))
def test_any_order_of_tellings_gives_the_same_books(
    tmp_path_factory: pytest.TempPathFactory, order: tuple[str, ...], cut: Cut
) -> None:
    _check(tmp_path_factory.mktemp("order"), order, cut)


@pytest.mark.battery
@pytest.mark.parametrize("cut", Cut)
def test_all_720_orders_of_tellings_give_the_same_books(
    tmp_path_factory: pytest.TempPathFactory, cut: Cut
) -> None:
    for order in _ORDERS:
        _check(tmp_path_factory.mktemp("order"), order, cut)


@pytest.mark.parametrize("order", list(permutations(("short", "rest", "statement"))))
@pytest.mark.parametrize("cut", Cut)
def test_two_parts_pay_the_request_in_whatever_order_and_however_they_are_told(
    stage: Stage, order: tuple[str, ...], cut: Cut
) -> None:
    standing = stage.request()
    short = stage.pay(f"mbvcb {standing.request.reference} nop phi", 400_000)
    rest = stage.pay(f"mbvcb {standing.request.reference} nop phi", 75_000)
    listed = [_cut(short), _cut(rest)] if cut is Cut.STATEMENT else [short, rest]
    statement = stage.statement(listed)
    tellings: dict[str, Callable[[], object]] = {
        "short": lambda: stage.announce(_cut(short) if cut is Cut.WEBHOOK else short),
        "rest": lambda: stage.announce(_cut(rest) if cut is Cut.WEBHOOK else rest),
        "statement": lambda: stage.import_file(statement),
    }

    for name in order:
        tellings[name]()
    stage.close_day()

    assert stage.state(standing) == "paid"
    assert stage.balances() == {"bank": TOTAL, "fee_income": -TOTAL}
    assert stage.open_breaks() == []


def test_a_reference_that_comes_later_is_told_as_such(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(f"mbvcb {standing.request.reference} nop phi", 400_000)
    stage.announce(_cut(paid))
    assert stage.open_breaks() == [BreakKind.UNKNOWN]

    stage.import_file(stage.statement([paid]))

    assert (stage.state(standing), stage.open_breaks()) == ("short", [BreakKind.SHORT])
    with SqlBooks(stage.wiring.engine, write=False) as uow:
        (waiting,) = waiting_money(uow.session, stage.centre_id, limit=10)
    assert (waiting.outcome, waiting.reference) == (Outcome.SHORT, standing.request.reference)


def test_a_transfer_that_a_person_has_placed_stays_there(stage: Stage) -> None:
    named, chosen = stage.request(), stage.request()
    paid = stage.pay(f"mbvcb {named.request.reference} nop phi")
    stage.place(chosen, stage.announce(_cut(paid))[0].transfer.transfer_id)

    stage.import_file(stage.statement([paid]))

    assert (stage.state(named), stage.state(chosen)) == ("open", "paid")


def test_a_transfer_that_a_person_has_explained_is_left_to_them(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(f"mbvcb {standing.request.reference} nop phi")
    stage.announce(_cut(paid))
    (break_id,) = stage.break_ids(BreakKind.UNKNOWN)
    with stage.wiring.open_uow() as uow:
        resolve_break(uow, stage.wiring.world, stage.finance, break_id, "người nộp đã nhận lại")
        uow.commit()

    stage.import_file(stage.statement([paid]))

    assert stage.state(standing) == "open"
    assert stage.balances()["suspense"] == -TOTAL


def test_a_transfer_whose_day_is_closed_pays_in_the_next_open_day(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(f"mbvcb {standing.request.reference} nop phi")
    stage.import_file(stage.statement([_cut(paid)]))
    stage.close_day()
    closed = stage.today
    stage.tomorrow()

    stage.announce(paid)

    assert stage.state(standing) == "paid"
    assert (stage.report(closed).total, stage.report().total) == (0, TOTAL)


def test_what_was_named_later_and_then_taken_back_is_held_no_longer(stage: Stage) -> None:
    standing = stage.request()
    paid = stage.pay(f"mbvcb {standing.request.reference} nop phi", 400_000)
    taken = stage.pay(f"hoan tra {standing.request.reference}", 400_000, Direction.OUT)
    stage.announce(_cut(paid))

    stage.import_file(stage.mt940([paid], [taken]), "sao-ke.sta")

    assert (stage.state(standing), stage.standing(standing).due) == ("open", TOTAL)
    assert stage.open_breaks() == [BreakKind.REVERSED]


def _check(folder: Path, order: tuple[str, ...], cut: Cut) -> None:
    stage = Stage.on(databases.new_sqlite(folder), folder)
    state, transfers, receipts, settlements, balances, _, breaks = _play(stage, order, cut)

    assert (state, transfers, receipts, settlements) == ("paid", 2, 2, 2)
    assert dict(balances) == _EXPECTED  # type: ignore[call-overload]  # a tuple of pairs.
    assert breaks == ("unknown",)
    assert stage.findings() == []
    stage.wiring.engine.dispose()
