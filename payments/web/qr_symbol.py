"""The modules of a QR code: a payload poured into the frame of its version.

Source: ISO/IEC 18004:2015, sections 7.4 to 7.8. EMVCo (section 4.12) allows byte mode only, and
level M with one mask for all is our choice, so everything but the payload is the same for all codes
of a version. segno draws that frame once; what is left are the codewords, and where each bit goes.
A test holds every symbol against segno's own, module by module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, product, zip_longest
from operator import itemgetter
from typing import cast

import segno
from segno import consts

from payments.domain.errors import Invalid

LEVEL = "m"
# Trying all eight masks is most of a writer's work. Readers take any mask; this one wins the trial
# for two payment codes in three, and tests read it back from scaled, blurred and turned pictures.
MASK = 2
_VERSIONS = range(1, 41)
# Data and check codewords of each block, and where alignment patterns stand, by version.
_BLOCKS = cast("Mapping[int, Mapping[int, Sequence[consts.EC]]]", consts.ECC)
_ALIGNMENT = cast("Sequence[Sequence[int]]", consts.ALIGNMENT_POS)
_BYTE_MODE = (0b0100, 4)
# Text beyond ASCII announces that it is UTF-8: mode 7, assignment 26.
_UTF_8_BYTE_MODE = (0b0111_0001_1010_0100, 16)
_PADDING = b"\xec\x11"
_FIELD_POLYNOMIAL = 0x11D


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol without its quiet zone. ``modules`` is row after row of ``1`` (dark) and ``0``."""

    side: int
    modules: str

    @property
    def rows(self) -> list[str]:
        """The rows from top to bottom."""
        side = self.side
        return [self.modules[at : at + side] for at in range(0, side * side, side)]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all symbols of a version share.

    ``blocks`` are the lengths of the data blocks, ``checks`` is the number of check codewords of
    each. ``places`` picks the modules from the stream of bits followed by ``01``; ``mask`` says
    which bits of the stream are turned; ``remainder`` bits at its end carry nothing.
    """

    side: int
    blocks: tuple[int, ...]
    checks: int
    remainder: int
    mask: int
    places: Callable[[str], tuple[str, ...]]


def symbol(payload: str) -> Symbol:
    """Return the symbol of a payload, in the smallest version that holds it.

    Raises Invalid when none does: from 2,332 bytes on.
    """
    data = payload.encode()
    mode, mode_bits = _BYTE_MODE if payload.isascii() else _UTF_8_BYTE_MODE
    for version in _VERSIONS:
        count_bits = 8 if version < 10 else 16
        bits = mode_bits + count_bits + 8 * len(data)
        capacity = sum(_blocks(version))
        if bits <= 8 * capacity:
            message = ((mode << count_bits | len(data)) << 8 * len(data)) | int.from_bytes(data)
            return _poured(_frame(version), _filled(message, bits, capacity))
    raise Invalid("qr_too_long", field="payload", tag="", length=len(data))


def _filled(message: int, bits: int, capacity: int) -> bytes:
    """Return the data codewords: the message, four bits of nothing as far as they fit, padding."""
    used = min((bits + 4 + 7) // 8, capacity)
    return (message << 8 * used - bits).to_bytes(used) + (_PADDING * capacity)[: capacity - used]


def _poured(frame: _Frame, codewords: bytes) -> Symbol:
    """Add the check codewords, interleave the blocks, mask the bits and put each in its place."""
    blocks, start = [], 0
    for length in frame.blocks:
        blocks.append(codewords[start : start + length])
        start += length
    checks = [_check_codewords(block, frame.checks) for block in blocks]
    message = bytes(
        codeword
        for codeword in chain(*zip_longest(*blocks), *zip(*checks, strict=True))
        if codeword is not None
    )
    stream = int.from_bytes(message) << frame.remainder ^ frame.mask
    bits = f"{stream:0{8 * len(message) + frame.remainder}b}"
    return Symbol(frame.side, "".join(frame.places(bits + "01")))


@cache
def _frame(version: int) -> _Frame:
    """Take the frame of a version from a symbol that segno has drawn."""
    drawn = segno.make_qr("0", version=version, error=LEVEL, mask=MASK, boost_error=False).matrix
    side = len(drawn)
    fixed = _fixed_places(version, side)
    way = [place for place in _zigzag(side) if place not in fixed]
    index = {place: at for at, place in enumerate(way)}
    blocks, checks = _blocks(version), _checks(version)
    mask = "".join("1" if column % 3 == 0 else "0" for _row, column in way)
    return _Frame(
        side=side,
        blocks=blocks,
        checks=checks,
        remainder=len(way) - 8 * (sum(blocks) + checks * len(blocks)),
        mask=int(mask, 2),
        places=itemgetter(
            *(
                # A module of the frame is one of the two bits behind the stream.
                index.get((row, column), len(way) + drawn[row][column])
                for row in range(side)
                for column in range(side)
            )
        ),
    )


def _fixed_places(version: int, side: int) -> set[tuple[int, int]]:
    """Return the places of a square that carry no data (ISO/IEC 18004, 6.3, 7.9 and 7.10)."""
    far, near = range(side - 8, side), range(9)
    areas = [
        (near, near), (near, far), (far, near),  # finder patterns and the format
        (range(6, 7), range(side)), (range(side), range(6, 7)),  # timing patterns
    ]  # fmt: skip
    if version >= 7:
        block = range(side - 11, side - 8)
        areas += [(range(6), block), (block, range(6))]
    centres = _ALIGNMENT[version - 2] if version > 1 else ()
    areas += [
        (range(row - 2, row + 3), range(column - 2, column + 3))
        for row, column in product(centres, repeat=2)
        # Three corners have their finder pattern there.
        if {row, column} != {centres[0], centres[-1]} and (row, column) != (6, 6)
    ]
    return {place for rows, columns in areas for place in product(rows, columns)}


def _zigzag(side: int) -> list[tuple[int, int]]:
    """Return the places of a square in the order bits are laid: pairs of columns, up and down.

    The pairs run from right to left and step over column 6, which is the timing pattern.
    """
    places = []
    rights = [*range(side - 1, 6, -2), 5, 3, 1]
    for turn, right in enumerate(rights):
        rows = range(side) if turn % 2 else range(side - 1, -1, -1)
        places += [(row, column) for row in rows for column in (right, right - 1)]
    return places


def _blocks(version: int) -> tuple[int, ...]:
    """Return the number of data codewords of each block, shorter blocks first."""
    infos = _BLOCKS[version][consts.ERROR_LEVEL_M]
    return tuple(info.num_data for info in infos for _block in range(info.num_blocks))


def _checks(version: int) -> int:
    """Return the number of check codewords, which all blocks of a version have alike."""
    info = _BLOCKS[version][consts.ERROR_LEVEL_M][0]
    return int(info.num_total - info.num_data)


def _check_codewords(block: bytes, count: int) -> bytes:
    """Return the rest of dividing a block by the generator polynomial (Reed and Solomon)."""
    multiples, top, keep = _generator(count)
    rest = 0
    for codeword in block:
        rest = (rest << 8 & keep) ^ multiples[rest >> top ^ codeword]
    return rest.to_bytes(count)


@cache
def _generator(count: int) -> tuple[tuple[int, ...], int, int]:
    """Return every multiple of the generator without its first term, and how to shift by one."""
    polynomial, root = [1], 1
    for _factor in range(count):
        shifted = [*polynomial, 0]
        for at, term in enumerate(polynomial, 1):
            shifted[at] ^= _product(term, root)
        polynomial, root = shifted, _product(root, 2)
    multiples = tuple(
        int.from_bytes(bytes(_product(term, factor) for term in polynomial[1:]))
        for factor in range(256)
    )
    return multiples, 8 * (count - 1), (1 << 8 * count) - 1


def _product(one: int, other: int) -> int:
    """Multiply two elements of the field of 256."""
    result = 0
    while other:
        if other & 1:
            result ^= one
        one = one << 1 ^ (_FIELD_POLYNOMIAL if one & 0x80 else 0)
        other >>= 1
    return result
