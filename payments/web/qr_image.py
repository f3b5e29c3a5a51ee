"""The picture of a QR code, for a screen and for paper.

Level M, four modules of quiet zone and nothing laid over the symbol: every reader copes with that.
The same payload gives the same picture, drawn once.
"""

from __future__ import annotations

import re
import zlib
from functools import cache, lru_cache

from payments.web.qr_symbol import symbol

QUIET_ZONE = 4
_CACHED = 512
_RUN = re.compile("0*1+")
_PNG = b"\x89PNG\r\n\x1a\n"


@lru_cache(maxsize=_CACHED)
def qr_svg(payload: str) -> str:
    """Draw a payload as an SVG element that scales with its box; a module is one unit wide.

    Every run of dark modules is one horizontal stroke of one path. Raises Invalid for a payload
    that fits into no symbol.
    """
    drawn = symbol(payload)
    side = drawn.side + 2 * QUIET_ZONE
    path = "".join(
        f"M{QUIET_ZONE} {y}{''.join(map(_stroke, _RUN.findall(row)))}"
        for y, row in enumerate(drawn.rows, QUIET_ZONE)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path stroke="#000" transform="translate(0 .5)" d="{path}"/></svg>'
    )


@cache
def _stroke(run: str) -> str:
    """Return the step of the pen over some light modules and along the dark ones behind them."""
    dark = run.count("1")
    light = len(run) - dark
    return f"m{light} 0h{dark}" if light else f"h{dark}"


@lru_cache(maxsize=_CACHED)
def qr_png(payload: str, *, scale: int = 8) -> bytes:
    """Draw a payload as a PNG file of two colours, ``scale`` pixels a module. Raises Invalid."""
    drawn = symbol(payload)
    side = scale * (drawn.side + 2 * QUIET_ZONE)
    # In shades of grey nought is black.
    pixels = str.maketrans({"1": "0" * scale, "0": "1" * scale})
    beside = "0" * QUIET_ZONE
    above = ["0" * (drawn.side + 2 * QUIET_ZONE)] * QUIET_ZONE
    rows = [*above, *(beside + row + beside for row in drawn.rows), *above]
    lines = (_scan_line(row.translate(pixels)) * scale for row in rows)
    # Width, height, one bit a pixel, shades of grey; the three methods that there are.
    header = side.to_bytes(4) * 2 + bytes((1, 0, 0, 0, 0))
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return _PNG + b"".join(_chunk(name, data) for name, data in parts)


def _scan_line(pixels: str) -> bytes:
    """Return a row of pixels as PNG has it: no filter, eight pixels a byte, the last one filled."""
    width = (len(pixels) + 7) // 8
    return b"\0" + int(pixels.ljust(8 * width, "0"), 2).to_bytes(width)


def _chunk(name: bytes, data: bytes) -> bytes:
    """Return a part of a PNG file: its length, its name, its content and their checksum."""
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)
