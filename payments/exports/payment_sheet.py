"""The sheet that is printed for whoever shall pay: the QR code, and beside it what it says.

For one request it carries the sum, the transfer text and the time until which it is asked for. For
a counter or an account it carries neither sum nor text, and says what the payer has to type.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from payments.domain.banks import bank
from payments.domain.business_day import local
from payments.domain.money import in_digits, in_words
from payments.domain.vietqr import VietQR, build
from payments.exports.typeset import typeset

_CACHED = 64


class Paper(StrEnum):
    """The sizes it is printed on, lying on their long side."""

    A5 = "a5"
    A6 = "a6"


@dataclass(frozen=True, slots=True)
class PaymentSheet:
    """What a sheet says. Without ``amount`` the payer types it; without ``text`` that too.

    ``centre`` stands on top, ``place`` (a counter) under it; ``holder`` is the account's as the
    bank has it. ``expires_at`` is when the sum is no longer asked for, ``dossier`` the dossier's
    code, ``link`` the page that follows the payment; all may be missing.
    """

    centre: str
    bin: str
    account: str
    holder: str
    amount: int | None = None
    text: str | None = None
    expires_at: datetime | None = None
    dossier: str = ""
    place: str = ""
    link: str = ""

    @property
    def qr_payload(self) -> str:
        """The text of the QR code, which the lines beside it repeat. Raises Invalid."""
        return build(VietQR(bin=self.bin, account=self.account, amount=self.amount, text=self.text))


@lru_cache(maxsize=_CACHED)
def payment_sheet_pdf(sheet: PaymentSheet, *, paper: Paper, qr_svg: str) -> bytes:
    """Return the PDF of a sheet, of one page; the same sheet gives the same bytes.

    ``qr_svg`` is the picture of the sheet's ``qr_payload``.
    """
    return typeset("payment_sheet.typ", _words(sheet, paper), qr_svg=qr_svg)


def _words(sheet: PaymentSheet, paper: Paper) -> dict[str, object]:
    """Return every text of the sheet, ready to print."""
    payee = bank(sheet.bin)
    facts = [
        ("Chủ tài khoản", sheet.holder, "plain"),
        ("Số tài khoản", sheet.account, "code"),
        ("Ngân hàng", f"{payee.short_name} ({payee.name})", "plain"),
    ]
    if sheet.amount is None:
        facts.append(("Số tiền", "Người nộp tự nhập", "hint"))
    else:
        facts.append(("Số tiền", f"{in_digits(sheet.amount)}\N{NO-BREAK SPACE}₫", "sum"))
        facts.append(("Bằng chữ", in_words(sheet.amount), "hint"))
    if sheet.text is not None:
        facts.append(("Nội dung chuyển khoản", sheet.text, "code"))
    else:
        facts.append(("Nội dung chuyển khoản", "Mã thanh toán hoặc mã hồ sơ", "hint"))
    if sheet.dossier:
        facts.append(("Mã hồ sơ", sheet.dossier, "plain"))
    if sheet.expires_at is not None:
        facts.append(("Hạn thanh toán", f"{local(sheet.expires_at):%d/%m/%Y %H:%M}", "plain"))
    return {
        "paper": paper.value,
        "centre": sheet.centre,
        "place": sheet.place,
        "title": "Quét mã để nộp phí, lệ phí",
        "facts": facts,
        "advice": _advice(sheet),
        "link": sheet.link,
    }


def _advice(sheet: PaymentSheet) -> str:
    """Return what the payer has to do in the bank's app."""
    start = "Mở ứng dụng ngân hàng, chọn quét mã QR"
    typed = [
        *(["nhập số tiền"] if sheet.amount is None else []),
        *(["ghi mã thanh toán hoặc mã hồ sơ vào nội dung"] if sheet.text is None else []),
    ]
    if typed:
        return f"{start}, {', '.join(typed)}, kiểm tra tên người nhận rồi xác nhận."
    return (
        f"{start}, kiểm tra tên người nhận và số tiền rồi xác nhận. "
        "Không sửa số tiền và nội dung chuyển khoản."
    )
