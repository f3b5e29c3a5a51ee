"""Tables of entries as any bank could print them, plain and odd, the same ones for the same seed."""

from __future__ import annotations

import csv
import io
from random import Random

_DAYS = ("02/03/2026", "03/03/2026", "2026-03-04")
_TEXTS = ("nop phi", "Nộp phí hồ sơ", "a\u00a0b", "x\ny", " q ")
_ENDS = ("\n", "\r\n")


def csv_table(random: Random) -> bytes:
    """Give a CSV file with a table whose balances nearly always follow from its amounts."""
    amounts = _Printing(random)
    head, extra = _head(random)
    rows: list[list[str]] = []
    balance = opening = random.randrange(10**6)
    for number in range(random.choice((0, 1, 3, 8, 20, 40))):
        amount = random.choice((1, 999, 1000, 75_000, 1_234_567, random.randrange(1, 10**7)))
        amount *= random.choice((1, 1, -1))
        balance += amount
        row = [_day(random), f"FT{number}", *amounts.sides(amount, both="Ghi nợ" in head)]
        if "Số dư" in head:
            row.append(amounts.printed(balance + (random.random() < 0.02)))
        row.append(random.choice(_TEXTS))
        if extra:
            row.append(_extra(extra, number, random))
        rows.append(row)
        if random.random() < 0.02:
            rows.append(random.choice(_odd_rows(amounts, head, balance)))
    if random.random() < 0.2:
        rows.reverse()
    above = [["Số tài khoản", "0011000000001"]] if random.random() < 0.8 else []
    if random.random() < 0.5:
        above.append(["Số dư đầu kỳ", amounts.printed(opening)])
    below = [row for row in _odd_rows(amounts, head, balance)[1:6] if random.random() < 0.1]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=random.choice(",;\t|"), lineterminator=random.choice(_ENDS))
    writer.writerows([*above, head, *rows, *below])
    return text.getvalue().encode(random.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16-le")))


class _Printing:
    """How one bank prints its amounts."""

    def __init__(self, random: Random) -> None:
        self._mark = random.choice((",", ",", ".", ""))
        self._end = random.choice(("", "", ".00")) if self._mark == "," else ""
        self._empty = random.choice(("", "0", "-"))
        self._debits_negative = random.random() < 0.2

    def printed(self, amount: int) -> str:
        return f"{amount:,}".replace(",", self._mark) + self._end

    def sides(self, amount: int, *, both: bool) -> list[str]:
        if not both:
            return [self.printed(amount)]
        if amount > 0:
            return [self._empty, self.printed(amount)]
        return [self.printed(amount if self._debits_negative else -amount), self._empty]


def _head(random: Random) -> tuple[list[str], str]:
    head = ["Ngày giao dịch", "Số tham chiếu"]
    head += random.choice((["Ghi nợ", "Ghi có"], ["Ghi nợ", "Ghi có"], ["Số tiền"]))
    head += ["Số dư"] * (random.random() < 0.7) + ["Nội dung"]
    extras = ("Phí", "Số tài khoản", "Trạng thái", "Ngày hiệu lực", "Loại tiền", "STT", "Giờ")
    extra = random.choice(("", "", "", "", *extras))
    return head + [extra] * bool(extra), extra


def _day(random: Random) -> str:
    if random.random() < 0.03:
        return random.choice(("", "x"))
    return random.choice(_DAYS) + " 06:30:00" * (random.random() < 0.1)


def _extra(name: str, number: int, random: Random) -> str:
    if random.random() < 0.03:
        return {"Phí": "-100", "Số tài khoản": "00999", "Loại tiền": "USD"}.get(name, "x")
    return {
        "Phí": random.choice(("", "0", "100")),
        "Số tài khoản": "00123",
        "Trạng thái": random.choice(("ok", "pending")),
        "Ngày hiệu lực": "02/03/2026",
        "Loại tiền": "VND",
        "STT": str(number),
        "Giờ": "06:30",
    }[name]


def _odd_rows(amounts: _Printing, head: list[str], balance: int) -> list[list[str]]:
    return [
        [],
        ["Tổng cộng", "", amounts.printed(5), amounts.printed(7)],
        ["", "", "", "", "", "tiếp theo"],
        ["Số dư cuối kỳ", amounts.printed(balance)],
        ["Loại tiền: USD"],
        ["Số tài khoản: 0011000000002"],
        head,
    ]
