"""Looks up printed words: without accents, capitals and punctuation, whole or within a heading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from bank_adapters.statements.vocabulary import (
    CARRIED,
    COLUMNS,
    INCOMING,
    LABELS,
    OUTGOING,
    PENDING,
    TOTALS,
    Column,
    Label,
)

_NOT_WORD = re.compile(r"[^a-z0-9+/#-]+")
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_PARTS = re.compile(r"[/\n|]")
_FOOTNOTE = re.compile(r"(?<=[a-z])[0-9]$")
_CURRENCY_AT_END = re.compile(r"(?<=\w) (?:vnd|usd|eur|dong)$")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return text for comparing words: small letters, no accents, đ as d; lines are kept."""
    letters = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return bare.replace("đ", "d").replace("\u00a0", " ").replace("\u202f", " ")


def key_of(text: str) -> str:
    """Return a word as it is looked up: folded, and nothing but letters, digits, ``+/-`` and #."""
    return _NOT_WORD.sub("", fold(text)).strip("/")


def sign_of(text: str) -> bool | None:
    """Say whether a sign column means money in; None when it says neither."""
    return _SIGNS.get(key_of(text.replace("\u2212", "-").replace("\u2013", "-")).replace("/", ""))


def is_pending(text: str) -> bool:
    """Say whether a status says that the entry is not (or never was) booked."""
    return key_of(text) in _PENDING_KEYS


def is_total(text: str) -> bool:
    """Say whether a cell begins a row of totals."""
    return any(word in TOTAL_KEYS or word.startswith(_TOTALS) for word in parts_of(text))


def parts_of(cell: str) -> list[str]:
    """Return the keys under which a header cell is looked up: the whole, then each part.

    Brackets, footnote digits and a currency behind the word say nothing about its meaning.
    """
    folded = fold(_BRACKETS.sub(" ", cell)).strip()
    return [part for part in (_bare(folded), *map(_bare, _PARTS.split(folded))) if part]


def _bare(part: str) -> str:
    words = _FOOTNOTE.sub("", " ".join(part.split()).strip(" .:*")).strip(" .:*")
    return key_of(_CURRENCY_AT_END.sub("", words))


def _keys(words: str) -> list[str]:
    return [key_of(word) for word in words.split(" | ")]


BY_WORD: Mapping[str, Column] = {
    key: column for column, words in COLUMNS.items() for key in _keys(words)
}
"""The column of each folded word."""

PHRASES: Mapping[str, Column] = {
    fold(word).strip(): column
    for column, words in COLUMNS.items()
    for word in words.split(" | ")
    if len(word) >= 5
}
"""The column of each folded word that is long enough to be known inside a longer heading."""

_LONGEST_FIRST = "|".join(re.escape(word) for word in sorted(PHRASES, key=len, reverse=True))
PHRASE = re.compile(f"(?<![a-z0-9])(?:{_LONGEST_FIRST})(?![a-z0-9])")

TOTAL_KEYS = frozenset(_keys(TOTALS))
_TOTALS = tuple(word for word in TOTAL_KEYS if len(word) >= 6)
CARRIED_KEYS = frozenset(_keys(CARRIED))
_PENDING_KEYS = frozenset(_keys(PENDING))
_SIGNS = {
    **{key.replace("/", ""): True for key in _keys(INCOMING)},
    **{key.replace("/", ""): False for key in _keys(OUTGOING)},
}

LABEL_WORDS: Mapping[str, Label] = {
    fold(word).strip(): label for label, words in LABELS.items() for word in words.split(" | ")
}
"""The label of each folded phrase."""
