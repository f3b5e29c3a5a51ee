"""Reads what a department's software posts: a slip is named, and never guessed at."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NoReturn, TypeVar

from payments.domain.errors import Invalid, InvalidFile, Problem
from payments.domain.fees import Channel, PayerClass
from payments.services.read_columns import read_day
from payments.services.register_dossiers import MAX_AT_ONCE, NewDossier

REQUIRED = ("code", "procedure", "applicant", "second_factor", "received_on")
OPTIONAL = ("channel", "payer_class", "fees")
ALL_FEES = "due"

W = TypeVar("W", bound=StrEnum)
JsonObject = Mapping[str, object]


def read_dossiers(body: bytes) -> tuple[list[NewDossier], bool]:
    """Read ``{"dossiers": [...]}`` or one dossier by itself, which the second value says.

    Raises Invalid when the body is no such JSON, InvalidFile naming each dossier that is wrong, as
    ``dossiers[0]``, ``dossiers[1]`` and so on.
    """
    document = read_json(body)
    if "dossiers" not in document:
        return _read_all([document]), True
    _only(document, ("dossiers",))
    listed = document["dossiers"]
    if not isinstance(listed, list) or not listed:
        raise Invalid("json_list_wanted", field="dossiers")
    if len(listed) > MAX_AT_ONCE:
        raise Invalid("too_many_dossiers", field="dossiers", limit=MAX_AT_ONCE)
    return _read_all(listed), False


def read_json(body: bytes) -> JsonObject:
    """Read one JSON object. Raises Invalid for a key that stands twice, for NaN and Infinity."""
    try:
        document = json.loads(
            body.decode("utf-8"), object_pairs_hook=_without_repeats, parse_constant=_refuse
        )
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise Invalid("json_unreadable", field="body") from None
    if not isinstance(document, dict):
        raise Invalid("json_object_wanted", field="body")
    return document


def _read_all(listed: list[object]) -> list[NewDossier]:
    """Read every dossier, and name all that are wrong at once."""
    problems: list[Problem] = []
    items: list[NewDossier] = []
    for number, value in enumerate(listed):
        where = f"dossiers[{number}]"
        try:
            items.append(_dossier(where, value))
        except Invalid as error:
            problems.append(Problem(where, error.code, error.facts))
    seen: dict[str, str] = {}
    for item in items:
        earlier = seen.setdefault(item.code, item.where)
        if earlier != item.where:
            facts: dict[str, object] = {"field": "code", "row": earlier, "dossier": item.code}
            problems.append(Problem(item.where, "dossier_twice", facts))
    if problems:
        raise InvalidFile(problems)
    return items


def _dossier(where: str, value: object) -> NewDossier:
    """Read one dossier. Raises Invalid naming the field."""
    if not isinstance(value, dict):
        raise Invalid("json_object_wanted", field=where)
    _only(value, (*REQUIRED, *OPTIONAL))
    return NewDossier(
        where=where,
        code=_text(value, "code", 80),
        procedure_code=_text(value, "procedure", 40),
        applicant=_text(value, "applicant", 200),
        second_factor=_text(value, "second_factor", 40),
        received_on=_day(value, "received_on"),
        channel=_word(value, "channel", Channel, Channel.COUNTER),
        payer_class=_word(value, "payer_class", PayerClass, PayerClass.CITIZEN),
        fees=_fees(value),
    )


def _only(value: JsonObject, known: tuple[str, ...]) -> None:
    """Raise Invalid naming the first field that is not known: a misspelt one would be lost."""
    unknown = sorted(value.keys() - set(known))
    if unknown:
        raise Invalid("json_field_unknown", field=unknown[0][:60])


def _text(value: JsonObject, name: str, most: int) -> str:
    """Read a text that has to be there: NFC, without blanks around it or control characters."""
    found = value.get(name)
    if found is None:
        raise Invalid("json_field_missing", field=name)
    if not isinstance(found, str):
        raise Invalid("json_text_wanted", field=name)
    tidy = unicodedata.normalize("NFC", found).strip()
    if not 1 <= len(tidy) <= most or not tidy.isprintable():
        raise Invalid("text_length_wrong", field=name, limit=most)
    return tidy


def _day(value: JsonObject, name: str) -> date:
    """Read a day written 2021-12-31."""
    text = _text(value, name, 10)
    try:
        if text[4:5] == "-":
            return read_day(text)
    except Invalid:
        pass
    raise Invalid("day_unreadable", field=name, found=text)


def _word(value: JsonObject, name: str, words: type[W], default: W) -> W:
    """Read a word of a closed list; ``any`` belongs to schedules, not to one dossier."""
    found = value.get(name, default.value)
    known = [word for word in words if word.value != "any"]
    for word in known:
        if found == word.value:
            return word
    raise Invalid("json_word_unknown", field=name, known=", ".join(word.value for word in known))


def _fees(value: JsonObject) -> dict[str, int] | None:
    """Read the fees: None asks for none, an empty mapping for all in force."""
    found = value.get("fees")
    if found is None:
        return None
    if found == ALL_FEES:
        return {}
    if not isinstance(found, list) or not found:
        raise Invalid("json_list_wanted", field="fees")
    fees: dict[str, int] = {}
    for fee in found:
        if not isinstance(fee, dict):
            raise Invalid("json_object_wanted", field="fees")
        _only(fee, ("code", "quantity"))
        code = _text(fee, "code", 40)
        quantity = fee.get("quantity", 1)
        # JSON's true is a Python int, and 2.0 a float: neither counts anything.
        if type(quantity) is not int:
            raise Invalid("json_whole_wanted", field="quantity")
        if code in fees:
            raise Invalid("fee_twice", field="fees", fee=code)
        fees[code] = quantity
    return fees


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object. Raises ValueError for a key that stands twice."""
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError
    return document


def _refuse(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(name)
