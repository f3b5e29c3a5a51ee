"""Encodings are found by proof: Vietnamese words prove theirs, and nothing is guessed."""

from __future__ import annotations

import unicodedata

import pytest

from bank_adapters.statements.encodings import (
    _TCVN3,
    _is_syllable,
    decode_text,
    decode_utf,
    decode_vietnamese,
)
from payments.domain.errors import Invalid

WORDS = (
    "Nguyễn Thị Hồng nộp phí thủ tục hành chính công, khuya nghiêng ngoằn ngoèo quyển giếng gì "
    "yêu thương thuở hoặc Thừa Thiên Huế đường Phạm Văn Đồng phường Xuân Phú giữa mượn"
)


def tcvn3(text: str) -> bytes:
    letters = {str(letter): sign for sign, letter in _TCVN3.items()}
    return "".join(letters.get(letter, letter) for letter in text).encode("latin-1")


def windows_1258(text: str) -> bytes:
    """One base letter with its own mark, and the tone behind it, as Windows writes them."""
    written = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = "".join(mark for mark in parts if mark not in tones)
        written += (unicodedata.normalize("NFC", base) + tones).encode("cp1258")
    return written


@pytest.mark.parametrize("encode", [tcvn3, windows_1258])
def test_vietnamese_words_prove_their_encoding(encode: object) -> None:
    assert callable(encode)
    assert decode_vietnamese(encode(WORDS)) == WORDS


@pytest.mark.parametrize(
    "words", ["Müller Dauerauftrag für Ärzte Überweisung", "café élève déjà naïve", "abc", ""]
)
def test_words_of_another_language_prove_nothing(words: str) -> None:
    assert decode_vietnamese(words.encode("latin-1")) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_found_with_and_without_its_mark(encoding: str) -> None:
    assert decode_utf(f":20:{WORDS}".encode(encoding)) == f":20:{WORDS}"


def test_other_bytes_are_not_unicode() -> None:
    assert decode_utf(tcvn3(WORDS)) is None


@pytest.mark.parametrize("encode", [tcvn3, windows_1258, str.encode])
def test_a_file_that_names_no_encoding_is_read_in_its_own(encode: object) -> None:
    assert callable(encode)
    assert decode_text(encode(WORDS)) == WORDS


@pytest.mark.parametrize(
    "body",
    ["Débit;Crédit;Référence;opération;Libellé\n".encode("latin-1"), b"a;b\xff\n", b"\x8a\x9d"],
)
def test_what_is_not_proven_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="encoding_unknown"):
        decode_text(body)


def test_utf8_cut_inside_a_letter_is_a_file_cut_off() -> None:
    with pytest.raises(Invalid, match="file_cut"):
        decode_text("Số dư đầu kỳ".encode()[:-1])


@pytest.mark.parametrize(
    "word", ["nghiêng", "khuyến", "giường", "đặng", "thuở", "quý", "gì", "yêu"]
)
def test_syllables_are_known(word: str) -> None:
    assert _is_syllable(word)


@pytest.mark.parametrize("word", ["référence", "ệệ", "ngµy", "größe", "naïveté"])
def test_other_words_are_no_syllables(word: str) -> None:
    assert not _is_syllable(word)
