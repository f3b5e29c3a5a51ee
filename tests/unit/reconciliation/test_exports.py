"""What leaves the house is exact, opens in a spreadsheet, and runs nothing there."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest
from python_calamine import CalamineWorkbook

from reconciliation.exports.chart import field_chart, share_chart
from reconciliation.exports.delimited import guarded, report_csv, report_json
from reconciliation.exports.workbook import report_xlsx
from tests.unit.reconciliation.reports import a_report

_SVG = "{http://www.w3.org/2000/svg}"


def test_the_workbook_holds_numbers_as_numbers_and_no_formula() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(report_xlsx(a_report(), str)))
    rows = book.get_sheet_by_name("By field").to_python()

    assert rows[1][:2] == ["DD", "Đất đai"]
    assert rows[1][4] == 433_100_000
    assert rows[2][1] == "=HYPERLINK(1)"
    assert ["Total collected", 594_462_000] in book.get_sheet_by_name("Summary").to_python()


def test_the_csv_opens_in_a_vietnamese_excel() -> None:
    body = report_csv(a_report(), str)
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))

    assert body.startswith(b"\xef\xbb\xbf")
    assert ["Total collected", "594462000"] in rows
    assert ["Cashless share by value (%)", "2.11"] in rows
    assert any(row[1:2] == ["'=HYPERLINK(1)"] for row in rows)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+84",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\n=1",
        " =1",
        "\u00a0+1",
        "＝1+1",
        "＠SUM(A1)",
    ],
)
def test_a_word_that_looks_like_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_numbers_and_plain_words_are_left_alone() -> None:
    assert guarded(-5) == -5
    assert guarded("Đất đai") == "Đất đai"


def test_the_json_says_what_the_report_says() -> None:
    plain = json.loads(report_json(a_report()))

    assert (plain["total"], plain["cashless"]) == (594_462_000, 12_562_000)
    assert (plain["share_by_value"], plain["share_by_count"]) == ("2.11", "1.43")
    assert (plain["dossiers"], plain["fields"], plain["fields_with_fees"]) == (11_721, 3, 2)
    assert plain["equations"][0]["holds"] is True


def test_the_words_of_the_tables_are_translated() -> None:
    assert b"VI:By field" in report_csv(a_report(), lambda sentence: f"VI:{sentence}")


def test_the_ring_shows_the_share_and_says_it_in_words() -> None:
    drawing = ET.fromstring(share_chart(a_report(), str))  # noqa: S314 -- our own drawing.
    circles = drawing.findall(f"{_SVG}circle")

    assert drawing.get("role") == "img"
    assert drawing.findtext(f"{_SVG}desc") == "Cashless 12.562.000, cash 581.900.000"
    assert drawing.findtext(f"{_SVG}text") == "2,11\N{NO-BREAK SPACE}%"
    assert circles[1].get("stroke-dasharray") == "211 10000"


def test_the_bars_stand_in_the_order_of_their_money_without_empty_fields() -> None:
    drawing = ET.fromstring(field_chart(a_report(), str))  # noqa: S314 -- our own drawing.
    texts = [text.text for text in drawing.findall(f"{_SVG}text")]

    assert texts == [
        "Cashless", "Cash", "Đất đai", "433.100.000", "=HYPERLINK(1)", "161.362.000",
    ]  # fmt: skip


def test_a_day_without_money_is_drawn_too() -> None:
    empty = a_report(total=0, cash=0, cashless=0, by_field=())

    assert "0,00&#160;%" in share_chart(empty, str)
    assert "<svg" in field_chart(empty, str)
