"""One transfer, many witnesses: in whatever order they come, the books are the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import databases
from tests.flows.stage import TOTAL, Paid, Stage


def _tell(stage: Stage, paid: Paid, other: Paid) -> dict[str, Callable[[], object]]:
    """Six ways of telling: two webhooks, a repeat, a statement, the same again, an overlapping one."""
    statement = stage.statement([paid])
    overlapping = stage.statement([paid, other])
    return {
        "webhook": lambda: stage.announce(paid),
        "webhook again": lambda: stage.announce(paid),
        "other webhook": lambda: stage.announce(other),
        "statement": lambda: stage.import_file(statement),
        "statement again": lambda: stage.import_file(statement, "again.csv"),
        "overlapping statement": lambda: stage.import_file(overlapping),
    }


def _play(stage: Stage, order: tuple[str, ...]) -> tuple[object, ...]:
    """Tell in an order; return what the books say afterwards."""
    standing = stage.request()
    paid = stage.pay(f"mbvcb {standing.request.reference} nop phi")
    other = stage.pay("khong ro ma")
    tellings = _tell(stage, paid, other)
    for name in order:
        tellings[name]()
    stage.import_file(stage.statement([paid, other]), "the end.csv")
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
@given(order=st.sampled_from(_ORDERS))
def test_any_order_of_tellings_gives_the_same_books(
    tmp_path_factory: pytest.TempPathFactory, order: tuple[str, ...]
) -> None:
    _check(tmp_path_factory.mktemp("order"), order)


@pytest.mark.battery
def test_all_720_orders_of_tellings_give_the_same_books(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    for order in _ORDERS:
        _check(tmp_path_factory.mktemp("order"), order)


def _check(folder: Path, order: tuple[str, ...]) -> None:
    stage = Stage.on(databases.new_sqlite(folder), folder)
    state, transfers, receipts, settlements, balances, _, breaks = _play(stage, order)

    assert (state, transfers, receipts, settlements) == ("paid", 2, 2, 2)
    assert dict(balances) == _EXPECTED  # type: ignore[call-overload]  # a tuple of pairs.
    assert breaks == ("unknown",)
    assert stage.findings() == []
    stage.wiring.engine.dispose()
