"""The report drawn: cash against cashless, as SVG made here and readable by a screen reader.

No script and no style sheet: it shows under any content policy, on paper and in a PDF. Cashless is
dark and cash is light, so the two can be told apart without colour.
"""

from __future__ import annotations

from html import escape

from payments.domain.money import in_digits
from reconciliation.domain.day_report import DayReport, FieldFigures
from reconciliation.exports.layout import Translate

CASHLESS, CASH, INK, MUTED, TRACK = "#0b5c8a", "#e0a33a", "#1d2b36", "#5b6b77", "#eef2f5"
_FONT = 'font-family="system-ui, sans-serif"'
_ROW = 46


def share_chart(report: DayReport, translate: Translate) -> str:
    """Return a ring of the cashless share by value, with the per cent in its middle."""
    _ = translate
    share = report.share_by_value.replace(".", ",")
    title = _("Cashless share by value")
    caption = escape(_("cashless"))
    words = _("Cashless %(cashless)s, cash %(cash)s") % {
        "cashless": in_digits(report.cashless),
        "cash": in_digits(report.cash),
    }
    # The ring's length is set to 10,000, so that the share is its dash without any rounding twice.
    drawn = 10_000 * report.cashless // report.total if report.total else 0
    ring = CASH if report.total else TRACK
    return _svg(
        (200, 200),
        title,
        words,
        f'<circle cx="100" cy="100" r="70" fill="none" stroke="{ring}" stroke-width="26"/>'
        f'<circle cx="100" cy="100" r="70" fill="none" stroke="{CASHLESS}" stroke-width="26" '
        f'pathLength="10000" stroke-dasharray="{drawn} 10000" transform="rotate(-90 100 100)"/>'
        f'<text x="100" y="98" text-anchor="middle" font-size="25" font-weight="700" '
        f'fill="{INK}" {_FONT}>{share}&#160;%</text>'
        f'<text x="100" y="120" text-anchor="middle" font-size="13" fill="{MUTED}" {_FONT}>'
        f"{caption}</text>",
    )


def field_chart(report: DayReport, translate: Translate) -> str:
    """Return one bar a field that collected money, the largest first: cashless, then cash."""
    _ = translate
    fields = sorted(
        (one for one in report.by_field if one.total), key=lambda one: (-one.total, one.code)
    )
    most = max((one.total for one in fields), default=1)
    title = _("Collected by field")
    words = "; ".join(f"{one.name}: {in_digits(one.total)}" for one in fields)
    legend = (
        _mark(0, CASHLESS, _("Cashless")),
        _mark(220, CASH, _("Cash")),
    )
    bars = [_bar(one, place, most) for place, one in enumerate(fields)]
    height = 34 + _ROW * max(len(fields), 1)
    return _svg((720, height), title, words, "".join((*legend, *bars)))


def _mark(left: int, colour: str, word: str) -> str:
    """Return one entry of the legend."""
    return (
        f'<rect x="{left}" y="4" width="14" height="14" rx="2" fill="{colour}"/>'
        f'<text x="{left + 21}" y="16" font-size="14" fill="{INK}" {_FONT}>{escape(word)}</text>'
    )


def _bar(figures: FieldFigures, place: int, most: int) -> str:
    """Return the name, the amount and the bar of a field. What is not zero shows."""
    top = 34 + _ROW * place
    whole = max(720 * figures.total // most, 2)
    cashless = max(720 * figures.cashless // most, 2) if figures.cashless else 0
    return (
        f'<text x="0" y="{top + 14}" font-size="14" fill="{INK}" {_FONT}>'
        f"{escape(figures.name)}</text>"
        f'<text x="720" y="{top + 14}" font-size="14" text-anchor="end" fill="{INK}" {_FONT}>'
        f"{escape(in_digits(figures.total))}</text>"
        f'<rect x="0" y="{top + 21}" width="720" height="14" rx="2" fill="{TRACK}"/>'
        f'<rect x="0" y="{top + 21}" width="{whole}" height="14" rx="2" fill="{CASH}"/>'
        f'<rect x="0" y="{top + 21}" width="{cashless}" height="14" rx="2" fill="{CASHLESS}"/>'
    )


def _svg(size: tuple[int, int], title: str, words: str, content: str) -> str:
    """Return a drawing with its title and description for those who do not see it."""
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(words)}</desc>{content}</svg>"
    )
