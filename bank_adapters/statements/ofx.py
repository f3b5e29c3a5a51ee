"""Statements in OFX, version 1 (SGML) and 2 (XML), as banks offer them for download.

The format has a ledger balance at the end and none at the beginning, and an identification of each
transaction that some banks leave empty or repeat, so neither is relied on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

from bank_adapters.statements.encodings import decode_head
from bank_adapters.statements.mt940_fields import (
    UNITS_WITHOUT_DECIMALS,
    PrintedDecimal,
    decimals_of,
)
from bank_adapters.statements.ofx_tags import BEGINNING, Group, decode_ofx, read_groups
from bank_adapters.statements.printed import MOST_DIGITS, VIETNAM, clean_text
from payments.domain.bank_messages import (
    Direction,
    Statement,
    StatementEntry,
    StatementFile,
    StatementProblem,
)
from payments.domain.errors import InvalidFile, Problem

_STATEMENTS = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
_LISTS = ("BANKTRANLIST", "BANKTRANLISTP", "INVTRANLIST")
_STARTS = re.compile(r"\s*(?:OFXHEADER\s*:|<\?(?:xml|OFX)\b|<OFX>)", re.IGNORECASE)
_AMOUNT = re.compile(r"([+-]?)([0-9]+)(?:[.,]([0-9]*))?|([+-]?)[.,]([0-9]+)")
_MOMENT = re.compile(
    r"([0-9]{8})(?:([0-9]{6})|[0-9]{2}|[0-9]{4})?(?:[.:][0-9]*)?"
    r"\s*(?:\[([+-]?[0-9]{1,2})(?:\.([0-9]{1,2}))?(?::[^\]]*)?\])?"
)


class OfxReader:
    """Reads OFX and its likes (QFX, QBO). Fits the port ``StatementReader``."""

    name = "ofx"

    def recognises(self, file_name: str, body: bytes) -> bool:  # noqa: ARG002 - content decides
        """Say whether the file begins with OFX's header and its first element follows."""
        head = decode_head(body)
        return _STARTS.match(head) is not None and BEGINNING.search(head) is not None

    def read(self, body: bytes) -> StatementFile:
        """Read every statement of a bank account, a card or an investment account.

        Raises InvalidFile when the file is cut off, broken or without any statement, and Invalid
        when its encoding cannot be found.
        """
        root = read_groups(decode_ofx(body))
        problems: list[StatementProblem] = []
        statements = [_Reading(group, problems).statement() for group in root.inside(*_STATEMENTS)]
        full = [one for one in statements if one.entries or one.closing is not None]
        if not full or len(full) < len(statements):
            raise InvalidFile([Problem("line 1", "nothing_read")])
        return StatementFile(tuple(statements), tuple(problems))


READER = OfxReader()


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry whose amount is not yet counted in units."""

    entry: StatementEntry
    amount: PrintedDecimal | None


class _Reading:
    """One statement of the file."""

    def __init__(self, group: Group, problems: list[StatementProblem]) -> None:
        self._group = group
        self._problems = problems
        self._currency = group.value("CURDEF").upper()

    def statement(self) -> Statement:
        """Read the list of transactions and the ledger balance."""
        lists = list(self._group.inside(*_LISTS))
        rows = [
            self._row(one, name)
            for listed in lists
            for name in ("STMTTRN", "STMTTRNP")
            for one in listed.inside(name)
        ]
        self._name_trades(lists)
        balance = self._balance()
        shown = [row.amount for row in rows if row.amount] + ([balance[1]] if balance else [])
        decimals = decimals_of(self._currency, shown)
        start, end = (self._limit(lists, name) for name in ("DTSTART", "DTEND"))
        account = next(self._group.inside("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"), None)
        return Statement(
            account_number=clean_text(account.value("ACCTID")) if account else "",
            currency=self._currency,
            entries=tuple(
                replace(
                    row.entry,
                    amount=row.amount.units(decimals) if row.amount else 0,
                    booked_on=row.entry.booked_on
                    if row.entry.booked_on > date.min
                    else end or date.min,
                )
                for row in rows
            ),
            closing=balance[0] * balance[1].units(decimals) if balance else None,
            period_from=start,
            period_to=end,
            decimals=decimals,
            prints_opening=False,
        )

    def _note(self, rule: str, line: int, message: str) -> None:
        self._problems.append(StatementProblem(rule, f"line {line}", message))

    def _row(self, found: Group, name: str) -> _Row:
        """Read a transaction; what cannot be read of it is named, and it stays in the list."""
        if found.twice:
            names = ", ".join(sorted(found.twice))
            self._note("tag_repeated", found.line, f"{names} stands twice in one transaction")
        amount = self._amount(found.value("TRNAMT"))
        if amount is None or "TRNAMT" in found.twice:
            amount = None
            self._note("amount_unreadable", found.line, "the amount cannot be read")
        booked_on, booked_at = self._moment(found.value("DTPOSTED") or found.value("DTTRAN"))
        if booked_on is None:
            self._note("date_unreadable", found.line, "the transaction's date is no date")
        value_on, _ = self._moment(found.value("DTAVAIL"))
        own = next(found.inside("CURRENCY"), None)
        symbol = own.value("CURSYM").upper() if own else ""
        if symbol and self._currency and symbol != self._currency:
            self._note("currency_differs", found.line, f"{symbol} beside {self._currency}")
        entry = StatementEntry(
            where=f"line {found.line}",
            booked_on=booked_on or date.min,
            amount=0,
            direction=Direction.IN if amount and amount[0] > 0 else Direction.OUT,
            text=_text(found),
            bank_reference=clean_text(
                found.value("FITID") or found.value("REFNUM") or found.value("CHECKNUM")
            ),
            value_on=value_on,
            booked_at=booked_at,
            is_pending=name == "STMTTRNP",
        )
        return _Row(entry, amount[1] if amount else None)

    def _name_trades(self, lists: list[Group]) -> None:
        """Say so when an investment account moved money by trades, which are not read."""
        for listed in lists:
            if listed.name == "INVTRANLIST" and listed.values.keys() - {"DTSTART", "DTEND"}:
                self._note("trades_left_out", listed.line, "trades are not read as movements")

    def _balance(self) -> tuple[int, PrintedDecimal] | None:
        ledger = next(self._group.inside("LEDGERBAL"), None)
        if ledger is None:
            return None
        amount = self._amount(ledger.value("BALAMT"))
        if amount is None or ledger.twice:
            self._note("balance_unreadable", ledger.line, "the balance cannot be read")
            return None
        return amount

    def _limit(self, lists: list[Group], name: str) -> date | None:
        days = [self._moment(one.value(name))[0] for one in lists if one.value(name)]
        return days[0] if days else None

    def _amount(self, text: str) -> tuple[int, PrintedDecimal] | None:
        """Read a signed amount, its decimals behind a point or a comma; đồng has none but zeros."""
        form = _AMOUNT.fullmatch(text)
        if form is None:
            return None
        whole, fraction = (
            (form[2] or "0").lstrip("0") or "0",
            (form[3] or form[5] or "").rstrip("0"),
        )
        if len(whole) > MOST_DIGITS or len(fraction) > 10:
            return None
        if fraction and self._currency in UNITS_WITHOUT_DECIMALS:
            return None
        sign = -1 if (form[1] or form[4]) == "-" else 1
        return sign, PrintedDecimal(whole, fraction)

    def _moment(self, text: str) -> tuple[date | None, datetime | None]:
        """Read a day; and the instant, for an account in đồng that says its offset.

        Without an offset the standard means UTC and banks mean their own time, so the day stands.
        """
        form = _MOMENT.fullmatch(text.strip())
        if form is None:
            return None, None
        try:
            if not form[2] or not form[3] or self._currency != "VND":
                return date.fromisoformat(form[1]), None
            own = timezone(timedelta(hours=int(form[3])))
            at = datetime.fromisoformat(f"{form[1]}T{form[2]}").replace(tzinfo=own)
            return at.astimezone(VIETNAM).date(), at.astimezone(UTC)
        except (ValueError, OverflowError):
            return None, None


def _text(found: Group) -> str:
    """Join name and memo; many banks begin the memo with the name."""
    payee = next(found.inside("PAYEE"), None)
    name = found.value("NAME") or (payee.value("NAME") if payee else "")
    memo = found.value("MEMO")
    return clean_text(memo if memo.startswith(name) else f"{name} {memo}".strip())
