"""A report with the figures of a whole year, for tests of what is made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from reconciliation.domain.day_report import (
    Balances,
    BreakFigures,
    CashierFigures,
    Counts,
    DayReport,
    Equation,
    FieldFigures,
    KindFigures,
    SeriesFigures,
    TillFigures,
)

_YEAR = DayReport(
    centre_id="HTR",
    centre_name="Trung tâm HCC Hương Trà",
    date_from=date(2021, 1, 1),
    date_to=date(2021, 12, 31),
    total=594_462_000,
    cash=581_900_000,
    cashless=12_562_000,
    counts=Counts(total=9_269, cash=9_136, cashless=133, mixed=0),
    zero_documents=2,
    dossiers=11_721,
    by_field=(
        FieldFigures("DD", "Đất đai", 1_900, 1_900, 433_100_000, 423_300_000, 9_800_000, 400_000_000, 33_100_000),
        FieldFigures("KHAC", "=HYPERLINK(1)", 7_369, 7_369, 161_362_000, 158_600_000, 2_762_000, 0, 161_362_000),
        FieldFigures("NCC", "Người có công", 2_452, 0, 0, 0, 0, 0, 0),
    ),
    by_kind=(
        KindFigures("phi", 400_000_000, 391_000_000, 9_000_000),
        KindFigures("le_phi", 194_462_000, 190_900_000, 3_562_000),
    ),
    by_cashier=(CashierFigures("s1", "Thu ngân Một", 9_136, 581_900_000),),
    series=(SeriesFigures("phi", "01BLP0-001", "PP-21E", 1, 1_900, 1_900, 400_000_000),),
    tills=(TillFigures("t1", "Thu ngân Một", 581_900_000, -5_000),),
    breaks=(BreakFigures("short", 3, 30_000, 2, 1, 10_000),),
    transfers_in=12_562_000,
    transfers_in_count=133,
    transfers_out=0,
    balances=Balances(cash_in_transit=581_895_000, bank=12_562_000, over_short=-5_000),
    equations=(Equation("income_is_receipts", 594_462_000, 594_462_000),),
)  # fmt: skip


def a_report(**changes: Any) -> DayReport:  # noqa: ANN401 -- any field of the report.
    """The report of the year 2021, with changes."""
    return replace(_YEAR, **changes)
