"""Statements in SWIFT MT940, and the day's previews in MT942, in the dialects banks send them in.

Our own reader of the tags, because wrong readings of this format are wrong money: reversals counted
as income, thousands lost behind a dot, and payments made of a payer's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from bank_adapters.statements.encodings import decode_head
from bank_adapters.statements.mt940_entries import Entries
from bank_adapters.statements.mt940_fields import (
    UNITS_WITHOUT_DECIMALS,
    Balance,
    PrintedDecimal,
    bank_day,
    decimals_of,
    read_decimal,
)
from bank_adapters.statements.mt940_messages import BALANCE, Message, decode, messages
from bank_adapters.statements.mt940_rows import Rows
from bank_adapters.statements.parts import head_of, whole
from payments.domain.bank_messages import Statement, StatementFile, StatementProblem
from payments.domain.errors import InvalidFile, Problem
from payments.domain.statement_parts import EntryBatch, StatementPart, StatementTail

_BEGINNING = re.compile(r"[^,;|\t<]{0,400}?(?<![^\r\n\x01]):20:.*?(?<![^\r\n]):25:", re.DOTALL)
_FLOOR_LIMIT = re.compile(r"([A-Z]{3})[CD]?[0-9][0-9,.]*")
_COUNT = re.compile(r"([0-9]{1,6})([A-Z]{3})([0-9][0-9,.]*)")
_FAULTS = {
    "entry_unreadable": "a line of field 61 cannot be read",
    "message_cut": "the file ends and the statement should go on",
    "tag_repeated": "a field that may stand once stands twice",
}


class Mt940Reader:
    """Reads MT940 and MT942. Fits the port ``StatementReader``."""

    name = "mt940"

    def recognises(self, file_name: str, body: bytes) -> bool:  # noqa: ARG002 - content decides
        """Say whether the file begins as a message; its name says nothing.

        Only a bank's envelope may stand before field 20. Words of a payer further down, in a file
        of another format, do not make it one.
        """
        return _BEGINNING.match(decode_head(body)) is not None

    def read(self, body: bytes) -> StatementFile:
        """Read every message as one statement; pages of a long statement stay apart.

        Raises InvalidFile when no message is found, or one has neither entries nor balances.
        """
        return whole(_Reading().parts(body))

    def read_parts(self, source: BinaryIO) -> Iterator[StatementPart]:
        """Yield the parts of each message as ``read`` reads it; no more than one is kept as values.

        Raises as ``read`` does. The text is held: what proves its encoding is all of it.
        """
        yield from _Reading().parts(source.read())


READER = Mt940Reader()


def _has_no_balance(statement: Statement) -> bool:
    return statement.opening is None and statement.closing is None


class _Reading:
    """One reading of a file, with the problems met since the last part."""

    def __init__(self) -> None:
        self.problems: list[StatementProblem] = []

    def note(self, rule: str, line: int, message: str) -> None:
        """Keep a problem with its line."""
        self.problems.append(StatementProblem(rule, f"line {line}", message))

    def parts(self, body: bytes) -> Iterator[StatementPart]:
        """Yield the parts of each message. Raises InvalidFile as ``read`` does."""
        found = False
        empty: list[int] = []
        text = decode(body)
        del body
        for message in messages(text):
            if not message.fields and not message.entries:
                self.note("message_cut", message.line, "a message begins and nothing follows")
                continue
            found = True
            statement, batch = self._statement(message)
            if _has_no_balance(statement) and not batch:
                empty.append(message.line)
            yield head_of(statement)
            if batch:
                yield batch
            yield StatementTail(statement)
            yield from self.problems
            self.problems.clear()
        yield from self.problems
        if not found:
            raise InvalidFile([Problem("line 1", "nothing_read")])
        if empty:
            raise InvalidFile([Problem(f"line {line}", "nothing_read") for line in empty])

    def _statement(self, message: Message) -> tuple[Statement, EntryBatch]:
        """Turn a message into a statement without entries, and its entries."""
        opening = self._balance(message, ("60F", "60M"))
        closing = self._balance(message, ("62F", "62M"))
        currency = self._currency(message, opening, closing)
        message.entries.close()
        entries, printed = self._readable(message.entries, currency)
        balances = [balance.amount for balance in (opening, closing) if balance]
        decimals = decimals_of(currency, [*printed.values(), *balances])
        start = opening.day if opening and "60F" in message.fields else None  # 60M: any page's day
        end = closing.day if closing else None
        units = {text: amount.units(decimals) for text, amount in printed.items()}
        rows = Rows(entries, [units[text] for text in entries.printed.amounts])
        self._name_oddities(rows)
        first = opening.units(decimals) if opening else None
        last = closing.units(decimals) if closing else None
        rows = self._without_words(message, rows, first, last)
        count, credits_, debits = self._printed(message, decimals)
        for line, fault in message.faults:
            self.note(fault, line, _FAULTS[fault])
        statement = Statement(
            account_number=_field(message, "25"),
            currency=currency,
            entries=(),
            number=_field(message, "28C") or _field(message, "28"),
            opening=first,
            closing=last,
            period_from=start,
            period_to=end,
            printed_credits=credits_,
            printed_debits=debits,
            printed_count=count,
            decimals=decimals,
            preview="MT942" if message.is_preview else "",
        )
        return statement, rows.batch(end or start or date.min)

    def _balance(self, message: Message, tags: tuple[str, str]) -> Balance | None:
        tag = next((tag for tag in tags if tag in message.fields), None)
        if tag is None:
            return None
        line, content = message.fields[tag]
        form = BALANCE.fullmatch(content)
        amount = read_decimal(form["amount"]) if form else None
        if form is None or amount is None:
            self.note("balance_unreadable", line, "a balance cannot be read")
            return None
        day = bank_day(form["day"])
        if form["rest"].strip():
            self.note("balance_unreadable", line, "something stands behind the balance")
        elif day is None:
            self.note("date_unreadable", line, "the balance's date is no date")
        return Balance(amount, form["mark"] == "D", day, form["currency"] or "")

    def _currency(self, message: Message, opening: Balance | None, closing: Balance | None) -> str:
        named = [balance.currency for balance in (opening, closing) if balance]
        # Without balances nothing names the account's currency: the floor limit of field 34F is the
        # bank's own measure. In đồng it is believed, because amounts must not get decimals then.
        floor = _FLOOR_LIMIT.fullmatch(_field(message, "34F"))
        named.append("VND" if floor and floor[1] == "VND" else "")
        currencies = [currency for currency in named if currency]
        if len(set(currencies)) > 1:
            self.note("currency_differs", message.line, "the balances are in two currencies")
        return currencies[0] if currencies else ""

    def _readable(
        self, entries: Entries, currency: str
    ) -> tuple[Entries, dict[str, PrintedDecimal]]:
        """Return the entries whose amounts can be read, and each amount by what is printed."""
        read = {text: _amount(text, currency) for text in set(entries.printed.amounts)}
        known = {text: amount for text, amount in read.items() if amount is not None}
        if len(known) < len(read):
            for text, line in zip(entries.printed.amounts, entries.lines, strict=True):
                if text not in known:
                    self.note("amount_unreadable", line, "the amount cannot be read")
            entries = entries.only([text in known for text in entries.printed.amounts])
        return entries, known

    def _name_oddities(self, rows: Rows) -> None:
        """Name what is odd in an entry that can be read, in the order of the file."""
        entries, heads = rows.entries, rows.heads
        if not any(entries.after_closing) and not any(head.is_odd for head in heads.values()):
            return
        for line, text, is_late in zip(
            entries.lines, entries.printed.heads, entries.after_closing, strict=True
        ):
            if heads[text].is_day_first:
                self.note("date_format", line, "the date is not written year, month, day")
            if heads[text].booked_on is None:
                self.note("date_unreadable", line, "the entry's date is no date")
            if is_late:
                self.note("entry_after_closing", line, "an entry stands behind the end")

    def _without_words(
        self, message: Message, rows: Rows, opening: int | None, closing: int | None
    ) -> Rows:
        """Take an entry back into the text it stands in, when the balances prove it was never one.

        A payer's text with a line break and ``:61:`` looks like a payment. Where the balances miss
        the sum by exactly one such line, it is words; a person still looks at it.
        """
        known = opening is not None and closing is not None
        excess = sum(rows.signed()) - ((closing or 0) - (opening or 0)) if known else 0
        if known and excess == 0:
            return rows
        for line, tag in message.doubts:
            self.note("tag_in_text", line, f"a text contains a line like field {tag}")
        place = rows.only_suspect(excess) if excess else None
        if place is None:
            return rows
        line = rows.entries.lines[place]
        if not rows.is_unlike_the_others(place):
            self.note("entry_may_be_text", line, "without this entry the statement would add up")
            return rows
        self.note("entry_in_text", line, "a text contains a line that looks like an entry")
        return rows.as_words(place)

    def _printed(
        self, message: Message, decimals: int
    ) -> tuple[int | None, int | None, int | None]:
        totals = {}
        for tag in ("90C", "90D"):
            form = _COUNT.fullmatch(_field(message, tag))
            amount = read_decimal(form[3]) if form else None
            if form and amount and len(amount.fraction) <= decimals:
                totals[tag] = int(form[1]), amount.units(decimals)
            elif tag in message.fields:
                self.note("total_unreadable", message.fields[tag][0], "a total cannot be read")
        counts = [count for count, _ in totals.values()]
        incoming, outgoing = totals.get("90C"), totals.get("90D")
        return (
            sum(counts) if len(counts) == 2 else None,
            incoming[1] if incoming else None,
            outgoing[1] if outgoing else None,
        )


def _field(message: Message, tag: str) -> str:
    return message.fields.get(tag, (0, ""))[1].strip()


def _amount(text: str, currency: str) -> PrintedDecimal | None:
    amount = read_decimal(text)
    if amount is not None and amount.fraction and currency in UNITS_WITHOUT_DECIMALS:
        return None
    return amount
