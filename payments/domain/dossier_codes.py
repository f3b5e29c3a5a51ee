"""The number on a citizen's dossier, in both national shapes, on paper and inside a transfer text.

Older centres write ``000.00.16.H57-211126-0001`` (Circular 01/2018/TT-VPCP, article 19), newer ones
``H15.50.05.13-261008-0975``: the unit, the date of acceptance as YYMMDD and a number of the day,
four digits at a province and six or seven at a ministry.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from payments.domain.errors import Invalid

_UNIT = r"[0-9]{3}\.?[0-9]{2}\.?[0-9]{2}\.?[A-Z][0-9]{2}|[A-Z][0-9]{2}(?:\.?[0-9]{2}){0,4}"
_CODE = re.compile(rf"({_UNIT})-([0-9]{{6}})-([0-9]{{4}}|[0-9]{{6,7}})")
# Seven digits in front are the older shape's unit only when no others are glued to them.
_KEY = re.compile(r"((?:(?<![0-9])[0-9]{7})?[A-Z][0-9]{2})([0-9]{10,21})(?![0-9])")
# The shortest code has a letter and twelve digits.
_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-‐‑‒–—−_]{12,}+")
_NOTHING = str.maketrans("", "", ".-‐‑‒–—−_")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−_", "-"))
# Longest: a unit of seven digits, a letter and two digits, or a letter and ten digits.
_LONGEST = 40
_SEQUENCES = (4, 6, 7)
_LEVELS = (0, 2, 4, 6, 8)


@dataclass(frozen=True, slots=True)
class DossierCode:
    """A dossier's number taken apart.

    ``code`` is its printed form, ``key`` the same without punctuation, as banks deliver it.
    ``unit`` is the office, ``accepted_on`` the day of acceptance, ``sequence`` the number of that
    day with its noughts; ``is_ministry`` says that a ministry's portal gave it.
    """

    code: str
    key: str
    unit: str
    accepted_on: date
    sequence: str

    @property
    def is_ministry(self) -> bool:
        """Say whether the number of the day has a ministry's six or seven digits."""
        return len(self.sequence) > 4


@dataclass(frozen=True, slots=True)
class FoundDossierCode:
    """A dossier's number in the text of a transfer: a hint, weaker than a payment reference.

    ``text[start:end]`` is where it stands. Without punctuation a number can often be cut in several
    ways, so only its ``key`` is sure; the caller looks the key up.
    """

    key: str
    start: int
    end: int


def parse_dossier_code(text: str) -> DossierCode:
    """Read a dossier's number as a person types it.

    Capitals, blanks around it, missing full stops and other dashes do not matter. Raises Invalid:
    ``dossier_code`` for a wrong shape, ``dossier_code_date`` for a date that does not exist.
    """
    tidy = "".join(unicodedata.normalize("NFKC", text[: 2 * _LONGEST]).upper().split())
    match = _CODE.fullmatch(tidy.translate(_DASHES)) if len(text) <= 2 * _LONGEST else None
    if match is None:
        raise Invalid("dossier_code", field="dossier_code", found=text[: 2 * _LONGEST])
    unit, day, sequence = match.groups()
    accepted_on = _day(day)
    if accepted_on is None:
        raise Invalid("dossier_code_date", field="dossier_code", found=day)
    unit = _punctuated(unit.replace(".", ""))
    key = unit.replace(".", "") + day + sequence
    return DossierCode(f"{unit}-{day}-{sequence}", key, unit, accepted_on, sequence)


def _punctuated(unit: str) -> str:
    """Put the full stops back: 000.00.16.H57 or H15.50.05.13."""
    if unit[0].isdigit():
        return f"{unit[:3]}.{unit[3:5]}.{unit[5:7]}.{unit[7:]}"
    return ".".join([unit[:3], *(unit[at : at + 2] for at in range(3, len(unit), 2))])


def _day(digits: str) -> date | None:
    """Return the date of YYMMDD in this century, or None when there is no such day."""
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def find_dossier_codes(text: str) -> tuple[FoundDossierCode, ...]:
    """Return the dossier numbers in a text, with or without their punctuation, in its order.

    A number must end where the digits end; letters and words may be glued in front of it. Time is
    linear in the text.
    """
    return tuple(_found(text))


def _found(text: str) -> Iterator[FoundDossierCode]:
    """Walk the words of a text, where full stops, dashes and underlines belong to the word."""
    for word in _WORD.finditer(text):
        signs = word[0].translate(_NOTHING).upper()
        places: list[int] = []
        for match in _KEY.finditer(signs):
            if _has_a_day(match[1], match[2]):
                places = places or [at for at in range(*word.span()) if text[at].isalnum()]
                yield FoundDossierCode(match[0], places[match.start()], places[match.end() - 1] + 1)


def _has_a_day(unit: str, digits: str) -> bool:
    """Say whether the digits can be cut into levels, a real date and a number of the day."""
    levels = (0,) if unit[0].isdigit() else _LEVELS
    return any(
        len(digits) == level + 6 + sequence and _day(digits[level : level + 6]) is not None
        for level in levels
        for sequence in _SEQUENCES
    )
