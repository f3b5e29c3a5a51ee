"""A statement format of our own that is read as fast as Python reads, for files of any size.

The first line is ``PLAIN``, account, opening, closing, first and last day; then a line an entry: day,
signed amount, bank's number, text, running balance. Tabs stand between; what is absent is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, repeat
from typing import BinaryIO

from payments.domain.bank_messages import Direction, Statement, StatementFile
from payments.domain.errors import Invalid
from payments.domain.statement_parts import (
    EntryBatch,
    StatementHead,
    StatementPart,
    StatementTail,
)

SIGN = b"PLAIN\t"


@dataclass(frozen=True)
class Line:
    """A line of a plain statement; a negative amount is money that leaves."""

    day: date
    amount: int
    reference: str = ""
    text: str = ""
    balance: int | None = None


def written(
    account: str, opening: int | None, closing: int | None, days: tuple[date, date],
    lines: Iterable[Line],
) -> bytes:  # fmt: skip
    """Return a statement as its file."""
    first, last = days
    head = [account, _said(opening), _said(closing), first.isoformat(), last.isoformat()]
    rows = [
        "\t".join(
            (one.day.isoformat(), str(one.amount), one.reference, one.text, _said(one.balance))
        )
        for one in lines
    ]
    return SIGN + "\n".join(["\t".join(head), *rows, ""]).encode()


class PlainReader:
    """Streams plain statements, several thousand lines a batch."""

    name = "plain"

    def __init__(self, at_once: int = 5_000) -> None:
        """Yield so many lines in a batch."""
        self.at_once = at_once

    def recognises(self, file_name: str, body: bytes) -> bool:
        """Say whether a file begins as one of ours."""
        del file_name
        return body.startswith(SIGN)

    def read(self, body: bytes) -> StatementFile:
        """Refuse: these files are streamed."""
        raise Invalid("file_too_large", size=len(body))

    def read_parts(self, source: BinaryIO) -> Iterator[StatementPart]:
        """Yield each statement of the file. Raises Invalid at a line that is none."""
        lines = iter(source)
        head = next(lines)
        number = 1
        while head:
            account, opening, closing, first, last = head.decode().rstrip("\n").split("\t")[1:]
            yield StatementHead(account, "VND", opening=_read(opening))
            head = b""
            while some := list(islice(lines, self.at_once)):
                end = next((i for i, line in enumerate(some) if line.startswith(SIGN)), None)
                if end is not None:
                    lines = _joined(some[end + 1 :], lines)
                    head, some = some[end], some[:end]
                if some:
                    yield _batch(some, number)
                    number += len(some)
                if head:
                    break
            yield StatementTail(
                Statement(
                    account_number=account,
                    currency="VND",
                    entries=(),
                    opening=_read(opening),
                    closing=_read(closing),
                    period_from=date.fromisoformat(first),
                    period_to=date.fromisoformat(last),
                )
            )


def _batch(lines: Sequence[bytes], number: int) -> EntryBatch:
    try:
        rows = [line.rstrip("\n").split("\t") for line in b"".join(lines).decode().splitlines()]
        days, amounts, references, texts, balances = map(list, zip(*rows, strict=True))
        signed = list(map(int, amounts))
    except ValueError as error:
        raise Invalid("entry_unreadable", line=number) from error
    known = {day: date.fromisoformat(day) for day in set(days)}
    count = len(lines)
    absent = list(repeat(None, count))
    no = list(repeat(False, count))
    return EntryBatch(
        where=list(map(str, range(number, number + count))),
        booked_on=[known[day] for day in days],
        amount=list(map(abs, signed)),
        direction=[Direction.OUT if amount < 0 else Direction.IN for amount in signed],
        text=texts,
        bank_reference=references,
        value_on=absent,
        booked_at=absent,
        balance_after=list(map(_read, balances)),
        is_reversal=no,
        is_pending=no,
        is_charge=no,
    )


def _joined(some: Sequence[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from some
    yield from rest


def _said(amount: int | None) -> str:
    return "" if amount is None else str(amount)


def _read(digits: str) -> int | None:
    return int(digits) if digits else None
