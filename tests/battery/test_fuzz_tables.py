"""Spoiled files of tables are read or refused by name: FUZZ_INPUTS says how many, FUZZ_SEED which."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bank_adapters.statements import spreadsheet
from bank_adapters.statements.encodings import decode_text
from bank_adapters.statements.sheets import Sheet, html_sheet
from bank_adapters.statements.workbook import read_workbook
from payments.domain.bank_messages import StatementFile
from payments.domain.errors import Invalid

SAMPLES = Path(__file__).parents[1] / "data" / "statements"
COUNT = int(os.environ.get("FUZZ_INPUTS", "1000000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261125"))
WORDS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b";", b",", b"\n", b"\r", b"=1+1", b"<!--", b"<table>",
    b"9" * 30, b"-", b"(", b"1.000,00", b"32/13/2026", "Số dư đầu kỳ".encode(), "Tổng".encode(),
    "\u202e".encode(), b"PK\x03\x04", b"</tr>", b"&#0;", b":20:", "Ngày;Nợ;Có".encode(),
)  # fmt: skip


def here(kind: str, body: bytes) -> list[Sheet]:
    """Read in this process: a fuzz run starts no million children."""
    return read_workbook(body) if kind == "workbook" else [html_sheet(decode_text(body))]


def spoiled(body: bytes, chance: random.Random) -> bytes:
    """Change, cut, repeat or insert a few pieces."""
    spoilt = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(spoilt) + 1)
        match chance.randrange(5):
            case 0:
                spoilt[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del spoilt[place : place + chance.randrange(40)]
            case 2:
                spoilt[place:place] = chance.choice(WORDS)
            case 3:
                spoilt[place:place] = spoilt[place : place + chance.randrange(200)]
            case _:
                del spoilt[place:]
    return bytes(spoilt)


def samples(pattern: str) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in sorted(SAMPLES.glob(pattern)))


def run(pattern: str, rounds: int) -> None:
    chance = random.Random(SEED)
    bodies = list(samples(pattern))
    for number in range(rounds):
        body = spoiled(chance.choice(bodies), chance)
        try:
            read = spreadsheet.read_file(body, apart=here)
        except Invalid:
            continue
        except Exception as error:
            raise AssertionError(f"seed {SEED}, input {number}: {body[:200]!r}") from error
        assert _is_sound(read)


def _is_sound(read: StatementFile) -> bool:
    return all(entry.amount > 0 for one in read.statements for entry in one.entries)


READERS = ["csv/*.csv", "vn/*.csv", "vn/*.xls", "vn/*.xlsx"]


@pytest.mark.battery
@pytest.mark.parametrize("pattern", READERS)
def test_a_million_spoiled_files(pattern: str) -> None:
    run(pattern, COUNT)
