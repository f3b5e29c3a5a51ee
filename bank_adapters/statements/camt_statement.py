"""One account of a camt message: balances, entries and totals, from the texts of its elements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from xml.etree.ElementTree import Element

from bank_adapters.statements.camt_fields import (
    SIDES,
    Texts,
    entry_texts,
    moment_of,
    read_amount,
    read_day,
    reference_of,
    text_of,
    texts_of,
    turned,
)
from bank_adapters.statements.mt940_fields import (
    UNITS_WITHOUT_DECIMALS,
    Balance,
    PrintedDecimal,
)
from bank_adapters.statements.xml_parts import Names
from payments.domain.bank_messages import Direction, Statement, StatementEntry, StatementProblem

_COUNT = re.compile(r"[0-9]{1,15}")
_BALANCES = frozenset({"OPBD", "PRCD", "CLBD", "ITBD"})
_NOT_YET = frozenset({"PDNG", "INFO", "FUTR"})


@dataclass(frozen=True, slots=True)
class _Total:
    """A printed number and sum of entries."""

    count: int | None
    amount: PrintedDecimal | None


class Account:
    """A statement while it is being read.

    ``prefix`` tells apart the statements of one file, ``names`` takes namespaces off names.
    """

    def __init__(self, prefix: str, names: Names, problems: list[StatementProblem]) -> None:
        """Begin without entries and balances. ``problems`` are those of the file."""
        self._names = names
        self._texts: Texts = {}
        self._number = ""
        self._prefix = prefix
        self._problems = problems
        self._entries: list[StatementEntry] = []
        self._undated: list[int] = []
        self._balances: list[tuple[str, Balance]] = []
        self._totals: dict[str, _Total] = {}
        self._currency = ""
        self._decimals = 2

    def take(self, part: Element) -> None:
        """Take a finished part of the statement; what is not looked for is passed over."""
        name = self._names[part.tag]
        if name == "Ntry":
            self.take_entry(*entry_texts(part, self._names))
        elif name == "Bal":
            self._take_balance(part)
        elif name == "TxsSummry":
            for total in part:
                self._take_total(self._names[total.tag], texts_of(total, self._names))
        elif name == "Acct":
            self._take_account(part)
        else:
            for key, text in texts_of(part, self._names, name).items():
                self._texts.setdefault(key, text)

    def _take_account(self, part: Element) -> None:
        texts = texts_of(part, self._names)
        self._number = texts.get("Id/IBAN") or texts.get("Id/Othr/Id", "")
        self._take_currency(texts.get("Ccy", ""), "Acct")

    def _take_currency(self, currency: str, where: str) -> None:
        """Take a currency that is named; all of one statement have to be the same."""
        if not self._currency:
            self._currency = currency
            if currency in UNITS_WITHOUT_DECIMALS and not self._entries:
                self._decimals = 0
        elif currency and currency != self._currency:
            self._note("currency_differs", where, f"{currency} beside {self._currency}")

    def _take_total(self, name: str, texts: Texts) -> None:
        count, total = texts.get("NbOfNtries", ""), texts.get("Sum", "")
        amount = read_amount(total.removeprefix("-"), self._currency)
        if (count and not _COUNT.fullmatch(count)) or (total and amount is None):
            self._note("total_unreadable", name, "a printed total cannot be read")
            return
        self._totals[name] = _Total(int(count) if count else None, amount)

    def _take_balance(self, part: Element) -> None:
        """Take a balance; those of what is available or expected are not the books'."""
        texts = texts_of(part, self._names)
        code, currency = texts.get("Tp/CdOrPrtry/Cd", ""), texts.get("Amt@Ccy", "")
        if code not in _BALANCES:
            return
        amount = read_amount(texts.get("Amt", ""), currency)
        side = SIDES.get(texts.get("CdtDbtInd", ""))
        if amount is None or side is None:
            self._note("balance_unreadable", code, "a balance cannot be read")
            return
        self._take_currency(currency, code)
        day, _ = moment_of(texts, "Dt", currency)
        self._balances.append((code, Balance(amount, side is Direction.OUT, day, currency)))

    def take_entry(self, texts: Texts, details: Sequence[str]) -> None:
        """Take an entry; one that cannot be read stays in the list, named and not summed."""
        where = f"{self._prefix}entry {len(self._entries) + 1}"
        amount = read_amount(texts.get("Amt", ""), texts.get("Amt@Ccy", ""))
        if amount is None:
            self._note("amount_unreadable", where, "the amount cannot be read")
        else:
            self._take_currency(texts.get("Amt@Ccy", ""), where)
            if len(amount.fraction) > self._decimals:
                self._widen(len(amount.fraction))
        side = SIDES.get(texts.get("CdtDbtInd", ""))
        if side is None:
            self._note("direction_unclear", where, "neither CRDT nor DBIT is said")
        is_pending = self._is_pending(texts, where) or side is None
        booked_on, booked_at = moment_of(texts, "BookgDt", self._currency)
        value_on, _ = moment_of(texts, "ValDt", self._currency)
        if booked_on is None and value_on is None:
            self._undated.append(len(self._entries))
            if not is_pending:
                self._note("date_unreadable", where, "the entry has no date that can be read")
        announced = texts.get("NbOfTxs", "")
        if details and announced not in {"", str(len(details))}:
            message = f"{announced} payments are announced, {len(details)} are told"
            self._note("details_count", where, message)
        self._entries.append(
            StatementEntry(
                where,
                booked_on or value_on or date.min,
                amount.units(self._decimals) if amount else 0,
                side or Direction.OUT,
                text_of(texts, details),
                reference_of(texts, details),
                value_on,
                booked_at,
                is_reversal=texts.get("RvslInd") in {"true", "1"},
                is_pending=is_pending,
            )
        )

    def statement(self) -> Statement:
        """Put the statement together when its element closes."""
        first, last = self._first_and_last()
        shown = [total.amount for total in self._totals.values() if total.amount]
        shown += [balance.amount for balance in (first, last) if balance]
        widest = max((len(amount.fraction) for amount in shown), default=0)
        if widest > self._decimals:
            self._widen(widest)
        opening = first.units(self._decimals) if first else None
        closing = last.units(self._decimals) if last else None
        start, end = self._period(first, last)
        made = read_day(self._texts.get("CreDtTm", ""))
        for place in self._undated:
            day = end or made or start or date.min
            self._entries[place] = replace(self._entries[place], booked_on=day)
        entries = turned(self._entries, opening, closing)
        self._check_sum(entries)
        names = ("ElctrncSeqNb", "LglSeqNb", "Id")
        incoming = self._totals.get("TtlCdtNtries", _Total(None, None))
        outgoing = self._totals.get("TtlDbtNtries", _Total(None, None))
        count = self._totals.get("TtlNtries", _Total(None, None)).count
        if count is None and incoming.count is not None and outgoing.count is not None:
            count = incoming.count + outgoing.count
        return Statement(
            account_number=self._number,
            currency=self._currency,
            entries=tuple(entries),
            number=next((self._texts[name] for name in names if self._texts.get(name)), ""),
            opening=opening,
            closing=closing,
            period_from=start,
            period_to=end,
            printed_credits=incoming.amount.units(self._decimals) if incoming.amount else None,
            printed_debits=outgoing.amount.units(self._decimals) if outgoing.amount else None,
            printed_count=count,
            decimals=self._decimals,
        )

    def _note(self, rule: str, where: str, message: str) -> None:
        if not where.startswith(self._prefix):
            where = f"{self._prefix}{where}"
        self._problems.append(StatementProblem(rule, where, message))

    def _widen(self, decimals: int) -> None:
        """Count in smaller units from here on, and what was counted before too."""
        factor = 10 ** (decimals - self._decimals)
        self._entries = [replace(one, amount=one.amount * factor) for one in self._entries]
        self._decimals = decimals

    def _is_pending(self, texts: Texts, where: str) -> bool:
        """Say whether an entry is not booked; a status of the bank's own making is named."""
        status = texts.get("Sts/Cd") or texts.get("Sts", "")
        if status == "BOOK" or (not status and "Sts/Prtry" not in texts):
            return False
        if status not in _NOT_YET:
            self._note("status_unknown", where, "it is not clear whether the entry is booked")
        return True

    def _first_and_last(self) -> tuple[Balance | None, Balance | None]:
        """Choose opening and closing: OPBD or else PRCD, CLBD, and what is left of the interim.

        A report of the day has interim balances only: the first is the opening.
        """
        by_code: dict[str, list[Balance]] = {}
        for code, balance in self._balances:
            by_code.setdefault(code, []).append(balance)
        openings = by_code.get("OPBD") or by_code.get("PRCD") or []
        closings = by_code.get("CLBD", [])
        for code, found in (("OPBD", openings), ("CLBD", closings)):
            same_day = {one.day for one in found}
            if len(same_day) < len({(one.day, one.units(10)) for one in found}):
                self._note("tag_repeated", code, "a balance stands twice with different amounts")
        interim = by_code.get("ITBD", [])
        first = min(openings, key=_day, default=None)
        last = max(closings, key=_day, default=None)
        if first is None and interim:
            first, interim = interim[0], interim[1:]
        if last is None and interim:
            last = interim[-1]
        return first, last

    def _period(
        self, first: Balance | None, last: Balance | None
    ) -> tuple[date | None, date | None]:
        """Give the days the statement says it is about, else those of its balances."""
        start, end = (
            moment_of(self._texts, f"FrToDt/{name}", self._currency)[0] for name in ("Fr", "To")
        )
        if start is None and end is None and first and last:
            is_opening = any(code == "OPBD" and one is first for code, one in self._balances)
            return first.day if is_opening else None, last.day
        return start, end

    def _check_sum(self, entries: Sequence[StatementEntry]) -> None:
        """Compare the printed sum of all entries, whatever their direction."""
        printed = self._totals.get("TtlNtries", _Total(None, None)).amount
        if printed is None:
            return
        told = printed.units(self._decimals)
        every = sum(one.amount for one in entries)
        booked = sum(one.amount for one in entries if not one.is_pending)
        if told not in {every, booked}:
            self._note("printed_sum", "TtlNtries", f"{told} is printed, {booked} was read")


def _day(balance: Balance) -> date:
    return balance.day or date.min
