"""Finds the encoding of a text file by proof, never by a guess.

Unicode proves itself. A one-byte encoding of Vietnamese is believed when the words it gives are
Vietnamese syllables and those of no other one are.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from payments.domain.errors import Invalid

MOST_TEXT_BYTES = 256 * 1024 * 1024
"""The longest CSV or HTML file; a million rows take about 120 MB."""

TCVN3 = "tcvn3"
"""The name that ``encoding_of`` gives to TCVN 5712:1993 VN3; Python has no codec for it."""

_SAMPLE = 256 * 1024
_LEAST_WORDS = 1
_MOSTLY = 0.9

# TCVN 5712:1993 VN3, the "ABC" fonts: 0xA1 to 0xFE, a blank where nothing is defined.
_TCVN3 = (
    "ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ"
)
_TCVN3_TABLE = (
    "".join(map(chr, range(0x80))) + "\ufffe" * 0x21 + _TCVN3.replace(" ", "\ufffe") + "\ufffe"
)
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
    r"(?:[aăâeêioôơuưy]{1,3})"
    r"(?:ng|nh|ch|[cmnpt])?"
)
_WORD = re.compile(r"[^\W\d_]+")


def decode_text(body: bytes) -> str:
    """Decode UTF-8, UTF-16 with and without a byte order mark, Windows-1258 and TCVN3.

    Raises Invalid with the code ``encoding_unknown`` when nothing proves one of them, and with
    ``file_too_large``.
    """
    if len(body) > MOST_TEXT_BYTES:
        raise Invalid("file_too_large", field="file", most_bytes=MOST_TEXT_BYTES)
    try:
        return _decoded(body, encoding_of(body))
    except UnicodeDecodeError:
        raise Invalid("encoding_unknown", field="file") from None


def encoding_of(body: bytes) -> str:
    """Return the name of a file's encoding as Python calls it, or TCVN3."""
    head = body[:_SAMPLE]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head[:4096]:
        # ASCII letters of UTF-16 are half NUL, and which half tells the order.
        return "utf-16-le" if head[1:4096:2].count(0) > head[0:4096:2].count(0) else "utf-16-be"
    try:
        body.decode("utf-8")
        return "utf-8-sig"
    except UnicodeDecodeError as error:
        if error.end >= len(body) and "unexpected end" in error.reason:
            # UTF-8 that was cut inside a letter is a file cut off, not another encoding.
            raise Invalid("file_cut", field="file") from None
    proven = [name for name in ("cp1258", TCVN3) if _is_vietnamese(body, name)]
    if len(proven) != 1:
        raise Invalid("encoding_unknown", field="file")
    return proven[0]


def is_syllable(word: str) -> bool:
    """Say whether a word has the shape of one Vietnamese syllable, with one tone at most."""
    letters = unicodedata.normalize("NFD", word.casefold())
    tones = sum(1 for letter in letters if letter in _TONES)
    bare = unicodedata.normalize("NFC", "".join(one for one in letters if one not in _TONES))
    return tones <= 1 and _SYLLABLE.fullmatch(bare) is not None


def _is_vietnamese(body: bytes, encoding: str) -> bool:
    try:
        text = unicodedata.normalize("NFC", _decoded(body, encoding))
    except UnicodeDecodeError:
        return False
    words = {word for word in _WORD.findall(text[:_SAMPLE]) if not word.isascii()}
    if len(words) < _LEAST_WORDS:
        return False
    return sum(map(is_syllable, words)) >= _MOSTLY * len(words)


def _decoded(body: bytes, encoding: str) -> str:
    if encoding == TCVN3:
        return codecs.charmap_decode(body, "strict", _TCVN3_TABLE)[0]
    return body.decode(encoding)
