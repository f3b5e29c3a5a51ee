"""A schedule is read strictly, shown before it counts, and never rewrites what was in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from bank_adapters.table_reader import read_table
from payments.domain.errors import Conflict, InvalidFile
from payments.domain.fees import Channel, FeeItem, FeeKind, PayerClass, in_force
from payments.services.import_fees import ChangeKind, FeePreview, import_fees, preview_fees
from payments.services.read_fee_file import FeeRow, read_fee_rows
from payments.wiring import Wiring
from tests.makers import MadeCentre
from tests.sources import ROOT

HEADER = [
    "field_code", "field_name", "procedure_code", "procedure_name", "fee_code", "fee_name", "kind",
    "channel", "payer_class", "amount", "unit", "legal_basis", "valid_from", "ended",
]  # fmt: skip
# The version of F3 that the maker of the centre has put there.
F3 = {
    "field_code": "HT", "field_name": "Hộ tịch",
    "procedure_code": "1.002", "procedure_name": "Cấp bản sao trích lục hộ tịch",
    "fee_code": "F3", "fee_name": "Lệ phí cấp bản sao", "kind": "le_phi",
    "amount": "8000", "unit": "bản", "legal_basis": "minh họa", "valid_from": "2020-01-01",
}  # fmt: skip


def a_table(*rows: dict[str, str]) -> list[list[str]]:
    return [HEADER, *([row.get(name, "") for name in HEADER] for row in rows)]


def read(*rows: dict[str, str]) -> tuple[FeeRow, ...]:
    return read_fee_rows(a_table(*rows))


def faults(error: pytest.ExceptionInfo[InvalidFile]) -> list[tuple[str, str]]:
    return [(problem.where, problem.code) for problem in error.value.problems]


def kinds(preview: FeePreview) -> list[str]:
    return [change.kind.value for change in preview.changes]


def preview(wiring: Wiring, *rows: dict[str, str]) -> FeePreview:
    with wiring.open_uow(write=False) as uow:
        return preview_fees(uow, "HTR", read(*rows))


def bring_in(
    wiring: Wiring, centre: MadeCentre, rows: Sequence[FeeRow], digest: str = ""
) -> FeePreview:
    with wiring.open_uow() as uow:
        wanted = digest or preview_fees(uow, "HTR", rows).digest
        done = import_fees(uow, wiring.world, centre.actor, rows, digest=wanted)
        uow.commit()
    return done


def items(wiring: Wiring) -> list[FeeItem]:
    with wiring.open_uow(write=False) as uow:
        return uow.centres.fee_items("HTR")


def test_the_sample_in_the_documents_can_be_read_and_is_labelled() -> None:
    path = ROOT / "docs" / "fees-sample.csv"

    rows = read_fee_rows(read_table(path.name, path.read_bytes()))

    assert len(rows) == 7
    assert all("minh họa" in row.legal_basis for row in rows)
    assert {row.kind for row in rows} == {FeeKind.PHI, FeeKind.LE_PHI}


def test_header_words_may_be_vietnamese_in_any_order_below_a_title() -> None:
    table = [
        ["BIỂU PHÍ, LỆ PHÍ"],
        [],
        ["STT", "Mức thu", "Loại", "Mã phí", "Tên phí", "Mã lĩnh vực", "LĨNH VỰC", "Mã thủ tục",
         "Tên thủ tục", "Áp dụng từ"],
        ["1", "25.000 đ", "Lệ phí", "L1", "Lệ phí cấp", "DD", "Đất đai", "1.9", "Cấp", "31/12/2021"],
    ]  # fmt: skip

    (row,) = read_fee_rows(table)

    assert (row.amount, row.kind, row.valid_from, row.where) == (
        25_000, FeeKind.LE_PHI, date(2021, 12, 31), "4",
    )  # fmt: skip
    assert (row.channel, row.payer_class) == (Channel.ANY, PayerClass.ANY)


def test_zero_is_an_amount_and_an_empty_cell_is_none() -> None:
    (row,) = read(F3 | {"amount": "0"})
    assert row.amount == 0

    with pytest.raises(InvalidFile) as error:
        read(F3 | {"amount": ""})
    assert faults(error) == [("2", "amount_unreadable")]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("amount", "1.5", "amount_unreadable"),
        ("amount", "-8000", "amount_unreadable"),
        ("amount", "٨٠٠٠", "amount_unreadable"),
        ("amount", "25.1250", "amount_unreadable"),
        ("amount", "99999999999999", "amount_out_of_range"),
        ("kind", "", "cell_empty"),
        ("kind", "thuế", "word_unknown"),
        ("channel", "fax", "word_unknown"),
        ("payer_class", "ai đó", "word_unknown"),
        ("valid_from", "", "day_unreadable"),
        ("valid_from", "31/02/2021", "day_unreadable"),
        ("valid_from", "1/2/21", "day_unreadable"),
        ("ended", "maybe", "word_unknown"),
        ("fee_code", "", "code_malformed"),
        ("fee_code", "F 3", "code_malformed"),
        ("fee_name", "", "cell_empty"),
        ("fee_name", "x" * 401, "cell_too_long"),
        ("legal_basis", "x" * 201, "cell_too_long"),
    ],
)
def test_a_cell_that_cannot_be_read_names_its_row(column: str, value: str, code: str) -> None:
    with pytest.raises(InvalidFile) as error:
        read(F3, F3 | {"fee_code": "F8", column: value})

    assert ("3", code) in faults(error)
    assert {where for where, _ in faults(error)} == {"3"}


def test_all_wrong_rows_are_named_at_once() -> None:
    with pytest.raises(InvalidFile) as error:
        read(F3 | {"amount": "x"}, F3 | {"fee_code": "F8"}, F3 | {"kind": "x"})

    assert faults(error) == [("2", "amount_unreadable"), ("4", "word_unknown")]


def test_a_header_that_is_misspelt_is_named() -> None:
    table = a_table(F3)
    table[0] = [*HEADER[:-1], "endet"]

    with pytest.raises(InvalidFile) as error:
        read_fee_rows(table)

    assert faults(error) == [("1", "column_unknown")]


def test_a_column_that_is_missing_is_named() -> None:
    table = [row[:-2] for row in a_table(F3)]

    with pytest.raises(InvalidFile) as error:
        read_fee_rows(table)

    assert [problem.facts["column"] for problem in error.value.problems] == ["valid_from"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "fee_twice"),
        ({"amount": "9000"}, "fee_twice"),
        ({"fee_code": "F8", "field_name": "Hộ tịch khác"}, "field_name_differs"),
        ({"fee_code": "F8", "procedure_name": "Khác"}, "procedure_differs"),
        ({"procedure_code": "1.9"}, "fee_of_other_procedure"),
    ],
)
def test_rows_that_contradict_each_other_are_named(changes: dict[str, str], code: str) -> None:
    with pytest.raises(InvalidFile) as error:
        read(F3, F3 | changes)

    assert ("3", code) in faults(error)


def test_a_preview_tells_new_changed_ended_and_unchanged(
    wiring: Wiring, centre: MadeCentre
) -> None:
    shown = preview(
        wiring,
        F3,
        F3 | {"valid_from": "2021-07-01", "amount": "9.000"},
        F3 | {"fee_code": "F8", "fee_name": "Phí mới", "kind": "phí"},
        F3 | {"procedure_code": "1.003", "procedure_name": "Đăng ký khai sinh đúng hạn",
              "fee_code": "F4", "fee_name": "x", "ended": "x", "amount": "", "valid_from": "2022-01-01"},
    )  # fmt: skip

    assert kinds(shown) == ["unchanged", "changed", "new", "ended"]
    assert [(change.before, change.amount) for change in shown.changes] == [
        (8_000, 8_000), (8_000, 9_000), (None, 8_000), (0, 0),
    ]  # fmt: skip
    assert shown.counts == dict.fromkeys(ChangeKind, 1)


def test_a_preview_changes_nothing(wiring: Wiring, centre: MadeCentre) -> None:
    before = items(wiring)

    preview(wiring, F3 | {"valid_from": "2021-07-01", "amount": "9.000"})

    assert items(wiring) == before


def test_a_change_adds_a_version_and_leaves_the_past_alone(
    wiring: Wiring, centre: MadeCentre
) -> None:
    bring_in(wiring, centre, read(F3 | {"valid_from": "2021-07-01", "amount": "9.000"}))

    def amount_on(day: date) -> int:
        return next(item.amount for item in in_force(items(wiring), day) if item.fee_code == "F3")

    assert amount_on(date(2021, 6, 30)) == 8_000
    assert amount_on(date(2021, 7, 1)) == 9_000


def test_an_ended_fee_is_no_longer_in_force(wiring: Wiring, centre: MadeCentre) -> None:
    bring_in(wiring, centre, read(F3 | {"valid_from": "2021-07-01", "amount": "", "ended": "có"}))

    codes = {item.fee_code for item in in_force(items(wiring), date(2021, 7, 1))}

    assert "F3" not in codes
    assert [item.amount for item in items(wiring) if item.fee_code == "F3"] == [8_000, 8_000]


def test_an_ended_fee_may_come_again(wiring: Wiring, centre: MadeCentre) -> None:
    bring_in(wiring, centre, read(F3 | {"valid_from": "2021-07-01", "amount": "", "ended": "x"}))

    assert kinds(preview(wiring, F3 | {"valid_from": "2022-01-01"})) == ["new"]


def test_the_same_file_again_changes_nothing(wiring: Wiring, centre: MadeCentre) -> None:
    rows = read(F3 | {"valid_from": "2021-07-01", "amount": "9.000"}, F3 | {"fee_code": "F8"})
    bring_in(wiring, centre, rows)
    known = items(wiring)

    again = bring_in(wiring, centre, rows)

    assert again.changes_nothing
    assert items(wiring) == known


def test_a_later_day_with_nothing_new_adds_no_version(wiring: Wiring, centre: MadeCentre) -> None:
    assert kinds(preview(wiring, F3 | {"valid_from": "2021-07-01"})) == ["unchanged"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "9000"}, "fee_overlaps"),
        ({"amount": "9000", "valid_from": "2019-01-01"}, "fee_overlaps"),
        (
            {"procedure_code": "1.001", "field_code": "DD", "field_name": "Đất đai"},
            "fee_in_other_procedure",
        ),
        ({"field_code": "XX", "field_name": "X"}, "procedure_in_other_field"),
        ({"fee_code": "F9", "ended": "x", "amount": ""}, "fee_not_in_force"),
    ],
)
def test_what_would_rewrite_the_past_is_refused(
    wiring: Wiring, centre: MadeCentre, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(InvalidFile) as error:
        preview(wiring, F3 | changes)

    assert faults(error) == [("2", code)]


def test_rates_for_a_channel_and_a_class_are_fees_of_their_own(
    wiring: Wiring, centre: MadeCentre
) -> None:
    shown = preview(
        wiring,
        F3 | {"channel": "trực tuyến", "amount": "4000"},
        F3 | {"payer_class": "Hộ nghèo", "amount": "0"},
    )

    assert kinds(shown) == ["new", "new"]


def test_new_fields_and_procedures_come_with_the_file(wiring: Wiring, centre: MadeCentre) -> None:
    row = F3 | {
        "field_code": "CT", "field_name": "Chứng thực", "procedure_code": "2.000815",
        "procedure_name": "Chứng thực bản sao", "fee_code": "CT1",
    }  # fmt: skip

    done = bring_in(wiring, centre, read(row))

    assert [field.name for field in done.new_fields] == ["Chứng thực"]
    with wiring.open_uow(write=False) as uow:
        assert uow.centres.procedure("HTR", "2.000815").field_code == "CT"


def test_a_new_name_of_a_field_or_procedure_is_shown_and_kept(
    wiring: Wiring, centre: MadeCentre
) -> None:
    row = F3 | {"field_name": "Tư pháp hộ tịch", "procedure_name": "Cấp trích lục"}

    done = bring_in(wiring, centre, read(row))

    assert [(one.before, one.place.name) for one in done.renamed] == [
        ("Hộ tịch", "Tư pháp hộ tịch"),
        ("Cấp bản sao trích lục hộ tịch", "Cấp trích lục"),
    ]
    with wiring.open_uow(write=False) as uow:
        assert uow.centres.procedure("HTR", "1.002").name == "Cấp trích lục"


def test_a_schedule_that_has_changed_since_the_preview_is_refused(
    wiring: Wiring, centre: MadeCentre
) -> None:
    rows = read(F3 | {"valid_from": "2021-07-01", "amount": "9.000"})
    seen = preview(wiring, F3 | {"valid_from": "2021-07-01", "amount": "9.000"}).digest
    bring_in(wiring, centre, read(F3 | {"fee_code": "F8"}))

    with pytest.raises(Conflict, match="fees_changed_since_preview"):
        bring_in(wiring, centre, rows, digest=seen)


def test_a_file_that_is_not_the_one_of_the_preview_is_refused(
    wiring: Wiring, centre: MadeCentre
) -> None:
    seen = preview(wiring, F3 | {"valid_from": "2021-07-01", "amount": "9.000"}).digest
    other = read(F3 | {"valid_from": "2021-07-01", "amount": "90.000"})

    with pytest.raises(Conflict, match="fees_changed_since_preview"):
        bring_in(wiring, centre, other, digest=seen)


def test_every_change_has_its_audit_event(wiring: Wiring, centre: MadeCentre) -> None:
    bring_in(
        wiring,
        centre,
        read(F3, F3 | {"valid_from": "2021-07-01", "amount": "9.000"}, F3 | {"fee_code": "F8"}),
    )

    with wiring.engine.connect() as connection:
        actions = [row[0] for row in connection.exec_driver_sql(
            "SELECT action FROM audit_events WHERE action LIKE 'fee.%' ORDER BY seq"
        )]  # fmt: skip
    assert actions == ["fee.changed", "fee.new"]


def test_a_workbook_reads_like_its_csv(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "fees.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for at, line in enumerate(a_table(F3)):
            sheet.write_row(at, 0, line)
        sheet.write_number(1, HEADER.index("amount"), 8_000)
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_datetime(1, HEADER.index("valid_from"), date(2020, 1, 1), day)

    assert read_fee_rows(read_table("fees.xlsx", path.read_bytes())) == read(F3)
