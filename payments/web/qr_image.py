"""The picture of a QR code, for a screen and for paper.

EMVCo (section 4.12) allows byte mode only, which QR writers leave for smaller modes unless told.
Level M, four modules of quiet zone and nothing laid over the symbol: every reader copes with that.
"""

from __future__ import annotations

import io
from functools import lru_cache

import segno

QUIET_ZONE = 4
_LEVEL = "m"
# Trying all eight masks is most of the work. Readers take any mask; this one wins the trial for two
# payment codes in three, and tests read it back scaled, blurred, turned and in low contrast.
_MASK = 2
_CACHED = 512


@lru_cache(maxsize=_CACHED)
def qr_svg(payload: str, *, scale: int = 4) -> str:
    """Draw a payload as an SVG element that scales with its box. Same payload, same picture.

    ``scale`` is the width of a module in the units of the view box.
    """
    out = io.BytesIO()
    _symbol(payload).save(
        out,
        kind="svg",
        scale=scale,
        border=QUIET_ZONE,
        light="#fff",
        xmldecl=False,
        svgns=True,
        nl=False,
        omitsize=True,
    )
    return out.getvalue().decode()


@lru_cache(maxsize=_CACHED)
def qr_png(payload: str, *, scale: int = 8) -> bytes:
    """Draw a payload as a PNG file, ``scale`` pixels a module."""
    out = io.BytesIO()
    _symbol(payload).save(out, kind="png", scale=scale, border=QUIET_ZONE, light="#fff")
    return out.getvalue()


def _symbol(payload: str) -> segno.QRCode:
    """Return the symbol in byte mode and UTF-8; text beyond ASCII announces its encoding."""
    return segno.make_qr(
        payload,
        error=_LEVEL,
        mode="byte",
        encoding=None if payload.isascii() else "utf-8",
        eci=not payload.isascii(),
        mask=_MASK,
        boost_error=False,
    )
