"""Reads a fee schedule out of an office's spreadsheet, and names every row that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from payments.domain.errors import Invalid, InvalidFile, Problem
from payments.domain.fees import Channel, FeeKind, PayerClass
from payments.domain.money import read_dong
from payments.services.read_columns import RowReader, TableForm, rows_of

MOST_ROWS = 5_000
_CODE = re.compile(r"[0-9A-Za-zĐđ][0-9A-Za-zĐđ._/-]{0,39}")

COLUMNS: Mapping[str, Sequence[str]] = {
    "field_code": ("mã lĩnh vực",),
    "field_name": ("lĩnh vực", "tên lĩnh vực"),
    "procedure_code": ("mã thủ tục", "mã tthc"),
    "procedure_name": ("thủ tục", "tên thủ tục", "thủ tục hành chính", "tên tthc"),
    "fee_code": ("mã phí", "mã phí, lệ phí", "mã phí/lệ phí", "mã khoản thu"),
    "fee_name": ("tên phí", "tên phí, lệ phí", "tên phí/lệ phí", "khoản thu", "tên khoản thu"),
    "kind": ("loại", "loại khoản thu", "phí/lệ phí"),
    "channel": ("kênh", "kênh nộp", "hình thức nộp", "kênh thực hiện"),
    "payer_class": ("đối tượng", "đối tượng nộp"),
    "amount": ("mức thu", "số tiền", "mức thu (đồng)"),
    "unit": ("đơn vị", "đơn vị tính", "đvt"),
    "legal_basis": ("căn cứ", "căn cứ pháp lý", "văn bản"),
    "valid_from": ("áp dụng từ", "ngày áp dụng", "hiệu lực từ", "ngày hiệu lực"),
    "ended": ("bãi bỏ", "hết hiệu lực", "chấm dứt"),
}
FORM = TableForm(
    words=COLUMNS,
    required=frozenset(COLUMNS) - {"channel", "payer_class", "unit", "legal_basis", "ended"},
    most_rows=MOST_ROWS,
)

KIND_WORDS: Mapping[str, FeeKind] = {
    "phi": FeeKind.PHI,
    "phí": FeeKind.PHI,
    "le phi": FeeKind.LE_PHI,
    "lệ phí": FeeKind.LE_PHI,
}
CHANNEL_WORDS: Mapping[str, Channel] = {
    **{channel.value: channel for channel in Channel},
    "mọi kênh": Channel.ANY,
    "tất cả": Channel.ANY,
    "trực tiếp": Channel.COUNTER,
    "tại quầy": Channel.COUNTER,
    "trực tuyến": Channel.ONLINE,
    "bưu chính": Channel.POST,
    "bưu chính công ích": Channel.POST,
    "qua bưu điện": Channel.POST,
}
PAYER_WORDS: Mapping[str, PayerClass] = {
    **{payer.value.replace("_", " "): payer for payer in PayerClass},
    "mọi đối tượng": PayerClass.ANY,
    "tất cả": PayerClass.ANY,
    "cá nhân": PayerClass.CITIZEN,
    "công dân": PayerClass.CITIZEN,
    "tổ chức": PayerClass.ENTERPRISE,
    "doanh nghiệp": PayerClass.ENTERPRISE,
    "hộ kinh doanh": PayerClass.HOUSEHOLD_BUSINESS,
    "hộ nghèo": PayerClass.POOR_HOUSEHOLD,
    "người có công": PayerClass.MERIT,
    "người khuyết tật": PayerClass.DISABLED,
    "người cao tuổi": PayerClass.ELDERLY,
    "trẻ em": PayerClass.CHILD,
}


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One row of a schedule. ``where`` is its row number; ``amount`` is None where a fee ends."""

    where: str
    field_code: str
    field_name: str
    procedure_code: str
    procedure_name: str
    fee_code: str
    fee_name: str
    kind: FeeKind
    channel: Channel
    payer_class: PayerClass
    amount: int | None
    unit: str
    legal_basis: str
    valid_from: date
    is_ended: bool

    @property
    def series_key(self) -> tuple[str, Channel, PayerClass]:
        """What makes two rows versions of the same fee, as in FeeItem."""
        return (self.fee_code, self.channel, self.payer_class)


def read_fee_rows(table: Sequence[Sequence[str]]) -> tuple[FeeRow, ...]:
    """Read the rows of a schedule.

    Raises InvalidFile naming each row that is wrong, that stands twice, or that names a field,
    procedure or fee otherwise than a row before it.
    """
    problems: list[Problem] = []
    rows: list[FeeRow] = []
    for reader in rows_of(table, FORM):
        row = _row(reader)
        problems += reader.problems
        if not reader.problems:
            rows.append(row)
    problems += _contradictions(rows)
    if problems:
        raise InvalidFile(sorted(problems, key=lambda problem: int(problem.where)))
    return tuple(rows)


def _row(reader: RowReader) -> FeeRow:
    """Read one row; what is wrong with it is left in the reader."""
    is_ended = reader.yes("ended")
    return FeeRow(
        where=reader.where,
        field_code=reader.value("field_code", _code, ""),
        field_name=reader.text("field_name", most=200),
        procedure_code=reader.value("procedure_code", _code, ""),
        procedure_name=reader.text("procedure_name", most=400),
        fee_code=reader.value("fee_code", _code, ""),
        fee_name=reader.text("fee_name", most=400),
        kind=_kind(reader),
        channel=reader.word("channel", CHANNEL_WORDS, Channel.ANY),
        payer_class=reader.word("payer_class", PAYER_WORDS, PayerClass.ANY),
        amount=None if is_ended else reader.value("amount", read_dong, 0),
        unit=reader.text("unit", most=40, least=0),
        legal_basis=reader.text("legal_basis", most=200, least=0),
        valid_from=reader.day("valid_from"),
        is_ended=is_ended,
    )


def _kind(reader: RowReader) -> FeeKind:
    """Read phí or lệ phí, which is never left to be guessed: the two are receipted apart."""
    if not reader.cells["kind"]:
        reader.problem("cell_empty", column="kind")
    return reader.word("kind", KIND_WORDS, FeeKind.PHI)


def _code(text: str) -> str:
    """Read a code. Raises Invalid."""
    if _CODE.fullmatch(text) is None:
        raise Invalid("code_malformed", found=text[:60])
    return text


def _contradictions(rows: Sequence[FeeRow]) -> Iterator[Problem]:
    """Name each row that stands twice or that contradicts an earlier one."""
    rules: tuple[tuple[str, Callable[[FeeRow], object], Callable[[FeeRow], object]], ...] = (
        ("field_name_differs", lambda row: row.field_code, lambda row: row.field_name),
        (
            "procedure_differs",
            lambda row: row.procedure_code,
            lambda row: (row.field_code, row.procedure_name),
        ),
        ("fee_of_other_procedure", lambda row: row.fee_code, lambda row: row.procedure_code),
    )
    for code, key, says in rules:
        first: dict[object, FeeRow] = {}
        for row in rows:
            earlier = first.setdefault(key(row), row)
            if says(earlier) != says(row):
                yield Problem(row.where, code, {"row": earlier.where, "name": str(key(row))})
    versions: dict[object, FeeRow] = {}
    for row in rows:
        earlier = versions.setdefault((row.series_key, row.valid_from), row)
        if earlier is not row:
            yield Problem(row.where, "fee_twice", {"row": earlier.where, "fee": row.fee_code})
