"""A large camt statement comes into the books by steps, read from the parts that it is kept in."""

from __future__ import annotations

import io

import pytest

from bank_adapters.statements import camt, xml_parts
from bank_adapters.statements.camt import READER
from reconciliation.domain.statements import FileVerdict
from reconciliation.services import keep_file, take_in
from reconciliation.services.import_file import Importer, begin_file, finish_file, result_of
from reconciliation.services.import_statement import ImportResult
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import Stage
from tests.unit.bank_adapters.test_camt import balance, document, entry

TAKEN_BACK = "<RvslInd>true</RvslInd>"


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file of few entries take many steps."""
    monkeypatch.setattr(keep_file, "PART_BYTES", 500)
    monkeypatch.setattr(take_in, "LINES_AT_ONCE", 4)
    monkeypatch.setattr(camt, "BATCH", 3)
    monkeypatch.setattr(xml_parts, "_CHUNK", 200)


def a_file(stage: Stage, closing: int) -> bytes:
    """Twenty payments of 5,000, of which the bank takes two back as it had booked them."""
    account = stage.made.account.account_number.encode()
    today = stage.today.isoformat().encode()
    entries = [entry("5000")] * 20
    entries[4:4] = [entry("5000", more=TAKEN_BACK)] * 2
    balances = balance("OPBD", "0"), balance("CLBD", str(closing))
    body = document(*balances, *entries).replace(b"2026-03-02", today)
    return body.replace(b"<Id>0011</Id>", b"<Id>%b</Id>" % account)


def imported(stage: Stage, body: bytes) -> ImportResult:
    importer = Importer(
        lambda *, write=True: SqlBooks(stage.wiring.engine, write=write),
        stage.wiring.world,
        {READER.name: READER},
    )
    source = io.BytesIO(body)
    file = begin_file(importer, stage.finance, file_name="a.xml", source=source)
    return result_of(importer, finish_file(importer, file), was_known=False)


def test_a_statement_whose_reversals_are_turned_is_booked(stage: Stage) -> None:
    result = imported(stage, a_file(stage, closing=90_000))

    assert result.problems == ()
    assert (result.verdict, result.entries_new) == (FileVerdict.IMPORTED, 22)


def test_a_statement_that_does_not_add_up_either_way_is_put_apart(stage: Stage) -> None:
    result = imported(stage, a_file(stage, closing=95_000))

    assert result.verdict is FileVerdict.QUARANTINED
    assert [problem.rule for problem in result.problems] == ["equation"]


def test_a_statement_that_is_cut_is_put_apart(stage: Stage) -> None:
    result = imported(stage, a_file(stage, closing=90_000)[:-30])

    assert result.verdict is FileVerdict.QUARANTINED
    assert [problem.rule for problem in result.problems] == ["file_cut", "message_cut"]
