"""An encoding is proven by the words it gives, or the file is refused."""

from __future__ import annotations

import unicodedata

import pytest

from bank_adapters.statements.encodings import _TCVN3_TABLE, decode_text, encoding_of, is_syllable
from payments.domain.errors import Invalid

TEXT = "ngày giao dịch;số tham chiếu;ghi nợ;ghi có\n02/03/2026;1;;15.000;nguyễn thị thử nghiệm\n"
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_windows_1258(text: str) -> bytes:
    """Write each tone behind its letter, as Windows-1258 does where it has no letter for both."""
    written = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        bare = unicodedata.normalize("NFC", "".join(one for one in parts if one not in _TONES))
        tone = "".join(one for one in parts if one in _TONES)
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            written += (bare + tone).encode("cp1258")
    return written


def in_tcvn3(text: str) -> bytes:
    return bytes(_TCVN3_TABLE.index(letter) for letter in text)


@pytest.mark.parametrize("write", [in_windows_1258, in_tcvn3, str.encode])
def test_vietnamese_is_read_in_its_encoding(write: object) -> None:
    assert callable(write)

    assert unicodedata.normalize("NFC", decode_text(write(TEXT))) == TEXT


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_unicode_proves_itself(encoding: str) -> None:
    assert decode_text(("Đ" + TEXT).encode(encoding)) == "Đ" + TEXT


@pytest.mark.parametrize(
    "body",
    ["Débit;Crédit;Référence;opération;Libellé\n".encode("latin-1"), b"a;b\xff\n", b"\x8a\x9d"],
)
def test_what_is_not_proven_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="encoding_unknown"):
        encoding_of(body)


def test_utf8_cut_inside_a_letter_is_a_file_cut_off() -> None:
    with pytest.raises(Invalid, match="file_cut"):
        decode_text("Số dư đầu kỳ".encode()[:-1])


@pytest.mark.parametrize(
    "word", ["nghiêng", "khuyến", "giường", "Đặng", "thuở", "quý", "gì", "yêu"]
)
def test_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["Référence", "ệệ", "ngµy", "größe", "naïveté"])
def test_other_words_are_no_syllables(word: str) -> None:
    assert not is_syllable(word)
