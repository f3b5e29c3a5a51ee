"""The counter's lists and the receipt sheet, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from payments.domain.requests import RequestState
from payments.services.run_till import close_till, open_till
from payments.services.show_on_counter import show_on_counter
from payments.store import queries_counter
from payments.store.queries_receipts import receipt_sheet
from payments.store.unit_of_work import SqlUnitOfWork
from payments.wiring import Wiring
from tests import makers
from tests.told import tell


@pytest.fixture
def wiring(database_url: str, tmp_path: Path) -> Iterator[Wiring]:
    """The parts of a running thuphi, once on each database."""
    wiring = makers.a_wiring(makers.some_settings(database_url, tmp_path))
    yield wiring
    wiring.engine.dispose()


@pytest.mark.parametrize("words", ["210309-0001", "nguyen an", "1", "{reference}"])
def test_a_dossier_is_found_by_each_of_its_marks(wiring: Wiring, words: str) -> None:
    centre = makers.a_centre(wiring.engine)
    standing = makers.a_request(wiring, centre)
    tell(wiring, centre, standing, 475_000)
    wanted = words.format(reference=standing.request.reference)

    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        [row] = queries_counter.search(
            uow.session, "HTR", wanted, prefix="HTR", now=wiring.world.clock.now()
        )

    assert row.request_id == standing.request.request_id
    assert row.state is RequestState.PAID
    assert row.procedure == "Cấp giấy chứng nhận quyền sử dụng đất"


def test_the_sheet_of_a_receipt_is_read_whole(wiring: Wiring) -> None:
    centre = makers.a_centre(wiring.engine)
    standing = makers.a_request(wiring, centre, procedure="1.002")
    tell(wiring, centre, standing, 8_000)

    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        [receipt] = uow.receipts.of_request("HTR", standing.request.request_id)
        sheet = receipt_sheet(uow, receipt.token)

    assert sheet.receipt == receipt
    assert sheet.centre == centre.centre
    assert sheet.lines == standing.lines
    assert sheet.series.series_id == receipt.series_id


def test_a_display_is_shown_anew_and_cleared(wiring: Wiring) -> None:
    centre = makers.a_centre(wiring.engine)
    standing = makers.a_request(wiring, centre)
    shown = []
    with SqlUnitOfWork(wiring.engine) as uow:
        open_till(uow, wiring.world, centre.cashier, counter_id="HTR-q1", float_amount=0)
        for request_id in (standing.request.request_id, None):
            show_on_counter(uow, wiring.world, centre.cashier, request_id)
            screen = uow.centres.screen("HTR", "HTR-q1")
            shown.append(screen.request_id if screen else "")
        uow.commit()

    assert shown == [standing.request.request_id, None]


def test_sessions_are_listed_with_what_was_counted(wiring: Wiring) -> None:
    centre = makers.a_centre(wiring.engine)
    with SqlUnitOfWork(wiring.engine) as uow:
        open_till(uow, wiring.world, centre.cashier, counter_id="HTR-q1", float_amount=200_000)
        close_till(uow, wiring.world, centre.cashier, counts={100_000: 1})
        open_till(uow, wiring.world, centre.cashier, counter_id="HTR-q1", float_amount=0)
        uow.commit()

    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        rows = queries_counter.till_sessions(uow.session, "HTR", centre.cashier.staff_id)

    assert [(row.session_no, row.counted, row.difference) for row in rows] == [
        (2, None, None),
        (1, 100_000, -100_000),
    ]
