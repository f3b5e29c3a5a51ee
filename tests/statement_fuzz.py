"""Broken statements: samples cut, spliced and sprinkled with what a format's structure is made of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

from bank_adapters.statements.camt import READER as CAMT
from bank_adapters.statements.mt940 import READER as MT940
from bank_adapters.statements.ofx import READER as OFX
from payments.domain.bank_messages import StatementFile, is_storable
from payments.domain.errors import Invalid
from payments.ports.bank import StatementReader
from reconciliation.domain.statement_checks import check_statement, entry_keys
from tests.statement_samples import EXPECTED, SAMPLES

READERS: dict[str, tuple[StatementReader, str, tuple[bytes, ...]]] = {
    "mt940": (
        MT940,
        "mt940",
        (b"\n:61:", b"\n:20:", b"\n:86:", b"\n:62F:", b"\n:28C:", b"\n-\n", b"{1:", b"C260302VND"),
    ),
    "camt": (
        CAMT,
        "camt",
        (b"<Ntry>", b"</Ntry>", b"<Amt Ccy='VND'>", b"<!DOCTYPE a>", b"&lt;", b"&a;", b"<![CDATA["),
    ),
    "ofx": (
        OFX,
        "ofx",
        (b"<STMTTRN>", b"</STMTTRN>", b"<TRNAMT>", b"</OFX>", b"<![CDATA[", b"<!--", b"&#0;"),
    ),
}
"""Each reader with the beginning of its samples' names and the words of its structure."""

_ANYWHERE = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\x1a",
    b"9" * 30,
    b",",
    b".",
    b"\xd8",
    b"-",
)
_LONGEST = 6_000


def broken(name: str, count: int, seed: int) -> Iterator[bytes]:
    """Give so many broken statements of a format; the same ones for the same seed."""
    _, beginning, words = READERS[name]
    random = Random(seed)
    names = sorted(one for one in EXPECTED if beginning in one)
    samples = [(SAMPLES / one).read_bytes()[:_LONGEST] for one in names]
    samples += [many_alike(one) for one in samples[-4:]] if name == "camt" else []
    for _ in range(count):
        body = bytearray(random.choice(samples))
        for _ in range(random.randint(1, 4)):
            _break(body, random, samples, (*words, *_ANYWHERE))
        yield bytes(body)


def many_alike(body: bytes) -> bytes:
    """Repeat the entries of a camt message, as the readers' way past the elements needs it."""
    begin, end = body.find(b"<Ntry>"), body.rfind(b"</Ntry>") + len(b"</Ntry>")
    return body[:end] + body[begin:end] * 6 + body[end:] if begin >= 0 else body


def _break(body: bytearray, random: Random, samples: list[bytes], words: tuple[bytes, ...]) -> None:
    place = random.randrange(len(body) + 1)
    end = min(len(body), place + random.choice((1, 1, 4, 40, 400)))
    match random.randrange(6):
        case 0:
            del body[place:end]
        case 1:
            body[place:place] = random.choice(words)
        case 2:
            body[place:end] = random.randbytes(end - place)
        case 3:
            body[place:place] = body[place:end]
        case 4:
            other = random.choice(samples)
            start = random.randrange(len(other) + 1)
            body[place:end] = other[start : start + 400]
        case _:
            del body[place:]


def read_one(reader: StatementReader, body: bytes) -> bool:
    """Read a broken file as the program would, and say whether anything was read.

    Whatever is read has to be checked, keyed, kept and printed without a further error.
    """
    reader.recognises("a", body)
    try:
        content: StatementFile = reader.read(body)
    except Invalid:
        return False
    for statement in content.statements:
        check_statement(statement, account_number="", previous_closing=0)
        entry_keys(statement.entries)
        json.dumps(statement.account_number)
        for entry in statement.entries:
            assert entry.amount >= 0
            assert is_storable(entry.text + entry.bank_reference)
            assert not set(entry.text) & set("\r\n\u202e\u2066\u2028")
    assert content.statements
    return True
