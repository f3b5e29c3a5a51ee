"""Statements in SWIFT MT940, and the day's previews in MT942, in the dialects banks send them in.

Our own reader of the tags, because wrong readings of this format are wrong money: reversals counted
as income, thousands lost behind a dot, and payments made of a payer's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO

from bank_adapters.statements.encodings import decode_head
from bank_adapters.statements.mt940_fields import (
    UNITS_WITHOUT_DECIMALS,
    Balance,
    PrintedDecimal,
    bank_day,
    booking_day,
    decimals_of,
    read_decimal,
)
from bank_adapters.statements.mt940_messages import (
    BALANCE,
    Entry,
    Message,
    decode,
    messages,
    reference_of,
    text_of,
)
from bank_adapters.statements.parts import parts_of
from payments.domain.bank_messages import (
    Direction,
    Statement,
    StatementEntry,
    StatementFile,
    StatementProblem,
)
from payments.domain.errors import InvalidFile, Problem
from payments.domain.statement_parts import StatementPart

_BEGINNING = re.compile(r"[^,;\t<]{0,400}?(?<![^\r\n\x01]):20:.*?(?<![^\r\n]):25:", re.DOTALL)
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
        reading = _Reading([])
        return StatementFile(tuple(reading.statements(body)), tuple(reading.problems))

    def read_parts(self, source: BinaryIO) -> Iterator[StatementPart]:
        """Yield the parts of each message as ``read`` reads it; no more than one is kept as values.

        Raises as ``read`` does. The text is held: what proves its encoding is all of it.
        """
        reading = _Reading([])
        for statement in reading.statements(source.read()):
            yield from parts_of(statement)
        yield from reading.problems


READER = Mt940Reader()


def _is_empty(statement: Statement) -> bool:
    return not statement.entries and statement.opening is None and statement.closing is None


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of a file, with the problems met so far."""

    problems: list[StatementProblem]

    def note(self, rule: str, line: int, message: str) -> None:
        """Keep a problem with its line."""
        self.problems.append(StatementProblem(rule, f"line {line}", message))

    def statements(self, body: bytes) -> Iterator[Statement]:
        """Yield the statement of each message. Raises InvalidFile as ``read`` does."""
        found = False
        empty: list[int] = []
        for message in messages(decode(body)):
            if not message.fields and not message.entries:
                self.note("message_cut", message.line, "a message begins and nothing follows")
                continue
            found = True
            line, statement = self.statement(message)
            if _is_empty(statement):
                empty.append(line)
            yield statement
        if not found:
            raise InvalidFile([Problem("line 1", "nothing_read")])
        if empty:
            raise InvalidFile([Problem(f"line {line}", "nothing_read") for line in empty])

    def statement(self, message: Message) -> tuple[int, Statement]:
        """Turn a message into a statement, and give the line it begins at."""
        opening = self._balance(message, ("60F", "60M"))
        closing = self._balance(message, ("62F", "62M"))
        currency = self._currency(message, opening, closing)
        amounts = [(entry, self._amount(entry, currency)) for entry in message.entries]
        readable = [(entry, amount) for entry, amount in amounts if amount is not None]
        shown = [amount for _, amount in readable]
        shown += [balance.amount for balance in (opening, closing) if balance]
        decimals = decimals_of(currency, shown)
        start = opening.day if opening and "60F" in message.fields else None  # 60M: any page's day
        end = closing.day if closing else None
        rows = [
            self._entry(entry, amount.units(decimals), end or start) for entry, amount in readable
        ]
        first, last = (one.units(decimals) if one else None for one in (opening, closing))
        kept = self._without_words(message, [entry for entry, _ in readable], rows, first, last)
        count, credits_, debits = self._printed(message, decimals)
        for line, fault in message.faults:
            self.note(fault, line, _FAULTS[fault])
        return message.line, Statement(
            account_number=_field(message, "25"),
            currency=currency,
            entries=tuple(kept),
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

    def _amount(self, entry: Entry, currency: str) -> PrintedDecimal | None:
        amount = read_decimal(entry.form["amount"])
        if amount is None or (amount.fraction and currency in UNITS_WITHOUT_DECIMALS):
            self.note("amount_unreadable", entry.line, "the amount cannot be read")
            return None
        return amount

    def _entry(self, entry: Entry, amount: int, fallback: date | None) -> StatementEntry:
        value, booked, mark, _, _, _, references = entry.form.groups()
        if len(value) == 8:
            value_on = bank_day(value[6:] + value[2:4] + value[:2])
            self.note("date_format", entry.line, "the date is not written year, month, day")
        else:
            value_on = bank_day(value)
        booked_on = booking_day(booked, value_on)
        if booked_on is None:
            self.note("date_unreadable", entry.line, "the entry's date is no date")
        if entry.after_closing:
            self.note("entry_after_closing", entry.line, "an entry stands behind the end")
        return StatementEntry(
            f"line {entry.line}",
            booked_on or fallback or date.min,
            amount,
            Direction.IN if mark in {"C", "RD", "EC"} else Direction.OUT,
            text_of(entry),
            reference_of(references),
            value_on,
            is_reversal=mark in {"RC", "RD"},
            is_pending=mark in {"EC", "ED"},
        )

    def _without_words(
        self,
        message: Message,
        sources: list[Entry],
        rows: list[StatementEntry],
        opening: int | None,
        closing: int | None,
    ) -> list[StatementEntry]:
        """Take an entry back into the text it stands in, when the balances prove it was never one.

        A payer's text with a line break and ``:61:`` looks like a payment. Where the balances miss
        the sum by exactly one such line, it is words; a person still looks at it.
        """
        known = opening is not None and closing is not None
        excess = sum(map(_signed, rows)) - ((closing or 0) - (opening or 0)) if known else 0
        if known and excess == 0:
            return rows
        for line, tag in message.doubts:
            self.note("tag_in_text", line, f"a text contains a line like field {tag}")
        suspects = [
            place
            for place, (source, row) in enumerate(zip(sources, rows, strict=True))
            if place and source.in_text and _signed(row) == excess
        ]
        if not excess or len(suspects) != 1:
            return rows
        if not _is_unlike_the_others(sources, suspects[0]):
            line = sources[suspects[0]].line
            self.note("entry_may_be_text", line, "without this entry the statement would add up")
            return rows
        place = suspects[0]
        before, words = rows[place - 1], sources[place]
        self.note("entry_in_text", words.line, "a text contains a line that looks like an entry")
        sources[place - 1].details.append(f":61:{words.form.string}")
        sources[place - 1].details.extend(words.supplement + words.details)
        told = replace(before, text=text_of(sources[place - 1]))
        return [*rows[: place - 1], told, *rows[place + 1 :]]

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


def _signed(entry: StatementEntry) -> int:
    if entry.is_pending:
        return 0
    return entry.amount if entry.direction is Direction.IN else -entry.amount


def _is_unlike_the_others(sources: list[Entry], place: int) -> bool:
    """Whether an entry lacks the field 86 that all others have, or alone has another form.

    Both are needed besides the balances: a statement that its bank or a person shortened can miss
    the sum by a true entry too.
    """
    suspect, others = sources[place], sources[:place] + sources[place + 1 :]
    if not suspect.details and all(other.details for other in others):
        return True
    forms = {_form(other) for other in others}
    return len(others) >= 3 and len(forms) == 1 and _form(suspect) not in forms


def _form(entry: Entry) -> tuple[bool, str | None, str | None, bool]:
    form = entry.form
    return bool(form["entry"]), form["funds"], form["kind"], "//" in form["references"]
