"""The report as tables of words and numbers, the same for every format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciliation.domain.day_report import DayReport, percent

Translate = Callable[[str], str]
"""Turns an English sentence into the reader's language."""

Cell = str | int


def N_(sentence: str) -> str:  # noqa: N802 -- the name that the catalogue's tool looks for.
    """Mark a sentence for translation where it stands in a table."""
    return sentence


_EQUATIONS = {
    "income_is_receipts": N_("Fees collected = receipts issued"),
    "income_is_by_field": N_("Fees collected = sum over the fields"),
    "cash_income_is_cash_taken": N_("Fees in cash = cash taken"),
    "cashless_income_is_allocated": N_("Fees without cash = transfers allocated"),
    "suspense_is_not_allocated": N_(
        "Change in money to be identified = transfers less allocations"
    ),
    "clearing_is_not_on_statement": N_("Change in clearing = transfers less statement entries"),
    "drawer_is_not_handed_over": N_("Change in drawers = cash taken less cash handed over"),
}
_BREAKS = {
    "short": N_("Paid too little"),
    "over": N_("Paid too much"),
    "late": N_("Paid late"),
    "twice": N_("Paid twice"),
    "unknown": N_("No reference"),
    "cancelled": N_("Paid after cancellation"),
    "reversed": N_("Reversed by the bank"),
    "outgoing": N_("Money going out"),
    "conflict": N_("Bank messages differ"),
    "missing_on_statement": N_("Missing on the statement"),
    "never_announced": N_("Never announced"),
    "unreadable": N_("Unreadable message"),
    "foreign": N_("Another account"),
    "cash_over": N_("Cash over"),
    "cash_short": N_("Cash short"),
}
_KINDS = {
    "phi": N_("Service fee (phí)"),
    "le_phi": N_("State charge (lệ phí)"),
    "exempt": N_("Exemption"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its title; ``header`` has one word a column. Numbers are đồng or counts."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheets(report: DayReport, translate: Translate) -> tuple[Sheet, ...]:
    """Return the tables of a report, the summary first."""
    return (
        _summary(report, translate),
        _fields(report, translate),
        _cashiers(report, translate),
        _receipts(report, translate),
        _breaks(report, translate),
        _equations(report, translate),
    )


def _summary(report: DayReport, _: Translate) -> Sheet:
    """Return the figures that a reader wants first."""
    balances = report.balances
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("From"), report.date_from.isoformat()),
        (_("To"), report.date_to.isoformat()),
        (_("Dossiers"), report.dossiers),
        (_("Paid requests"), report.counts.total),
        (_("Total collected"), report.total),
        (_("Cash"), report.cash),
        (_("Cashless"), report.cashless),
        (_("Cashless share by value (%)"), report.share_by_value),
        (_("Paid without cash"), report.counts.cashless),
        (_("Cashless share by count (%)"), report.share_by_count),
        *((_kind(figures.kind, _), figures.total) for figures in report.by_kind),
        (_("Documents for exemption"), report.zero_documents),
        (_("Transfers received"), report.transfers_in),
        (_("Transfers going out"), report.transfers_out),
        (_("Money to be identified"), balances.suspense),
        (_("Announced, not yet on a statement"), balances.bank_clearing),
        (_("Balance at the bank"), balances.bank),
        (_("Cash in drawers"), balances.cash_drawer),
        (_("Cash handed over, not yet banked"), balances.cash_in_transit),
    )
    return Sheet(_("Summary"), (_("Figure"), report.centre_name), rows)


def _fields(report: DayReport, _: Translate) -> Sheet:
    """Return the money by field."""
    header = (
        _("Code"),
        _("Field"),
        _("Dossiers"),
        _("Paid requests"),
        _("Total"),
        _("Cash"),
        _("Cashless"),
        _kind("phi", _),
        _kind("le_phi", _),
        _("Cashless share by value (%)"),
    )
    rows = tuple(
        (
            one.code,
            one.name,
            one.dossiers,
            one.count,
            one.total,
            one.cash,
            one.cashless,
            one.phi,
            one.le_phi,
            percent(one.cashless, one.total),
        )
        for one in report.by_field
    )
    return Sheet(_("By field"), header, rows)


def _cashiers(report: DayReport, _: Translate) -> Sheet:
    """Return the cash by cashier, with what their counted tills were over or short."""
    differences: dict[str, int] = {}
    for till in report.tills:
        differences[till.name] = differences.get(till.name, 0) + till.difference
    header = (_("Cashier"), _("Payments"), _("Cash"), _("Difference at the count"))
    rows = tuple(
        (one.name, one.count, one.cash, differences.get(one.name, 0)) for one in report.by_cashier
    )
    return Sheet(_("By cashier"), header, rows)


def _receipts(report: DayReport, _: Translate) -> Sheet:
    """Return the receipts by series, from the first number to the last."""
    header = (_("Series"), _("Kind"), _("From number"), _("To number"), _("Count"), _("Amount"))
    rows = tuple(
        (
            f"{one.pattern} {one.serial}",
            _kind(one.kind, _),
            f"{one.first:07d}",
            f"{one.last:07d}",
            one.count,
            one.amount,
        )
        for one in report.series
    )
    return Sheet(_("Receipts"), header, rows)


def _breaks(report: DayReport, _: Translate) -> Sheet:
    """Return the differences by kind."""
    header = (_("Kind"), _("Opened"), _("Amount"), _("Resolved"), _("Still open"), _("Amount open"))
    rows = tuple(
        (
            _(_BREAKS.get(one.kind, one.kind)),
            one.opened,
            one.opened_amount,
            one.resolved,
            one.open,
            one.open_amount,
        )
        for one in report.breaks
    )
    return Sheet(_("Differences"), header, rows)


def _equations(report: DayReport, _: Translate) -> Sheet:
    """Return the tie-out, both sides of each equation."""
    header = (_("Equation"), _("Left"), _("Right"), _("Result"))
    rows = tuple(
        (
            _(_EQUATIONS.get(one.name, one.name)),
            one.left,
            one.right,
            _("agrees") if one.holds else _("differs"),
        )
        for one in report.equations
    )
    return Sheet(_("Tie-out"), header, rows)


def _kind(kind: str, _: Translate) -> str:
    """Name phí, lệ phí and exemption."""
    return _(_KINDS.get(kind, kind))
