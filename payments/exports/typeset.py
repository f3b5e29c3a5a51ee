"""Documents set by typst from a template of ours, the same bytes on every machine.

The letters are typst's own embedded ones, which have every Vietnamese accent.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import typst


def typeset(
    template: str, words: Mapping[str, object], *, qr_svg: str, timestamp: int | None = None
) -> bytes:
    """Return the PDF of a template beside this file. Same words, same bytes.

    ``words`` are its texts, ready to print; ``qr_svg`` is its picture; ``timestamp`` in seconds is
    the date it bears inside. A template that sets no date needs none.
    """
    sheet = unicodedata.normalize("NFC", json.dumps(words, ensure_ascii=False))
    answer = typst.compile(
        str(Path(__file__).with_name(template)),
        format="pdf",
        sys_inputs={"sheet": sheet, "qr": qr_svg},
        font_paths=_fonts(),
        timestamp=timestamp,
    )
    if not isinstance(answer, bytes):
        raise TypeError(f"{template} has become more than one document")
    return answer


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts that come with typst, so that every machine prints the same."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
