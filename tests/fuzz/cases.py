"""One case a number: a written truth or a sample, whole, broken off, or broken, for each reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from random import Random

from bank_adapters.statements import spreadsheet
from bank_adapters.statements.camt import READER as CAMT
from bank_adapters.statements.delimited import DELIMITERS
from bank_adapters.statements.encodings import decode_text
from bank_adapters.statements.header import Header
from bank_adapters.statements.mt940 import READER as MT940
from bank_adapters.statements.ofx import READER as OFX
from bank_adapters.statements.provider_answers import READER as ANSWERS
from bank_adapters.statements.sheets import Sheet, html_sheet
from bank_adapters.statements.vocabulary import Column
from bank_adapters.statements.workbook import read_workbook
from payments.domain.bank_messages import StatementFile
from payments.domain.column_mapping import Meaning
from payments.ports.bank import StatementReader
from tests.fuzz import messages, tables
from tests.fuzz.mutations import cut, encoded, moved, torn
from tests.fuzz.truths import Truth, a_truth
from tests.statement_samples import SAMPLES

Read = Callable[[bytes], StatementFile]
LONGEST_SAMPLE = 9_000


@dataclass(frozen=True, slots=True)
class Written:
    """A truth in the pieces of its file.

    ``is_plain`` says that its reader has to believe it whole. ``proves`` says that what it prints
    contradicts a missing or changed row, ``proves_end`` that it cannot be broken off unnoticed;
    ``ends_open`` that a later end would look the same; ``by_rows`` that its rows are proven by the
    balances beside them alone.
    """

    truth: Truth
    pieces: Sequence[bytes]
    read: Read
    pack: Callable[[bytes], bytes] = bytes
    is_plain: bool = True
    proves: bool = True
    proves_end: bool = True
    ends_open: bool = False
    by_rows: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Bytes for a reader, and what they are: ``whole``, ``cut``, ``broken``, or a broken ``sample``."""

    kind: str
    body: bytes
    read: Read
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A reader with what is written and broken for it."""

    reader: StatementReader
    write: Callable[[Random], Written]
    samples: Sequence[str]
    words: Sequence[bytes]
    read: Read


def here(kind: str, body: bytes) -> list[Sheet]:
    """Do in this process what the child process of a workbook or a page does."""
    return read_workbook(body) if kind == "workbook" else [html_sheet(decode_text(body))]


def read_table(body: bytes, given: Header | None = None) -> StatementFile:
    """Read a table as its reader does, without a child."""
    return spreadsheet.read_file(body, given, here)


def a_case(name: str, number: int, seed: int) -> Case:
    """Make the case of a number; the same one for the same seed."""
    random = Random(f"{seed}/{name}/{number}")
    one = FORMATS[name]
    kind = random.choices(("whole", "cut", "broken", "sample"), (15, 20, 45, 20))[0]
    if kind == "sample" and (samples := samples_of(name)):
        body = torn(random.choice(samples), random, one.words)
        return Case(kind, encoded(body, random) if random.random() < 0.05 else body, one.read)
    written = one.write(random)
    if kind == "whole":
        return Case(kind, written.pack(b"".join(written.pieces)), written.read, written)
    if kind == "cut":
        body = cut(written.pack(b"".join(written.pieces)), random)
        return Case(kind, body, written.read, written)
    pieces = moved(written.pieces, random) if random.random() < 0.6 else written.pieces
    body = b"".join(pieces)
    if pieces is written.pieces or random.random() < 0.3:
        body = torn(body, random, one.words)
    if random.random() < 0.05:
        body = encoded(body, random)
    body = written.pack(body)
    if written.pack is not bytes and random.random() < 0.2:
        body = torn(
            body, random, (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff" * 4, b"xl/")
        )
    return Case("broken", body, written.read, written)


@cache
def samples_of(name: str) -> Sequence[bytes]:
    """Return the samples of a format, those that are not too long."""
    paths = (path for pattern in FORMATS[name].samples for path in sorted(SAMPLES.glob(pattern)))
    return [body for path in paths if len(body := path.read_bytes()) <= LONGEST_SAMPLE]


def _mt940(random: Random) -> Written:
    tame = random.random() < 0.4
    truth = a_truth(random, tame=tame)
    if random.random() < 0.1:
        pieces = messages.mt942(truth, random)
        # A preview shows no balances, so words like an entry pass where its totals are gone.
        return Written(truth, pieces, MT940.read, is_plain=tame, proves=False, proves_end=tame)
    return Written(truth, messages.mt940(truth, random), MT940.read, is_plain=tame)


def _camt(random: Random) -> Written:
    truth = a_truth(random)
    pieces = messages.camt(truth, random)
    return Written(truth, pieces, CAMT.read, proves=any(b"CLBD" in piece for piece in pieces))


def _ofx(random: Random) -> Written:
    truth = a_truth(random)
    return Written(truth, messages.ofx(truth, random), OFX.read)


def _answers(random: Random) -> Written:
    truth = a_truth(random)
    write = messages.sepay if random.random() < 0.5 else messages.casso
    return Written(truth, write(truth, random), ANSWERS.read, ends_open=True, by_rows=True)


def _table(random: Random, write: tables.Pieces, *, mapped: bool = False) -> Written:
    layout = tables.a_layout(random)
    fees, vat = (column in layout.columns for column in (Meaning.FEE, Meaning.VAT))
    truth = a_truth(random, fees=fees, vat=vat)
    rows = tables.rows_of(truth, layout)
    read: Read = read_table
    if mapped:
        mapping = tables.mapping_of(layout, rows)
        rows[mapping.first_row - 2] = [f"Cột {at}" for at in range(len(layout.columns))]
        columns = {Column(meaning.value): place for meaning, place in mapping.places}
        read = partial(read_table, given=Header(columns, first_row=mapping.first_row))
    is_csv = write is tables.csv_pieces
    pack: Callable[[bytes], bytes] = bytes
    if write is tables.sheet_pieces:
        pack = partial(_packed, random=random)
    return Written(
        truth,
        write(rows, random),
        read,
        pack,
        is_plain=layout.is_whole and not (mapped and _may_be_cut_otherwise(truth, layout)),
        proves=layout.proves,
        proves_end=layout.proves_end or not is_csv,
        ends_open=True,
    )


def _may_be_cut_otherwise(truth: Truth, layout: tables.Layout) -> bool:
    """Whether a table without a known header could seem to be cut by another delimiter."""
    words = "".join(line.text for line in truth.lines)
    return layout.mark == "," or any(delimiter in words for delimiter in DELIMITERS)


def _packed(sheet: bytes, random: Random) -> bytes:
    return tables.workbook(sheet, random)


_TABLE_WORDS = (
    b'"', b";", b",", b"\t", b"=1+1", "Số dư đầu kỳ".encode(), "Tổng cộng".encode(), b"01/03/2026", b"1.000,00",
    "Ngày;Nợ;Có".encode(), "Số tài khoản: 0099000000099".encode(), b"Mang sang", b"(", b"CR", b"USD",
)  # fmt: skip
_HTML_WORDS = (
    b"<tr>",
    b"</tr>",
    b"<td>",
    b"</td>",
    b"<table>",
    b"</table>",
    b"<!--",
    b"-->",
    b"<br>",
    b"&#0;",
)
_SHEET_WORDS = (
    b"<row>", b"</row>", b"<c r='A1'>", b"</c>", b"<v>5</v>", b" t='s'", b" r='ZZZ9999999'", b"<f>1+1</f>",
    b"<!DOCTYPE a>", b"<mergeCell ref='A1:B2'/>", b"&#0;", b"&lt;", b"<![CDATA[",
)  # fmt: skip
FORMATS: dict[str, Format] = {
    "mt940": Format(
        MT940, _mt940, ("mt940/*", "vn/*.mt940"),
        (b"\n:61:", b"\n:20:", b"\n:86:", b"\n:62F:", b"\n:28C:", b"\n-\n", b"{1:", b"C260302VND", b"RC", b"EC"),
        MT940.read,
    ),
    "camt": Format(
        CAMT, _camt, ("camt05*/*", "vn/*.xml"),
        (b"<Ntry>", b"</Ntry>", b"<Amt Ccy='VND'>", b"<!DOCTYPE a>", b"&lt;", b"&a;", b"<![CDATA[", b"<!--",
         b"PDNG", b"DBIT", b"<RvslInd>true</RvslInd>", b" Ccy='USD'", b"<?x ?>"),
        CAMT.read,
    ),
    "ofx": Format(
        OFX, _ofx, ("ofx/*",),
        (b"<STMTTRN>", b"</STMTTRN>", b"<TRNAMT>", b"</OFX>", b"<![CDATA[", b"<!--", b"&#0;", b"<LEDGERBAL>"),
        OFX.read,
    ),
    "answers": Format(
        ANSWERS, _answers, (),
        (b'\\"', b"\\\\", b"{", b"}", b"[", b"]", b"null", b"true", b"1e9", b'\\"amount\\":', b"\\u0000"),
        ANSWERS.read,
    ),
    "csv": Format(
        spreadsheet.READER, partial(_table, write=tables.csv_pieces), ("csv/*", "vn/*.csv"),
        _TABLE_WORDS, read_table,
    ),
    "html": Format(
        spreadsheet.READER, partial(_table, write=tables.html_pieces), ("vn/*.xls",),
        (*_TABLE_WORDS, *_HTML_WORDS), read_table,
    ),
    "xlsx": Format(
        spreadsheet.READER, partial(_table, write=tables.sheet_pieces), ("vn/*.xlsx",),
        _SHEET_WORDS, read_table,
    ),
    "mapped": Format(
        spreadsheet.READER, partial(_table, write=tables.csv_pieces, mapped=True), (),
        _TABLE_WORDS, read_table,
    ),
}  # fmt: skip
"""Every reader of statements. The words of its structure are sprinkled into broken files."""
