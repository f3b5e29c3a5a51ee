"""Fills a database with closed days of paid requests, as fast as the rows can be built.

The rows are those of the service: its own functions record transfers and cash, settle, receipt and
post them, count the tills and close the days. Only the searches are left out, because it is known
here which request a transfer pays and which transfer a statement entry proves.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from payments.domain.bank_messages import Direction
from payments.domain.business_day import local
from payments.domain.cash import CashPayment, TillSession
from payments.domain.dossiers import Dossier, DossierSource
from payments.domain.fees import Channel, FeeItem, PayerClass
from payments.domain.references import new_reference
from payments.domain.requests import PaymentRequest, RequestLine, RequestStanding
from payments.domain.staff import Actor, Role
from payments.domain.transfers import BankMessage, Teller, Transfer
from payments.ports import World
from payments.services.begin_transfer import Context, Told, begin
from payments.services.issue_request import DEFAULT_EXPIRY
from payments.services.record_event import record
from payments.services.run_till import close_till, open_till
from payments.services.settle_request import settle
from payments.wiring import Wiring
from reconciliation.services.close_day import close_day
from reconciliation.store.unit_of_work import SqlBooks
from tests.bench.many_entries import prove
from tests.makers import START, FixedClock, MadeCentre, a_centre, some_settings
from wsgi import build_wiring

PER_DAY = 2_000
# PostgreSQL believes that its tables are empty until it has looked at them, and would search for
# the row of each foreign key by reading the whole table; SQLite never looks.
_FIRST_DAY = 100
_LOOKED_AT = (1, 2, 10)
_FLOAT = 1_000_000
_NOTE = 1_000
_OVER = 25_000
# Of a hundred payments.
_IN_CASH = 20
_TOO_LARGE = 1
_SMALL = 10


class SeededIds:
    """Identifiers of the service's form, the same ones for the same seed."""

    def __init__(self, clock: FixedClock, chance: random.Random) -> None:
        self._clock = clock
        self._chance = chance

    def new(self) -> str:
        """A UUID version 7."""
        moment = int(self._clock.now().timestamp() * 1000)
        noise = self._chance.getrandbits(74)
        high, low = noise >> 62, noise & ((1 << 62) - 1)
        return f"{(moment << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low:032x}"

    def token(self) -> str:
        return f"{self._chance.getrandbits(192):032x}"

    def below(self, limit: int) -> int:
        return self._chance.randrange(limit)


def fill(database_url: str, folder: Path, payments: int, seed: int = 1) -> Wiring:
    """Fill a fresh database with so many payments; the caller disposes of the engine."""
    clock, chance = FixedClock(), random.Random(seed)
    world = World(clock, SeededIds(clock, chance))
    wiring = build_wiring(some_settings(database_url, folder), world)
    made = a_centre(wiring.engine)
    balance = done = number = 0
    while done < payments:
        count = min(PER_DAY if done else _FIRST_DAY, payments - done)
        clock.at = START + timedelta(days=number)
        with SqlBooks(wiring.engine) as uow:
            day = Day(uow, world, clock, chance, made, number)
            balance = day.pass_by(count, balance)
            uow.commit()
        done, number = done + count, number + 1
        if number in _LOOKED_AT or done >= payments:
            _look_at_tables(wiring)
    return wiring


def _look_at_tables(wiring: Wiring) -> None:
    """Let PostgreSQL look at its tables, as it does by itself every minute."""
    if wiring.engine.dialect.name == "postgresql":
        with wiring.engine.connect() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("ANALYZE"))
            connection.commit()


@dataclass
class Day:
    """One day of a centre, from the first till opened to the day closed, in one transaction."""

    uow: SqlBooks
    world: World
    clock: FixedClock
    chance: random.Random
    made: MadeCentre
    number: int

    def pass_by(self, payments: int, balance: int) -> int:
        """Take so many payments and return what the bank then holds."""
        self.uow.centres.lock(self.made.centre_id)
        self.fees = {code: self._fees(code) for code in ("1.001", "1.002")}
        self.endpoint = Actor(self.made.centre_id, f"endpoint:{self.made.endpoint.endpoint_id}")
        self.finance = Actor.of(self.made.staff[Role.FINANCE])
        till = open_till(
            self.uow,
            self.world,
            self.made.cashier,
            counter_id=self.made.counter.counter_id,
            float_amount=_FLOAT,
        )
        takings, transfers = 0, []
        for number in range(payments):
            self.clock.at += timedelta(milliseconds=100)
            standing = self._ask(number, "1.002" if self._happens(_SMALL) else "1.001")
            if self._happens(_IN_CASH):
                self._take_cash(standing, till)
                takings += standing.request.total
            else:
                transfers.append(self._announce(standing))
        counts = {_NOTE: (_FLOAT + takings) // _NOTE}
        close_till(self.uow, self.world, self.made.cashier, counts=counts)
        balance = prove(self, transfers, balance)
        close_day(self.uow, self.world, self.finance, local(self.clock.now()).date())
        return balance

    def _happens(self, in_a_hundred: int) -> bool:
        return self.chance.random() * 100 < in_a_hundred

    def _fees(self, procedure: str) -> list[FeeItem]:
        return self.uow.centres.fee_items(self.made.centre_id, procedure)

    def _ask(self, number: int, procedure: str) -> RequestStanding:
        """Register a dossier and issue its request."""
        now, today = self.clock.now(), local(self.clock.now()).date()
        code = f"000.16.57.H57-{today:%y%m%d}-{number:04d}"
        dossier = Dossier(
            centre_id=self.made.centre_id,
            dossier_id=self.world.ids.new(),
            code=code,
            code_key=code.replace(".", "").replace("-", ""),
            procedure_code=procedure,
            applicant="Nguyễn Văn An",
            second_factor="1234",
            channel=Channel.COUNTER,
            payer_class=PayerClass.CITIZEN,
            received_on=today,
            source=DossierSource.COUNTER,
            created_at=now,
        )
        request = PaymentRequest(
            centre_id=self.made.centre_id,
            request_id=self.world.ids.new(),
            dossier_id=dossier.dossier_id,
            attempt=1,
            account_id=self.made.account.account_id,
            reference=new_reference(self.made.centre.reference_prefix, self.world.ids.below),
            token=self.world.ids.token(),
            total=sum(item.amount for item in self.fees[procedure]),
            issued_at=now,
            expires_at=now + DEFAULT_EXPIRY,
            issued_by=self.made.actor.actor_id,
        )
        lines = tuple(self._lines(request, procedure))
        self.uow.add(dossier, request, *lines)
        self._record("dossier.registered", dossier.dossier_id, code=code)
        self._record(
            "request.issued", request.request_id,
            dossier=code, reference=request.reference, total=request.total,
        )  # fmt: skip
        return RequestStanding(request, dossier, lines, paid=0, held=0, is_cancelled=False)

    def _lines(self, request: PaymentRequest, procedure: str) -> Iterator[RequestLine]:
        for number, item in enumerate(self.fees[procedure], start=1):
            yield RequestLine(
                centre_id=request.centre_id,
                request_id=request.request_id,
                line_no=number,
                fee_item_id=item.fee_item_id,
                fee_code=item.fee_code,
                field_code="DD" if procedure == "1.001" else "HT",
                name=item.name,
                kind=item.kind,
                quantity=1,
                unit_amount=item.amount,
                amount=item.amount,
            )

    def _record(self, action: str, subject: str, **detail: object) -> None:
        record(self.uow, self.world, self.made.actor, action, subject, **detail)

    def _take_cash(self, standing: RequestStanding, till: TillSession) -> None:
        request = standing.request
        payment = CashPayment(
            centre_id=request.centre_id,
            cash_payment_id=self.world.ids.new(),
            session_id=till.session_id,
            request_id=request.request_id,
            staff_id=till.staff_id,
            amount=request.total,
            tendered=request.total + _OVER,
            change=_OVER,
            form_key=self.world.ids.new(),
            taken_at=self.clock.now(),
            business_date=till.business_date,
        )
        self._record(
            "cash.taken", payment.cash_payment_id, request=request.request_id,
            amount=payment.amount, tendered=payment.tendered, change=payment.change,
        )  # fmt: skip
        settle(
            self.uow, self.world, self.made.actor, standing,
            cash=payment, business_date=till.business_date,
        )  # fmt: skip

    def _announce(self, standing: RequestStanding) -> Transfer:
        """Keep the bank's message and let its transfer pay the request."""
        amount = standing.request.total + (_OVER if self._happens(_TOO_LARGE) else 0)
        bank_reference = f"FT{self.world.ids.new()[:16].upper()}{self.chance.getrandbits(32):08X}"
        words = f"{standing.request.reference} nop phi ho so"
        body = json.dumps(
            {
                "id": bank_reference,
                "gateway": "Vietcombank",
                "accountNumber": self.made.account.account_number,
                "transferType": "in",
                "transferAmount": amount,
                "content": words,
            }
        ).encode()
        message = BankMessage(
            centre_id=self.made.centre_id,
            message_id=self.world.ids.new(),
            endpoint_id=self.made.endpoint.endpoint_id,
            received_at=self.clock.now(),
            method="POST",
            path="",
            query="",
            remote_address="127.0.0.1",
            headers='[["content-type", "application/json"]]',
            body=body,
            body_sha256=hashlib.sha256(body).hexdigest(),
            verdict="accepted",
            problem="",
            reply_status=200,
            reply_type="application/json",
            reply_body=b'{"success": true}',
            handled_ms=1,
        )
        self.uow.add(message)
        told = Told(
            source="sepay",
            event_id=bank_reference,
            direction=Direction.IN,
            amount=amount,
            occurred_at=self.clock.now(),
            text=words,
            bank_reference=bank_reference,
            message_id=message.message_id,
        )
        return begin(self.context(self.endpoint, Teller.WEBHOOK), told, standing)

    def context(self, actor: Actor, teller: Teller) -> Context:
        made = self.made
        return Context(self.uow, self.world, actor, made.centre, made.account, teller)
