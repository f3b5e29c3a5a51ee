"""Amounts, days, texts and references inside the elements of a camt message."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from xml.etree.ElementTree import Element

from bank_adapters.statements.mt940_fields import UNITS_WITHOUT_DECIMALS, PrintedDecimal
from bank_adapters.statements.printed import MOST_DIGITS, VIETNAM, clean_text
from bank_adapters.statements.xml_parts import Names
from payments.domain.bank_messages import Direction

Texts = dict[str, str]
"""The texts of one entry, balance or total, by what they say."""

SIDES = {"CRDT": Direction.IN, "DBIT": Direction.OUT}

_AMOUNT = re.compile(r"([0-9]+)(?:\.([0-9]{0,10}))?|\.([0-9]{1,10})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})?", re.DOTALL)
_UNSAID = frozenset({"", "NOTPROVIDED", "NONREF"})
_REFERENCES = ("AcctSvcrRef", "NtryRef", "Refs/AcctSvcrRef", "Refs/EndToEndId")
_DEEPEST = 8


def read_amount(text: str, currency: str) -> PrintedDecimal | None:
    """Read an amount with a decimal point, or None; one in đồng has no decimals but zeros."""
    form = _AMOUNT.fullmatch(text)
    if form is None:
        return None
    whole, fraction = form[1] or "0", (form[2] or form[3] or "").rstrip("0")
    if len(whole) > MOST_DIGITS or (fraction and currency in UNITS_WITHOUT_DECIMALS):
        return None
    return PrintedDecimal(whole, fraction)


@lru_cache(maxsize=1024)  # a statement names few days, each on many entries
def read_day(text: str) -> date | None:
    """Read a date, with or without a time behind it, as it is written."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def read_moment(text: str, currency: str) -> tuple[date | None, datetime | None]:
    """Read a date with a time: the day it is booked on, and the instant in UTC when it is known.

    An account in đồng is kept in Vietnam: a time without an offset is Vietnam's, and one with
    another offset is told as Vietnam's day. Elsewhere the day stands as the bank wrote it.
    """
    try:
        at = datetime.fromisoformat(text)
        if currency == "VND":
            at = at.astimezone(VIETNAM) if at.tzinfo else at.replace(tzinfo=VIETNAM)
        elif at.tzinfo is None:
            return at.date(), None
        return at.date(), at.astimezone(UTC)
    except (ValueError, OverflowError):
        return read_day(text), None


def moment_of(
    texts: Mapping[str, str], name: str, currency: str
) -> tuple[date | None, datetime | None]:
    """Read a date from either of the two elements it can stand in, ``Dt`` and ``DtTm``."""
    if (day := texts.get(f"{name}/Dt") or texts.get(f"{name}Dt")) is not None:
        return read_day(day), None
    moment = texts.get(f"{name}/DtTm") or texts.get(f"{name}DtTm")
    return (None, None) if moment is None else read_moment(moment, currency)


def texts_of(element: Element, names: Names, path: str = "") -> Texts:
    """The texts of an element and of those inside it, each by its path; the first of each stays."""
    texts: Texts = {}
    _collect(element, names, path, texts, 0)
    return texts


def _collect(element: Element, names: Names, path: str, texts: Texts, depth: int) -> None:
    if path:
        texts.setdefault(path, (element.text or "").strip())
        if currency := element.get("Ccy"):
            texts.setdefault(f"{path}@Ccy", currency)
    if depth < _DEEPEST:
        for child in element:
            name = names[child.tag]
            _collect(child, names, f"{path}/{name}" if path else name, texts, depth + 1)


def entry_texts(entry: Element, names: Names) -> tuple[Texts, list[str]]:
    """The texts of an entry, and what each of its details tells.

    An amount that stands twice is given as none: either could be the one that moved.
    """
    texts: Texts = {}
    details: list[str] = []
    for part in entry:
        name = names[part.tag]
        if name == "NtryDtls":
            _take_details(part, names, texts, details)
        elif len(part):
            for child in part:
                texts[f"{name}/{names[child.tag]}"] = (child.text or "").strip()
        elif name == "Amt":
            texts["Amt"] = "" if "Amt" in texts else (part.text or "").strip()
            texts["Amt@Ccy"] = part.get("Ccy", "")
        else:
            texts[name] = (part.text or "").strip()
    return texts, details


def _take_details(part: Element, names: Names, texts: Texts, details: list[str]) -> None:
    for detail in part:
        name = names[detail.tag]
        if name == "TxDtls":
            details.append(_detail_text(detail, names, texts))
        elif name == "Btch":
            texts.update(texts_of(detail, names))


def _detail_text(detail: Element, names: Names, texts: Texts) -> str:
    """What a payer wrote, or else the reference given with it, or what the bank says of it."""
    words: list[str] = []
    references: list[str] = []
    remark = ""
    for part in detail:
        name = names[part.tag]
        if name == "RmtInf":
            for told in part:
                if names[told.tag] == "Ustrd":
                    words.append((told.text or "").strip())
                elif reference := texts_of(told, names).get("CdtrRefInf/Ref"):
                    references.append(reference)
        elif name == "Refs":
            for told in part:
                texts[f"Refs/{names[told.tag]}"] = (told.text or "").strip()
        elif name == "AddtlTxInf":
            remark = (part.text or "").strip()
    return joined(words) or " ".join(references) or remark


def text_of(texts: Mapping[str, str], details: Sequence[str]) -> str:
    """What the payers wrote, each detail of a batch apart; else what the bank says of the entry."""
    told = details[0] if len(details) == 1 else " | ".join(filter(None, details))
    if not told:
        told = texts.get("AddtlNtryInf", "")
    if not told and texts.get("Refs/EndToEndId", "") not in _UNSAID:
        told = texts["Refs/EndToEndId"]
    return clean_text(told)


def reference_of(texts: Mapping[str, str], details: Sequence[str]) -> str:
    """Give the bank's reference of the entry, else that of its only detail, else the payer's."""
    for name in _REFERENCES if len(details) == 1 else _REFERENCES[:2]:
        reference = texts.get(name, "")
        if reference not in _UNSAID:
            return clean_text(reference)
    return ""


def joined(lines: Sequence[str]) -> str:
    """Join the parts of a remittance text. A part of 140 characters was cut there."""
    if len(lines) == 1:
        return lines[0]
    text, room = "", 0
    for line in lines:
        text += line if room <= 0 else f" {line}"
        room = 140 - len(line)
    return text
