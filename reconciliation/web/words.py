"""The words of reconciliation: kinds of differences, rules of statements, conditions, actions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum

from flask import Flask
from flask_babel import gettext as _

from payments.domain.breaks import BreakKind
from payments.domain.kept_answers import READER as KEPT_ANSWERS
from payments.web import words as shared
from payments.web.errors import sentence_of_code
from payments.web.formatting import number
from payments.web.i18n import N_, language, sentence_of
from reconciliation.domain.sources import SourceKind
from reconciliation.domain.statements import FileVerdict
from reconciliation.store.queries_breaks import Worked
from reconciliation.web.faults import TABLES
from reconciliation.web.periods import PeriodKind
from reconciliation.web.rule_sentences import RULES

# Longer than the outcome of a transfer: here a person decides what to do about it.
_KINDS: dict[tuple[type[StrEnum], str], str] = {
    (BreakKind, BreakKind.SHORT): N_("Paid too little"),
    (BreakKind, BreakKind.OVER): N_("Paid too much"),
    (BreakKind, BreakKind.LATE): N_("Paid late"),
    (BreakKind, BreakKind.TWICE): N_("Paid twice"),
    (BreakKind, BreakKind.UNKNOWN): N_("No reference"),
    (BreakKind, BreakKind.CANCELLED): N_("Paid after cancellation"),
    (BreakKind, BreakKind.REVERSED): N_("Reversed by the bank"),
    (BreakKind, BreakKind.OUTGOING): N_("Money going out"),
    (BreakKind, BreakKind.CONFLICT): N_("Bank messages differ"),
    (BreakKind, BreakKind.MISSING_ON_STATEMENT): N_("Missing on the statement"),
    (BreakKind, BreakKind.NEVER_ANNOUNCED): N_("Never announced"),
    (BreakKind, BreakKind.UNREADABLE): N_("Unreadable message"),
    (BreakKind, BreakKind.FOREIGN): N_("Another account"),
    (BreakKind, BreakKind.STATEMENT_DIFFERENCE): N_("Accepted gap in the statements"),
    (BreakKind, BreakKind.CASH_OVER): N_("Cash over"),
    (BreakKind, BreakKind.CASH_SHORT): N_("Cash short"),
    (BreakKind, BreakKind.FEED_GAP): N_("Balance does not follow"),
    (BreakKind, BreakKind.FEED_DOUBLE): N_("Told under two numbers"),
    (FileVerdict, FileVerdict.IMPORTED): N_("Imported"),
    (FileVerdict, FileVerdict.QUARANTINED): N_("Kept apart"),
    (SourceKind, SourceKind.SFTP): N_("SFTP server"),
    (SourceKind, SourceKind.FEED): N_("Provider's interface"),
    (Worked, Worked.OPEN): N_("Open"),
    (Worked, Worked.RESOLVED): N_("Worked off"),
    (Worked, Worked.ALL): N_("All"),
    (PeriodKind, PeriodKind.DAY): N_("Day"),
    (PeriodKind, PeriodKind.MONTH): N_("Month"),
    (PeriodKind, PeriodKind.YEAR): N_("Year"),
    (PeriodKind, PeriodKind.RANGE): N_("From–to"),
}

MEANINGS: dict[BreakKind, str] = {
    BreakKind.SHORT: N_("Less came than was asked for. The money is held until the rest comes."),
    BreakKind.OVER: N_("More came than was asked for. The rest waits for a decision."),
    BreakKind.LATE: N_("The money came after the request had expired. It still paid the request."),
    BreakKind.TWICE: N_("The request had been paid before. This money belongs to the payer."),
    BreakKind.UNKNOWN: N_("No payment reference was found in the text of this transfer."),
    BreakKind.CANCELLED: N_("The request that the text names had been cancelled."),
    BreakKind.REVERSED: N_("The bank has taken this transfer back."),
    BreakKind.OUTGOING: N_("Money left the account. Say what it was for."),
    BreakKind.CONFLICT: N_("The bank told of one transfer twice, with different content."),
    BreakKind.MISSING_ON_STATEMENT: N_(
        "The bank announced this transfer, but its statement does not show it."
    ),
    BreakKind.NEVER_ANNOUNCED: N_(
        "The statement shows this transfer, but the bank never announced it."
    ),
    BreakKind.UNREADABLE: N_("A message of the bank could not be read. It is kept as it came."),
    BreakKind.FOREIGN: N_("A message told of another account or currency. Nothing was posted."),
    BreakKind.STATEMENT_DIFFERENCE: N_(
        "Two people accepted a statement that does not begin where the one before ended. "
        "What moved the balance in between is not known."
    ),
    BreakKind.CASH_OVER: N_("More was counted in the drawer than expected."),
    BreakKind.CASH_SHORT: N_("Less was counted in the drawer than expected."),
    BreakKind.FEED_GAP: N_(
        "By the bank's balances, money moved just before this transfer that nobody has told of."
    ),
    BreakKind.FEED_DOUBLE: N_(
        "By the bank's balances, this transfer is one that was told before under another number."
    ),
}
"""What a kind of difference means, for the person who works it off."""

# How the program itself took a difference off the list, by the code it leaves as explanation.
_ANSWERED = {
    "allocated": N_("The money was given to a request."),
    "identified": N_("The bank has told the payment reference after all."),
    "taken_back": N_("The bank has taken the money back."),
    "on_statement": N_("The transfer has appeared on a statement."),
    "balance_follows": N_("What was missing has been told, and the balances follow again."),
    "gap_filled": N_("The missing statement has come and fills the gap."),
    "announced_later": N_("The bank has announced the transfer after all."),
}

_READERS = {
    TABLES: N_("Table (CSV or XLSX)"),
    KEPT_ANSWERS: N_("A provider's answers, as kept"),
    "camt": "camt (ISO 20022)",
    "mt940": "MT940",
    "ofx": "OFX",
}

_HOW = {
    "never_announced": N_("known from the statement alone"),
    "bank_reference": N_("by the bank's reference"),
    "reference": N_("by the payment reference"),
    "content": N_("by amount, day and text"),
    "exact": N_("as printed"),
    "folded": N_("as written by the bank"),
    "repaired": N_("after mending a typing error"),
}

# Each condition of a close in two sentences: when it is met and when it is not.
_CONDITIONS = {
    "day_in_future": (
        N_("The day has begun."),
        N_("%(day)s lies in the future; today is %(today)s."),
    ),
    "day_already_closed": (N_("The day is open."), N_("%(day)s has been closed already.")),
    "earlier_day_open": (
        N_("All earlier days are closed."),
        N_("%(day)s is still open and has to be closed first."),
    ),
    "till_still_open": (
        N_("All tills are counted."),
        N_("%(count)s till sessions have not been counted yet."),
    ),
    "statement_missing": (
        N_("Statements cover all announced transfers."),
        N_("The statement of account %(account)s for this day is missing."),
    ),
    "statement_being_booked": (
        N_("No statement is still being booked."),
        N_("A large statement is still being booked."),
    ),
    "books_do_not_agree": (
        N_("The sums of the day agree."),
        N_("The sums of the day do not agree: %(findings)s."),
    ),
}

EQUATIONS = {
    "income_is_receipts": N_("Fees collected = receipts issued"),
    "income_is_by_field": N_("Fees collected = sum over the fields"),
    "cash_income_is_cash_taken": N_("Fees in cash = cash taken"),
    "cashless_income_is_allocated": N_("Fees without cash = transfers allocated"),
    "suspense_is_not_allocated": N_(
        "Change in money to be identified = transfers less allocations"
    ),
    "clearing_is_not_on_statement": N_("Change in clearing = transfers less statement entries"),
    "drawer_is_not_handed_over": N_("Change in drawers = cash taken less cash handed over"),
    "journal_balances": N_("Every journal entry balances"),
}

_DAY = re.compile(r"\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b")

_PLACES = {
    "number": N_("Number"),
    "row": N_("Row %(number)s"),
    "line": N_("Line %(number)s"),
    "opening": N_("Opening balance"),
    "closing": N_("Closing balance"),
    "totals": N_("Totals"),
    "period": N_("Period"),
}


def install(app: Flask) -> None:
    """Give the templates the words of reconciliation as filters."""
    shared.WORDS.update(_KINDS)
    app.jinja_env.filters.update(
        meaning=meaning,
        break_word=break_word,
        answered=answered,
        how=how,
        reader=reader,
        condition=condition,
        equation=equation,
        place=place,
        rule=rule,
        problem=problem,
        percent=percent,
    )


def translate(sentence: str) -> str:
    """Return a sentence in the language of this page, for exports that know no web."""
    return sentence_of(sentence)


def break_word(code: str) -> str:
    """Return the word for a kind of difference that a frozen report names by its code."""
    return shared.word(BreakKind(code))


def meaning(kind: BreakKind) -> str:
    """Return what a kind of difference means."""
    return sentence_of(MEANINGS[kind])


def answered(explanation: str) -> str:
    """Return an explanation; the program's own codes become sentences."""
    return sentence_of(_ANSWERED[explanation]) if explanation in _ANSWERED else explanation


def how(code: str) -> str:
    """Return by which rule something was matched or found."""
    return sentence_of(_HOW[code]) if code in _HOW else code


def reader(name: str) -> str:
    """Return the word for the format that a reader of statements knows, else its name."""
    return sentence_of(_READERS[name]) if name in _READERS else name


def condition(code: str, facts: Mapping[str, object], *, is_met: bool) -> str:
    """Return the sentence of a condition of the close."""
    if code not in _CONDITIONS:
        return code
    filled = _Facts({name: _shown(name, value) for name, value in facts.items()})
    return sentence_of(_CONDITIONS[code][0 if is_met else 1]) % filled


def is_condition(code: str) -> bool:
    """Say whether a code is that of a condition of the close."""
    return code in _CONDITIONS


def equation(name: str) -> str:
    """Return the two sides of an equation in words."""
    return sentence_of(EQUATIONS[name]) if name in EQUATIONS else name


def place(where: str) -> str:
    """Return where in a file something is: "row 12" in words of this page's language."""
    kind, _blank, rest = where.partition(" ")
    if kind not in _PLACES:
        return where
    return sentence_of(_PLACES[kind], number=rest) if rest else sentence_of(_PLACES[kind])


def rule(code: str, facts: Mapping[str, str]) -> str:
    """Return the sentence of a rule that a statement breaks."""
    if code not in RULES:
        return str(_("The file cannot be believed (%(code)s).", code=code))
    return sentence_of(RULES[code]) % _Facts({k: _amount(v) for k, v in facts.items()})


def problem(kept: str) -> str:
    """Return the sentence of a problem that a row keeps as JSON."""
    said = json.loads(kept)
    facts = {str(name): str(value) for name, value in said["facts"].items()}
    code = str(said["code"])
    return rule(code, facts) if code in RULES else sentence_of_code(code, facts)


def percent(share: str) -> str:
    """Write a share of two decimals: 2,11 % in Vietnamese, 2.11 % in English."""
    shown = share if language() == "en" else share.replace(".", ",")
    return f"{shown}\N{NO-BREAK SPACE}%"


def _shown(name: str, value: object) -> str:
    """Write a fact of a condition: days as people write them, codes of equations in words."""
    text = str(value)
    if name == "findings":
        return ", ".join(equation(one) for one in text.split(", "))
    parts = text.split("-")
    return "/".join(reversed(parts)) if name in {"day", "today"} and len(parts) == 3 else text


def _amount(value: str) -> str:
    """Write a whole number with its thousands, days as people do, any other text as it is."""
    digits = value.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        return number(int(value))
    return _DAY.sub(r"\3/\2/\1", value)


class _Facts(dict[str, str]):
    """Facts that fill a sentence; a blank without a fact shows a dash rather than an error."""

    def __missing__(self, name: str) -> str:
        return "\N{EN DASH}"
