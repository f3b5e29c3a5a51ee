"""A damaged payment reference mended: one symbol wrong, lost or doubled, or two neighbours swapped.

Whatever is mended holds under the check symbols; whether that request exists is the caller's
question. A repair is sought at a prefix without a whole body, and at a whole body behind a damaged
prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import islice

from payments.domain import reference_code
from payments.domain.reference_code import BASE, BODY, MODULUS

# A remark names a few requests at most. The limits keep hostile text from costing more than some
# milliseconds; whole references are found beyond them.
PLACES_PER_TEXT = 64
_BODIES_PER_TEXT = 10_000
# Covers what has been found whole already: no repair may reach into it.
COVER = b"!"


class Slip(IntEnum):
    """What went wrong, the commonest first (substitution 60, swap 25, omission 15 in a hundred)."""

    WRONG = 0
    SWAPPED = 1
    MISSING = 2
    DOUBLED = 3


@dataclass(frozen=True, slots=True)
class Repair:
    """A mended reference, the squeezed signs ``signs[start:end]`` it stands for, and the slip."""

    reference: str
    start: int
    end: int
    slip: Slip


def repairs(signs: bytes, prefix: str) -> Iterator[Repair]:
    """Yield every mending in a squeezed text, with the places of its signs.

    ``signs`` are folded and hold no blanks; whole references are covered (``COVER``). Time is
    linear in their number.
    """
    wanted = reference_code.folded_prefix(prefix)
    for start in islice(_prefixes(signs, wanted), PLACES_PER_TEXT):
        yield from _behind_a_prefix(signs, start, prefix)
    for start in islice(_prefixes(signs, wanted[:-1]), PLACES_PER_TEXT):
        yield from _across_the_border(signs, start, prefix, wanted)
    damaged = _damaged(wanted)
    for body in _bodies(signs, prefix, wanted)[:PLACES_PER_TEXT]:
        yield from _before_a_body(signs, body, prefix, damaged, wanted)


def _prefixes(signs: bytes, wanted: bytes) -> Iterator[int]:
    """Yield where a prefix starts."""
    at = signs.find(wanted)
    while at >= 0:
        yield at
        at = signs.find(wanted, at + 1)


def _behind_a_prefix(signs: bytes, start: int, prefix: str) -> Iterator[Repair]:
    """Mend the body behind a whole prefix."""
    first = start + len(prefix)
    for length, slip, mend in (
        (BODY, Slip.WRONG, reference_code.with_one_wrong),
        (BODY, Slip.SWAPPED, reference_code.with_two_swapped),
        (BODY - 1, Slip.MISSING, reference_code.with_one_missing),
        (BODY + 1, Slip.DOUBLED, reference_code.with_one_too_many),
    ):
        body = signs[first : first + length].partition(COVER)[0].decode()
        if len(body) == length:
            for mended in mend(body, prefix):
                reference = reference_code.printed(mended.encode(), prefix)
                yield Repair(reference, start, first + length, slip)


def _across_the_border(signs: bytes, start: int, prefix: str, wanted: bytes) -> Iterator[Repair]:
    """Mend a swap of the prefix's last letter with the body's first symbol."""
    last = start + len(wanted)
    if signs[last : last + 1] != wanted[-1:]:
        return
    body = signs[last - 1 : last] + signs[last + 1 : last + BODY]
    if len(body) == BODY and reference_code.holds(body, reference_code.share(prefix)):
        reference = reference_code.printed(body, prefix)
        yield Repair(reference, start, last + BODY, Slip.SWAPPED)


@lru_cache(maxsize=256)
def _ends_of_prefixes(wanted: bytes) -> tuple[re.Pattern[bytes], ...]:
    """Return the expressions for a body behind what may be left of a prefix.

    Any one slip in a prefix leaves two of its letters among the three signs before the body.
    """
    letter = b"[%s]" % wanted
    body = b"([0-9a-l]{%d})" % BODY
    return (
        re.compile(b"%s(?=%s%s)" % (letter, letter, body)),
        re.compile(b"%s(?=(?:%s.|.%s)%s)" % (letter, letter, letter, body)),
    )


def _bodies(signs: bytes, prefix: str, wanted: bytes) -> list[int]:
    """Return where a whole body starts behind something like a prefix."""
    share = reference_code.share(prefix)
    starts = set()
    for expression in _ends_of_prefixes(wanted):
        for match in islice(expression.finditer(signs), _BODIES_PER_TEXT):
            if (int(match[1], BASE) + share) % MODULUS == 0:
                starts.add(match.start(1))
    return sorted(starts)


def _before_a_body(
    signs: bytes, body: int, prefix: str, damaged: dict[bytes, Slip], wanted: bytes
) -> Iterator[Repair]:
    """Mend the prefix in front of a whole body."""
    reference = reference_code.printed(signs[body : body + BODY], prefix)
    if signs.endswith(wanted, 0, body):
        return
    for length in (len(wanted) + 1, len(wanted), len(wanted) - 1):
        before = signs[max(0, body - length) : body].rpartition(COVER)[2]
        if len(before) != length:
            continue
        slip = damaged.get(before)
        if slip is None and length == len(wanted):
            wrong = sum(a != b for a, b in zip(before, wanted, strict=True))
            slip = Slip.WRONG if wrong == 1 else None
        if slip is not None:
            yield Repair(reference, body - length, body + BODY, slip)
            return


@lru_cache(maxsize=256)
def _damaged(wanted: bytes) -> dict[bytes, Slip]:
    """Return the prefix with two letters swapped, one lost or one doubled, and which of these."""
    forms = {}
    for index in range(len(wanted)):
        before, letter, after = wanted[:index], wanted[index : index + 1], wanted[index + 1 :]
        forms[before + after] = Slip.MISSING
        forms[before + letter + letter + after] = Slip.DOUBLED
        if after:
            forms[before + after[:1] + letter + after[1:]] = Slip.SWAPPED
    return forms
