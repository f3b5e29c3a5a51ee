"""A centre with a clock, a bank that tells of transfers in every way, and books that are checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bank_adapters.statements.writing import mt940, vietcombank_csv
from payments.domain.bank_messages import (
    BankRequest,
    Direction,
    Statement,
    StatementEntry,
    TransferNotice,
)
from payments.domain.breaks import BreakKind
from payments.domain.business_day import local
from payments.domain.days import DayClose
from payments.domain.requests import RequestStanding
from payments.domain.staff import Actor
from payments.services.hear_delivery import Delivery
from payments.services.place_transfer import place_transfers
from payments.services.receive_deliveries import receive_deliveries
from payments.services.record_tellings import Recorded
from payments.services.run_till import close_till, open_till
from payments.services.take_cash import CashTaken, take_cash
from payments.wiring import Wiring
from reconciliation.domain.books import Finding
from reconciliation.domain.day_report import DayReport
from reconciliation.services.check_books import check_books
from reconciliation.services.close_day import close_day
from reconciliation.services.import_statement import ImportResult, import_statement
from reconciliation.services.report_day import day_report
from reconciliation.store.unit_of_work import SqlBooks
from tests import makers

TOTAL = 475_000
"""What a request of procedure 1.001 asks for: a phí of 450.000 and a lệ phí of 25.000."""


@dataclass(frozen=True)
class Paid:
    """A payment as the bank knows it: its own number, when, how much and with which words."""

    bank_reference: str
    amount: int
    text: str
    at: datetime
    direction: Direction = Direction.IN


@dataclass
class Stage:
    """What a flow test plays on."""

    wiring: Wiring
    clock: makers.FixedClock
    made: makers.MadeCentre
    _requests: int = 0
    _messages: int = 0
    _payments: int = field(default=0)

    @classmethod
    def on(cls, database_url: str, folder: Path) -> Stage:
        """Set up a centre on a fresh database."""
        clock = makers.FixedClock()
        wiring = makers.a_wiring(makers.some_settings(database_url, folder), clock)
        return cls(wiring, clock, makers.a_centre(wiring.engine))

    @property
    def centre_id(self) -> str:
        return self.made.centre_id

    @property
    def today(self) -> date:
        return local(self.clock.now()).date()

    @property
    def finance(self) -> Actor:
        return Actor(self.centre_id, "staff:HTR-taichinh")

    def request(self, procedure: str = "1.001") -> RequestStanding:
        """Register the next dossier and ask for its fees."""
        self._requests += 1
        return makers.a_request(self.wiring, self.made, number=self._requests, procedure=procedure)

    def pay(self, words: str, amount: int = TOTAL, direction: Direction = Direction.IN) -> Paid:
        """Let a citizen transfer money: the bank knows, and has told nobody yet."""
        self._payments += 1
        self.clock.move(minutes=1)
        return Paid(f"FT{self._payments:05d}", amount, words, self.clock.now(), direction)

    def announce(self, *payments: Paid, amount: int | None = None) -> list[Recorded]:
        """Let the bank post its webhook of each payment, in one batch."""
        deliveries = [self.delivery(paid, amount) for paid in payments]
        with self.wiring.open_uow() as uow:
            answers = receive_deliveries(uow, self.wiring.world, deliveries)
            uow.commit()
        return [recorded for answer in answers for recorded in answer.recorded]

    def statement(
        self,
        payments: Iterable[Paid],
        *,
        opening: int = 0,
        first: date | None = None,
        last: date | None = None,
    ) -> bytes:
        """Return the bank's statement file of some payments."""
        return vietcombank_csv(self._listed(payments, opening=opening, first=first, last=last))

    def mt940(
        self,
        before: Sequence[Paid],
        reversals: Sequence[Paid],
        after: Sequence[Paid] = (),
        *,
        opening: int = 0,
    ) -> bytes:
        """Return the bank's MT940 of some payments, of which it takes some back (RC and RD)."""
        payments = (*before, *reversals, *after)
        return mt940(self._listed(payments, reversals, opening=opening))

    def _listed(
        self,
        payments: Iterable[Paid],
        reversals: Sequence[Paid] = (),
        *,
        opening: int,
        first: date | None = None,
        last: date | None = None,
    ) -> Statement:
        """What the bank's statement of some payments says."""
        days, entries = [], []
        balance = opening
        for number, paid in enumerate(payments, start=1):
            days.append(local(paid.at).date())
            balance += paid.amount if paid.direction is Direction.IN else -paid.amount
            entries.append(
                StatementEntry(
                    where=f"row {number}",
                    booked_on=days[-1],
                    amount=paid.amount,
                    direction=paid.direction,
                    text=paid.text,
                    bank_reference=paid.bank_reference,
                    balance_after=balance,
                    is_reversal=paid in reversals,
                )
            )
        return Statement(
            account_number=self.made.account.account_number,
            currency="VND",
            entries=tuple(entries),
            number="1",
            opening=opening,
            closing=balance,
            period_from=first or min(days, default=self.today),
            period_to=last or max(days, default=self.today),
        )

    def import_file(self, body: bytes, name: str = "sao-ke.csv") -> ImportResult:
        """Hand a statement file in."""
        with SqlBooks(self.wiring.engine) as uow:
            result = import_statement(
                uow,
                self.wiring.world,
                self.finance,
                self.wiring.statement_readers,
                file_name=name,
                body=body,
            )
            uow.commit()
        return result

    def place(self, standing: RequestStanding, *transfer_ids: str) -> None:
        """Let the finance officer give transfers to a request."""
        with self.wiring.open_uow() as uow:
            staff_id = self.finance.actor_id.removeprefix("staff:")
            place_transfers(
                uow,
                self.wiring.world,
                uow.staff.get(self.centre_id, staff_id),
                transfer_ids=transfer_ids,
                reference=standing.request.reference,
            )
            uow.commit()

    def open_till(self) -> None:
        with self.wiring.open_uow() as uow:
            open_till(
                uow,
                self.wiring.world,
                self.made.cashier,
                counter_id=self.made.counter.counter_id,
                float_amount=500_000,
            )
            uow.commit()

    def take_cash(self, standing: RequestStanding, tendered: int = 500_000) -> CashTaken:
        with self.wiring.open_uow() as uow:
            taken = take_cash(
                uow,
                self.wiring.world,
                self.made.cashier,
                request_id=standing.request.request_id,
                tendered=tendered,
                form_key=standing.request.request_id,
            )
            uow.commit()
        return taken

    def close_till(self, counted: int) -> None:
        """Count the drawer, the float included, in notes of 1.000."""
        with self.wiring.open_uow() as uow:
            close_till(uow, self.wiring.world, self.made.cashier, counts={1_000: counted // 1_000})
            uow.commit()

    def close_day(self, day: date | None = None, *, accept_missing: bool = False) -> DayClose:
        with SqlBooks(self.wiring.engine) as uow:
            done = close_day(
                uow,
                self.wiring.world,
                self.finance,
                day or self.today,
                accept_missing_statement=accept_missing,
            )
            uow.commit()
        return done

    def report(self, first: date | None = None, last: date | None = None) -> DayReport:
        with SqlBooks(self.wiring.engine, write=False) as uow:
            begin = first or self.today
            return day_report(uow, self.centre_id, begin, last or begin)

    def standing(self, standing: RequestStanding) -> RequestStanding:
        """Look at a request again."""
        with self.wiring.open_uow(write=False) as uow:
            return uow.requests.standing(self.centre_id, standing.request.request_id)

    def state(self, standing: RequestStanding) -> str:
        return self.standing(standing).state(self.clock.now()).value

    def open_breaks(self) -> list[BreakKind]:
        """The kinds of differences still in the work list."""
        query = (
            "SELECT kind FROM breaks b WHERE NOT EXISTS (SELECT 1 FROM break_resolutions r "
            "WHERE r.centre_id = b.centre_id AND r.break_id = b.break_id) ORDER BY kind"
        )
        return [BreakKind(row[0]) for row in self._rows(query)]

    def break_ids(self, kind: BreakKind) -> list[str]:
        rows = self._rows(f"SELECT break_id FROM breaks WHERE kind = '{kind.value}'")
        return [row[0] for row in rows]

    def balances(self) -> dict[str, int]:
        """What stands on each account, debit positive; empty accounts left out."""
        rows = self._rows("SELECT account, SUM(amount) FROM postings GROUP BY account")
        return {row[0]: int(row[1]) for row in rows if row[1]}

    def count(self, table: str) -> int:
        return int(self._rows(f"SELECT COUNT(*) FROM {table}")[0][0])

    def findings(self) -> list[Finding]:
        """What the books check finds: nothing, after every test."""
        with SqlBooks(self.wiring.engine, write=False) as uow:
            return check_books(uow)

    def tomorrow(self) -> None:
        self.clock.move(days=1)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.wiring.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def delivery(self, paid: Paid, amount: int | None = None) -> Delivery:
        """What reaches us when the bank posts its webhook of a payment."""
        self._messages += 1
        body = json.dumps({"id": paid.bank_reference, "n": self._messages}).encode()
        notice = TransferNotice(
            event_id=paid.bank_reference,
            account_number=self.made.account.account_number,
            direction=paid.direction,
            amount=amount or paid.amount,
            currency="VND",
            occurred_at=paid.at,
            remittance_information=paid.text,
            bank_reference=paid.bank_reference,
        )
        request = BankRequest("POST", "", (("content-type", "application/json"),), body, "1.2.3.4")
        return Delivery(self.made.endpoint, self.made.account, request, (notice,))


LATER = timedelta(days=8)
"""Past the end of a request."""
