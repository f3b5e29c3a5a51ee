"""Finds what stands beside a table: the account, the period, the balances, the printed totals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bank_adapters.statements.vocabulary import Label
from bank_adapters.statements.words import LABEL_WORDS, fold

LONGEST_SENTENCE = 2000
"""Characters of a cell that is searched for labels."""

_AMOUNT = (
    r"(?:(?:vnd|usd|eur)\s*)?[-+−(]? ?[0-9][0-9.,]*(?:[ '][0-9]{3}(?![0-9]))*\)?-?"
    r"(?:\s*(?:vnd|dong\b|d\b|₫|usd|eur|cr|dr)){0,2}"
)
_DONG = re.compile(r"\s*(?<![a-z])d$")
"""The sign of đồng once it is folded, which alone would read as the D of debit."""

_DAY = (
    r"(?:[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|[0-9]{1,2}[ -][a-z]{3}[ -][0-9]{4})"
    r"(?:[\st]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_LABELLED = re.compile(
    r"(?<![a-z0-9])(?:"
    + "|".join(
        re.escape(word).replace(r"\ ", r"\s+")
        for word in sorted(LABEL_WORDS, key=len, reverse=True)
    )
    + r")(?![a-z0-9])"
)
_QUALIFIER = re.compile(
    rf"\bla\b|[(\[](?:vnd|usd|eur|dong)[)\]]|(?:(?:tai|ngay|as of|as at|on)\s+)*"
    rf"(?<![0-9.,])(?:{_DAY})(?![0-9.,])"
)
"""What may stand between an amount's words and the amount: its currency, its day, ``là``."""

_AMOUNTS = frozenset({Label.OPENING, Label.CLOSING, Label.DEBITS, Label.CREDITS})
_VALUES: Mapping[Label, re.Pattern[str]] = {
    Label.ACCOUNT: re.compile(r"[a-z]{0,4}[0-9][0-9 .-]{4,28}[0-9]|[0-9a-z-]*[0-9]{5}[0-9a-z-]*"),
    Label.CURRENCY: re.compile(
        r"(?:vnd|usd|eur|jpy|gbp|aud|sgd|cny|krw|chf|cad|thb|hkd|dong(?: viet nam)?)(?![a-z0-9])"
    ),
    Label.FROM: re.compile(_DAY),
    Label.UNTIL: re.compile(_DAY),
    Label.OPENING: re.compile(_AMOUNT),
    Label.CLOSING: re.compile(_AMOUNT),
    Label.DEBITS: re.compile(_AMOUNT),
    Label.CREDITS: re.compile(_AMOUNT),
    Label.COUNT: re.compile(r"[0-9]{1,7}(?![0-9.,])"),
    Label.NUMBER: re.compile(r"[0-9a-z][0-9a-z/.-]{0,30}"),
}
_SECOND_DAY = re.compile(rf"\s*(?:-|–|~|den(?:\s+ngay)?|to)?[\s/:a-z-]*?({_DAY})")
_BETWEEN = re.compile(r"[\s:=/.*\[\]()'-]*")


def labels_in(row: Sequence[str], below: Sequence[str] = ()) -> dict[Label, str]:
    """Find the labels of a row with their values, folded.

    The value stands behind the words in the same cell, else in the next filled cell, else in the
    cell under the words. A value that does not look like one of its kind is none.
    """
    found: dict[Label, str] = {}
    for place, cell in enumerate(row):
        if not cell or len(cell) > LONGEST_SENTENCE:
            continue
        text = fold(cell)
        matches = list(_LABELLED.finditer(text))
        last = _read_cell(text, matches, found)
        if last is None or last is Label.OTHER or last in found:
            continue
        value = _value_of(last, _next_filled(row, place)) or _value_of(last, _at(below, place))
        if value:
            found[last] = value
    found.pop(Label.OTHER, None)
    return found


def balance_told(words: str, amount: str) -> dict[Label, str]:
    """Read a balance whose words stand alone in one cell of a row and its amount in another."""
    parts = [" ".join(part.split()).strip(" :.") for part in re.split(r"[/\n]", fold(words))]
    named = {LABEL_WORDS.get(part) for part in parts}
    label = named.pop()
    if named or label not in {Label.OPENING, Label.CLOSING}:
        return {}
    value = _value_of(label, amount)
    return {label: value} if value else {}


def _read_cell(
    text: str, matches: Sequence[re.Match[str]], found: dict[Label, str]
) -> Label | None:
    """Read the labels with their values in one cell; return the last, when nothing follows it."""
    open_label: Label | None = None
    for number, match in enumerate(matches):
        label = _label(match)
        end = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        segment = text[match.end() : end]
        if label in _AMOUNTS:
            segment = _QUALIFIER.sub(" ", segment)
        translates = open_label is Label.OTHER and label is not Label.OTHER
        if translates and _is_translation(text, matches, number):
            # "Tên tài khoản / Account": the second language of what is no label of ours.
            continue
        if label is Label.OTHER:
            open_label = label
            continue
        value = _value_of(label, segment)
        if value:
            if label not in found:
                found[label] = value
                if label is Label.FROM and (second := _second_day(segment, value)):
                    found.setdefault(Label.UNTIL, second)
            open_label = None
        else:
            open_label = label if _leaves_open(label, segment) else open_label
    return open_label


def _leaves_open(label: Label, segment: str) -> bool:
    """Whether the value may still come in the next cell: nothing else was said behind the words."""
    if label in _AMOUNTS:
        return len(segment) < 40 and not any(letter.isdigit() for letter in segment)
    return not segment.strip(" :=/.*()[]-\n")


def _is_translation(text: str, matches: Sequence[re.Match[str]], number: int) -> bool:
    between = text[matches[number - 1].end() : matches[number].start()]
    return "/" in between and not between.strip(" /\n\t")


def _label(match: re.Match[str]) -> Label:
    return LABEL_WORDS[" ".join(match[0].split())]


def _value_of(label: Label, text: str) -> str:
    folded = fold(text)
    start = _BETWEEN.match(folded)
    begin = start.end() if start else 0
    pattern = _VALUES[label]
    # A minus or a bracket before the digits belongs to the amount.
    while begin and folded[begin - 1] in "-(":
        begin -= 1
    value = pattern.match(folded, begin) or pattern.match(folded, start.end() if start else 0)
    found = value[0].strip() if value else ""
    return _DONG.sub("", found) if label in _AMOUNTS else found


def _second_day(segment: str, first: str) -> str:
    rest = segment[segment.index(first) + len(first) :]
    found = _SECOND_DAY.match(rest)
    return found[1] if found else ""


def _next_filled(row: Sequence[str], place: int) -> str:
    after = next((cell for cell in row[place + 1 :] if cell.strip()), "")
    return "" if _LABELLED.match(fold(after).strip()) else after


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
