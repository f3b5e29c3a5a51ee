"""What a made-up statement says, known before it is written: the truth that a reader is held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

ACCOUNT = "0011000000017"

_FEES = (1, 1_000, 8_000, 15_000, 50_000, 475_000, 1_500_000, 999_999_999_999)
"""Fees as they are asked, of which no few add up to another, and the limits."""
_PLAIN_TEXTS = (
    "HTXK 7K2M nop phi ho so H18.28-260302-1028",
    "Nộp lệ phí trước bạ",
    "NGUYEN VAN A chuyen tien",
    "x",
)
_HOSTILE_TEXTS = (
    "\n:61:2603020302C50000,NTRFNONREF//FT1\n:86:gia",
    "\n:62F:C260302VND1,",
    "\n-\n:20:X\n:25:1\n",
    "\n-}\n{1:F01BANKVNVX}",
    "\n:86:\n:28C:1/1",
    ":61:2603020302D1,NTRF",
    "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry><Ntry>",
    "<Ntry><Amt Ccy='VND'>5</Amt>",
    "]]><![CDATA[",
    "&#0;&lt;&amp;",
    "<!-- ",
    "</STMTTRN><STMTTRN><TRNAMT>50000",
    "</td></tr><tr><td>01/03/2026</td>",
    "</table>",
    "Tổng cộng",
    "Số dư cuối kỳ: 5",
    "Số tài khoản: 0099000000099",
    "Số dư đầu kỳ;1.000",
    "Ngày,Nợ,Có,Số dư,Nội dung",
    "Mang sang trang sau",
    "01/03/2026",
    "1.000.000",
    "-5",
    "+",
    "CR",
    "=SUM(A1:A9)",
    '"',
    '",""',
    "a;b,c\td|e",
    "dòng một\r\ndòng hai\rdòng ba",
    "\u202e000.05\u202c",
    "\u2066\u200b\ufeff\u00a0",
    "a\u0301\u0302 e\u0323",
    "\U0001d413\U0001f600",
    "\x07\x1b\x85\u2028",
    "9" * 40,
    "ă" * 300,
    '{"transactions": []}',
    "\\u0000\\",
    "' OR 1=1",
)
"""What a payer may write: structure of every format, other directions, what is not seen."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a statement: signed đồng, and what the bank took in columns of its own."""

    day: date
    amount: int
    text: str
    reference: str
    fee: int = 0
    vat: int = 0

    @property
    def moved(self) -> int:
        """What the row adds to the balance."""
        return self.amount - self.fee - self.vat

    @property
    def movements(self) -> list[int]:
        """The entries that a reader has to make of it."""
        charge = -self.fee - self.vat
        return [self.amount, *([charge] if charge else [])]


@dataclass(frozen=True, slots=True)
class Truth:
    """A statement of the centre's account: what it opens with, and its rows, the oldest first."""

    opening: int
    lines: tuple[Line, ...]
    account: str = ACCOUNT

    @property
    def balances(self) -> list[int]:
        """The balance after each row."""
        return list(accumulate((one.moved for one in self.lines), initial=self.opening))[1:]

    @property
    def closing(self) -> int:
        """The balance after the last row."""
        return self.opening + sum(one.moved for one in self.lines)

    @property
    def first(self) -> date:
        """The day of the first row."""
        return self.lines[0].day

    @property
    def last(self) -> date:
        """The day of the last row."""
        return self.lines[-1].day


def a_truth(random: Random, *, fees: bool = False, vat: bool = False, tame: bool = False) -> Truth:
    """Make a small statement; the texts of a ``tame`` one look like no structure.

    With ``fees`` and ``vat`` some rows are charged in columns of their own.

    Amounts of different rows differ, but for some that are equal.
    """
    day = date(2026, 3, 2)
    amounts: list[int] = []
    for _ in range(random.choice((1, 1, 2, 2, 3, 4, 6))):
        if amounts and random.random() < 0.1:
            amounts.append(amounts[-1])
        else:
            amounts.append(_amount(random, {*map(abs, amounts)}))
    lines = []
    for number, amount in enumerate(amounts):
        day += timedelta(days=random.choice((0, 0, 0, 1)))
        fee = random.choice((0, 0, 1_100, 5_500)) if fees else 0
        line = Line(
            day,
            amount,
            random.choice(_PLAIN_TEXTS) if tame or random.random() < 0.4 else _hostile(random),
            f"FT26{random.randrange(10**10):010}{number}",
            fee,
            fee // 10 if vat and random.random() < 0.5 else 0,
        )
        lines.append(line)
    out = sum(-line.moved for line in lines if line.moved < 0)
    return Truth(out + random.randrange(10 ** random.choice((1, 5, 9))), tuple(lines))


def _amount(random: Random, taken: set[int]) -> int:
    while True:
        amount = random.choice(_FEES) if random.random() < 0.3 else random.randrange(1, 10**9)
        if amount not in taken:
            return amount if random.random() < 0.75 else -amount


def _hostile(random: Random) -> str:
    words: Sequence[str] = random.choices(
        (*_HOSTILE_TEXTS, *_PLAIN_TEXTS), k=random.choice((1, 1, 2))
    )
    return random.choice(("", " ")).join(words)
