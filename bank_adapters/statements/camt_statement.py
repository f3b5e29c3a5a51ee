"""One account of a camt message: balances, entries and totals, from the texts of its elements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from xml.etree.ElementTree import Element

from bank_adapters.statements.camt_balances import BOOKED, Balances
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
)
from bank_adapters.statements.camt_rows import Rows
from bank_adapters.statements.mt940_fields import (
    UNITS_WITHOUT_DECIMALS,
    Balance,
    PrintedDecimal,
)
from bank_adapters.statements.parts import ToldTooLateError, head_of
from bank_adapters.statements.xml_parts import Names
from payments.domain.bank_messages import Direction, Statement, StatementProblem
from payments.domain.statement_parts import StatementHead, StatementPart, StatementTail

_COUNT = re.compile(r"[0-9]{1,15}")
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
        self._rows = Rows()
        self._head: StatementHead | None = None
        self._turned: bool | None = None
        self._undated: set[date] = set()
        self.is_turned = False
        self._balances = Balances()
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
            if currency in UNITS_WITHOUT_DECIMALS and not self._rows.count:
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
        if code not in BOOKED:
            return
        amount = read_amount(texts.get("Amt", ""), currency)
        side = SIDES.get(texts.get("CdtDbtInd", ""))
        if amount is None or side is None:
            self._note("balance_unreadable", code, "a balance cannot be read")
            return
        self._take_currency(currency, code)
        day, _ = moment_of(texts, "Dt", currency)
        self._balances.add(code, Balance(amount, side is Direction.OUT, day, currency))

    def take_entry(self, texts: Texts, details: Sequence[str]) -> None:
        """Take an entry; one that cannot be read stays in the list, named and not summed."""
        where = f"{self._prefix}entry {self._rows.count + 1}"
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
        booked = moment_of(texts, "BookgDt", self._currency)
        value_on, _ = moment_of(texts, "ValDt", self._currency)
        if booked[0] is None and value_on is None and not is_pending:
            self._note("date_unreadable", where, "the entry has no date that can be read")
        announced = texts.get("NbOfTxs", "")
        if details and announced not in {"", str(len(details))}:
            message = f"{announced} payments are announced, {len(details)} are told"
            self._note("details_count", where, message)
        self._rows.add(
            where,
            booked,
            amount.units(self._decimals) if amount else 0,
            side or Direction.OUT,
            text_of(texts, details),
            reference_of(texts, details),
            value_on,
            is_reversal=texts.get("RvslInd") in {"true", "1"},
            is_pending=is_pending,
        )

    @property
    def waiting(self) -> int:
        """The number of entries that are held."""
        return len(self._rows)

    @property
    def is_empty(self) -> bool:
        """Whether there are neither entries nor balances."""
        return not self._rows.count and self._balances.first_and_last() == (None, None)

    def give_out(self, foresee: Callable[[], bool | None]) -> Iterator[StatementPart]:
        """Yield the entries that are held, before the statement has ended.

        ``foresee`` is asked when there are reversals, and says whether they will have to be turned
        round, or None when it does not matter. What follows has to agree with what is given out.
        """
        self._widen_for_balances()
        if self._head is None:
            self._head = head_of(self._told())
            yield self._head
        if self._turned is None and self._rows.take_back:
            self._turned = foresee()
        self._rows.add_up()
        day = self._undated_day()
        if self._rows.are_undated:
            self._undated.add(day)
        yield self._rows.give_out(day, turned=bool(self._turned))

    def end(self, preview: str) -> Iterator[StatementPart]:
        """Yield the parts that are left when the element closes.

        ``preview`` names the message of a running day. Raises ToldTooLateError when entries that
        have been given out had to be read otherwise.
        """
        self._widen_for_balances()
        self._rows.add_up()
        told = replace(self._told(), preview=preview)
        self.is_turned = self._rows.sums.turns(told.opening, told.closing)
        head, day = head_of(told), self._undated_day()
        if self._head is None:
            yield head
        elif (
            (head.account_number, head.currency, head.decimals)
            != (self._head.account_number, self._head.currency, self._head.decimals)
            or self._turned not in {None, self.is_turned}
            or not self._undated <= {day}
        ):
            raise ToldTooLateError(f"{self._prefix}entry {self._rows.given}")
        for code in self._balances.doubles():
            self._note("tag_repeated", code, "a balance stands twice with different amounts")
        self._check_sum()
        if self._rows:
            yield self._rows.give_out(day, turned=self.is_turned)
        yield StatementTail(told)

    def _widen_for_balances(self) -> None:
        shown = [total.amount for total in self._totals.values() if total.amount]
        shown += [balance.amount for balance in self._balances.first_and_last() if balance]
        widest = max((len(amount.fraction) for amount in shown), default=0)
        if widest > self._decimals:
            self._widen(widest)

    def _undated_day(self) -> date:
        """Return the day of entries that name none."""
        start, end = self._period()
        return end or read_day(self._texts.get("CreDtTm", "")) or start or date.min

    def _told(self) -> Statement:
        """Return what is known of the statement besides its entries."""
        first, last = self._balances.first_and_last()
        start, end = self._period()
        names = ("ElctrncSeqNb", "LglSeqNb", "Id")
        incoming = self._totals.get("TtlCdtNtries", _Total(None, None))
        outgoing = self._totals.get("TtlDbtNtries", _Total(None, None))
        count = self._totals.get("TtlNtries", _Total(None, None)).count
        if count is None and incoming.count is not None and outgoing.count is not None:
            count = incoming.count + outgoing.count
        return Statement(
            account_number=self._number,
            currency=self._currency,
            entries=(),
            number=next((self._texts[name] for name in names if self._texts.get(name)), ""),
            opening=first.units(self._decimals) if first else None,
            closing=last.units(self._decimals) if last else None,
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
        if self._rows.given:
            raise ToldTooLateError(f"{self._prefix}entry {self._rows.count + 1}")
        self._rows.widen(10 ** (decimals - self._decimals))
        self._decimals = decimals

    def _is_pending(self, texts: Texts, where: str) -> bool:
        """Say whether an entry is not booked; a status of the bank's own making is named."""
        status = texts.get("Sts/Cd") or texts.get("Sts", "")
        if status == "BOOK" or (not status and "Sts/Prtry" not in texts):
            return False
        if status not in _NOT_YET:
            self._note("status_unknown", where, "it is not clear whether the entry is booked")
        return True

    def _period(self) -> tuple[date | None, date | None]:
        """Give the days the statement says it is about, else those of its balances."""
        start, end = (
            moment_of(self._texts, f"FrToDt/{name}", self._currency)[0] for name in ("Fr", "To")
        )
        return self._balances.days() if start is None and end is None else (start, end)

    def _check_sum(self) -> None:
        """Compare the printed sum of all entries, whatever their direction."""
        printed = self._totals.get("TtlNtries", _Total(None, None)).amount
        if printed is None:
            return
        told, sums = printed.units(self._decimals), self._rows.sums
        if told not in {sums.every, sums.booked}:
            self._note("printed_sum", "TtlNtries", f"{told} is printed, {sums.booked} was read")
