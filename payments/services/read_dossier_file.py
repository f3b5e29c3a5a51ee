"""Reads the list of dossiers that the one-stop software exports, and names every wrong row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from payments.domain.errors import Invalid, InvalidFile, Problem
from payments.domain.fees import Channel, PayerClass
from payments.services.read_columns import RowReader, TableForm, rows_of, simple
from payments.services.read_fee_file import CHANNEL_WORDS, PAYER_WORDS
from payments.services.register_dossiers import MAX_AT_ONCE, NewDossier

COLUMNS: Mapping[str, Sequence[str]] = {
    "code": ("mã hồ sơ", "số hồ sơ", "mã số hồ sơ", "dossier"),
    "procedure": ("mã thủ tục", "mã tthc", "procedure code"),
    "applicant": ("người nộp", "người nộp hồ sơ", "họ tên", "họ và tên", "tên người nộp"),
    "second_factor": ("4 số cuối", "bốn số cuối", "số điện thoại", "điện thoại", "last four"),
    "received_on": ("ngày tiếp nhận", "ngày nhận", "ngày nộp"),
    "channel": ("kênh", "kênh nộp", "hình thức nộp", "kênh thực hiện"),
    "payer_class": ("đối tượng", "đối tượng nộp"),
    "fees": ("khoản thu", "phí", "phí, lệ phí", "mã phí", "các khoản thu"),
}
FORM = TableForm(
    words=COLUMNS,
    required=frozenset({"code", "procedure", "applicant", "second_factor", "received_on"}),
    most_rows=MAX_AT_ONCE,
)
_ALL_FEES = frozenset({"due", "all", "tất cả"})
_FEE = re.compile(r"([^\s:;*]{1,40})(?:\s*[:*]\s*([0-9]{1,5}))?")


def read_dossier_rows(table: Sequence[Sequence[str]], *, asks_all: bool) -> list[NewDossier]:
    """Read the dossiers of a table; ``where`` of each is its row number.

    The column of fees says ``F1; F2:3`` (codes, with a quantity if it is not one) or ``tất cả`` for
    all fees in force. Where it is blank or missing, ``asks_all`` decides between all and none.
    Raises InvalidFile naming each row that is wrong or that stands twice.
    """
    problems: list[Problem] = []
    items: list[NewDossier] = []
    first: dict[str, str] = {}
    for reader in rows_of(table, FORM):
        item = _item(reader, asks_all=asks_all)
        earlier = first.setdefault(simple(item.code), item.where)
        if earlier != item.where:
            reader.problem("dossier_twice", row=earlier, dossier=item.code)
        problems += reader.problems
        items.append(item)
    if problems:
        raise InvalidFile(problems)
    return items


def _item(reader: RowReader, *, asks_all: bool) -> NewDossier:
    """Read one row; what is wrong with it is left in the reader."""
    return NewDossier(
        where=reader.where,
        code=reader.text("code", most=80),
        procedure_code=reader.text("procedure", most=40),
        applicant=reader.text("applicant", most=200),
        second_factor=reader.text("second_factor", most=40),
        received_on=reader.day("received_on"),
        channel=_one(reader.word("channel", CHANNEL_WORDS, Channel.COUNTER), Channel.COUNTER),
        payer_class=_payer(reader),
        fees=reader.value("fees", lambda text: _fees(text, asks_all=asks_all), None),
    )


def _one(channel: Channel, default: Channel) -> Channel:
    """Return the channel of one dossier, which is never any channel."""
    return default if channel is Channel.ANY else channel


def _payer(reader: RowReader) -> PayerClass:
    """Return the class of one payer, which is never any class."""
    payer = reader.word("payer_class", PAYER_WORDS, PayerClass.CITIZEN)
    return PayerClass.CITIZEN if payer is PayerClass.ANY else payer


def _fees(text: str, *, asks_all: bool) -> dict[str, int] | None:
    """Read fee codes with quantities; an empty mapping means all, None means none."""
    if simple(text) in _ALL_FEES:
        return {}
    if not text.strip():
        return {} if asks_all else None
    fees: dict[str, int] = {}
    for part in text.split(";"):
        match = _FEE.fullmatch(part.strip())
        if match is None or match[1] in fees:
            raise Invalid("fees_unreadable", found=text[:60])
        fees[match[1]] = int(match[2] or "1")
    return fees
