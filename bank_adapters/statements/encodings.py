"""How the bytes of a text file are told apart: found by proof, never guessed.

UTF-8 and UTF-16 prove themselves. Of the one-byte encodings of Vietnamese, a file is in the one
under which its words are Vietnamese syllables, and only in one.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from typing import Any, BinaryIO

from payments.domain.errors import Invalid

MOST_TEXT_BYTES = 256 * 1024 * 1024
"""The longest CSV or HTML file; a million rows take about 120 MB."""

_CHUNK = 1024 * 1024
_TCVN3: dict[str, str | int | None] = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
"""TCVN 5712:1993, table 3 (the ABC fonts), seen as Latin-1."""

_WORD = re.compile(r"[^\W\d_]+")
_TONES = dict.fromkeys((0x300, 0x301, 0x303, 0x309, 0x323))
_SYLLABLE = re.compile(
    r"(?:ngh|ng|gh|gi|nh|ch|kh|ph|th|tr|qu|[bcdđghklmnpqrstvx])?"
    r"(?:[iuo]|oo|uô|ươ|iê|yê|ua|ưa|ia|ya|oa|oă|oe|uâ|uê|uy|uya|uyê|uơ|y|[aăâeêôơư])"
    r"(?:ch|ng|nh|[cmnptiyou])?"
)


def decode_utf(body: bytes) -> str | None:
    """Decode UTF-8 or UTF-16, with or without a byte order mark; None when it is neither.

    UTF-16 without its mark is known by the zero byte beside its first, ASCII, character.
    """
    try:
        return body.decode(_utf_of(body[:2]))
    except UnicodeDecodeError:
        return None


def _utf_of(beginning: bytes) -> str:
    """Name the only encoding of UTF-8 and UTF-16 that a file with these two bytes can be in."""
    if beginning in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16"
    if beginning[1:] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if beginning[:1] == b"\0" else "utf-8-sig"


def decode_text(body: bytes) -> str:
    """Decode a file that names no encoding: UTF-8, UTF-16, Windows-1258 or TCVN3.

    Raises Invalid: ``encoding_unknown`` when nothing proves one of them, ``file_cut`` when UTF-8
    ends inside a letter, ``file_too_large``.
    """
    if len(body) > MOST_TEXT_BYTES:
        raise _too_large()
    text = decode_utf(body)
    if text is None:
        if _ends_inside_a_letter(body):
            raise Invalid("file_cut", field="file")
        text = decode_vietnamese(body)
    if text is None:
        raise Invalid("encoding_unknown", field="file")
    return text


class TextFile:
    """A text file whose encoding is proven by all of its bytes, and which is then read by lines.

    What is in UTF-8 or UTF-16 is never held; the old one-byte encodings are proven by their words
    together, so a file in one of them is.
    """

    def __init__(self, source: BinaryIO) -> None:
        """Prove the encoding. Raises Invalid as decode_text does."""
        self._source = source
        self._text: str | None = None
        self._encoding = _utf_of(_from_start(source).read(2))
        self._end = self._prove()

    @property
    def is_ended(self) -> bool:
        """Whether the text ends with the end of a line."""
        return self._end in {"\n", "\r"}

    def lines(self) -> io.TextIOBase:
        """Return the lines from the first one, each with its end as it is."""
        return self._opened() if self._text is None else io.StringIO(self._text, newline="")

    def head(self, most: int) -> str:
        """Return the first characters."""
        return self._opened().read(most) if self._text is None else self._text[:most]

    def _opened(self) -> io.TextIOWrapper:
        source = io.BufferedReader(_Borrowed(_from_start(self._source)), _CHUNK)
        return io.TextIOWrapper(source, self._encoding, newline="")

    def _prove(self) -> str:
        """Decode all of the file, and return its last character."""
        decoder = codecs.getincrementaldecoder(self._encoding)()
        source, size, last = _from_start(self._source), 0, ""
        try:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > MOST_TEXT_BYTES:
                    raise _too_large()
                last = decoder.decode(chunk)[-1:] or last
            return decoder.decode(b"", final=True)[-1:] or last
        except UnicodeDecodeError:
            self._text = decode_text(_from_start(source).read(MOST_TEXT_BYTES + 1))
            return self._text[-1:]


class _Borrowed(io.RawIOBase):
    """Bytes of a file that belongs to someone else, who closes it."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 -- any writable bytes
        read = self._source.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)


def _from_start(source: BinaryIO) -> BinaryIO:
    source.seek(0)
    return source


def _too_large() -> Invalid:
    return Invalid("file_too_large", field="file", most_bytes=MOST_TEXT_BYTES)


def decode_head(body: bytes, most: int = 65_536) -> str:
    """Decode the beginning of a file well enough to see what is ASCII in it."""
    head = body[:most]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="replace")
    if head[1:2] == b"\0":
        return head.decode("utf-16-le", errors="replace")
    if head[:1] == b"\0":
        return head.decode("utf-16-be", errors="replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def decode_vietnamese(body: bytes) -> str | None:
    """Decode Windows-1258 or TCVN3 when its words prove which; None when they do not."""
    decoded = (_windows_1258(body), _tcvn3(body))
    found = [text for text in decoded if text is not None and _is_vietnamese(text)]
    return found[0] if len(found) == 1 else None


def decode_declared(body: bytes, encoding: str) -> str:
    """Decode a file that names its encoding, though what proves to be UTF-8 or UTF-16 is that.

    Raises Invalid with the code ``encoding_unknown`` when neither holds.
    """
    text = decode_utf(body)
    if text is None:
        text = decode_vietnamese(body)
    if text is None and encoding:
        try:
            text = unicodedata.normalize("NFC", body.decode(encoding))
        except (LookupError, ValueError):
            text = None
    if text is None:
        raise Invalid("encoding_unknown", field="file")
    return text


def _ends_inside_a_letter(body: bytes) -> bool:
    """Say whether a file is UTF-8 but for its last letter, of which a part is missing."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end >= len(body) and "unexpected end" in error.reason
    return False


def _windows_1258(body: bytes) -> str | None:
    try:
        return unicodedata.normalize("NFC", body.decode("cp1258"))
    except UnicodeDecodeError:
        return None


def _tcvn3(body: bytes) -> str | None:
    text = body.decode("latin-1")
    if any(letter > "\x7f" and letter not in _TCVN3 for letter in set(text)):
        return None
    return text.translate(str.maketrans(_TCVN3))


def _is_vietnamese(text: str) -> bool:
    """Say whether nearly all words with letters beyond ASCII are syllables of Vietnamese."""
    words = {word.lower() for word in _WORD.findall(text) if not word.isascii()}
    if not words:
        return False
    right = sum(_is_syllable(word) for word in words)
    return right * 10 >= len(words) * 9


def _is_syllable(word: str) -> bool:
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_TONES))
    return _SYLLABLE.fullmatch(bare) is not None
