"""The simulated bank: it keeps an account in a file, announces payments, and writes statements.

It knows of thuphi what a bank knows of its customer, and no more: the account, the address to
announce transfers to, the secret to sign with, and the folder that statements are handed out in.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlsplit

from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, Statement, StatementEntry, TransferNotice
from payments.domain.business_day import local
from payments.domain.errors import Invalid, NotFound, Unavailable
from payments.ports import BankSimulator, Clock, Delivery
from reconciliation.demo.private_text import write_private

OPENING_BALANCE: Final = 25_000_000
"""What the account held before the first payment, in đồng."""

MOST: Final = 499_999_999
"""The most that one instant transfer moves, in đồng."""

_CUSTOMER: Final = "customer.json"
_LEDGER: Final = "ledger.jsonl"


@dataclass(frozen=True, slots=True)
class Customer:
    """What the bank has on file of the centre: its account and its webhook.

    ``webhook`` is an ``http://`` address. ``statements`` is the folder for statement files.
    """

    account_number: str
    holder: str
    webhook: str
    way: str
    secrets: dict[str, str]
    statements: str


@dataclass(frozen=True, slots=True)
class BankPayment:
    """A payment as the bank booked it. ``text`` is what became of the payer's own words.

    ``at`` is aware; ``amount`` and ``balance`` (after the payment) are whole đồng.
    """

    number: int
    at: datetime
    amount: int
    text: str
    bank_reference: str
    balance: int


PostDelivery = Callable[[str, Delivery], int]
"""Posts a delivery to a path of the customer's site and returns the HTTP status."""


class DemoBank:
    """A bank with one customer. Several processes may use one folder at the same time."""

    def __init__(
        self,
        folder: Path,
        simulator: BankSimulator,
        clock: Clock,
        random: Random,
        post: PostDelivery,
    ) -> None:
        """Open the bank in its folder. ``random`` decides how texts are spoiled."""
        self._folder = folder
        self._simulator = simulator
        self._clock = clock
        self._random = random
        self._post = post

    @staticmethod
    def found(folder: Path, customer: Customer) -> None:
        """Write down the customer, for this process and others, readable by the owner only."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(folder / _CUSTOMER, json.dumps(asdict(customer), ensure_ascii=False))

    @property
    def customer(self) -> Customer:
        """The customer as written down. Raises NotFound in a folder without one."""
        try:
            return Customer(**json.loads((self._folder / _CUSTOMER).read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise NotFound("bank_not_founded", folder=str(self._folder)) from error

    def pay(self, text: str, amount: int, *, times: int = 1) -> BankPayment:
        """Move money to the customer, put it on the day's statement file, and announce it.

        ``text`` is what the payer wrote. ``times`` is how often the bank announces it, as banks
        that lost an answer do. Raises Invalid for an amount no transfer has, and Unavailable when
        the customer's site does not accept the announcement; the money has moved all the same.
        """
        if not 0 < amount <= MOST:
            raise Invalid("amount_out_of_range", field="amount", limit=MOST)
        with self._alone():
            payment = self._book(text, amount)
            self.write_statement(local(payment.at).date())
        for _ in range(times):
            self._announce(payment)
        return payment

    def payments(self) -> list[BankPayment]:
        """Return every payment, the oldest first."""
        try:
            lines = (self._folder / _LEDGER).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [_read(line) for line in lines]

    def write_statement(self, day: date) -> Path:
        """Write the statement of a day to the customer's folder, over the one before, if any."""
        name, body = self._simulator.statement_file(self.statement(day))
        folder = Path(self.customer.statements)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Whoever reads the folder at this moment sees the old file or the new one, never half.
        draft = self._folder / f".{name}.{os.getpid()}"
        draft.write_bytes(body)
        return draft.replace(folder / name)

    def statement(self, day: date) -> Statement:
        """Return the statement of one day, with its balances."""
        payments = self.payments()
        before = [payment for payment in payments if local(payment.at).date() < day]
        entries = [payment for payment in payments if local(payment.at).date() == day]
        opening = before[-1].balance if before else OPENING_BALANCE
        return Statement(
            account_number=self.customer.account_number,
            currency="VND",
            entries=tuple(_entry(payment, day) for payment in entries),
            number=f"{day:%Y%m%d}",
            opening=opening,
            closing=entries[-1].balance if entries else opening,
            period_from=day,
            period_to=day,
        )

    def _book(self, text: str, amount: int) -> BankPayment:
        """Write a payment into the ledger. The caller keeps other processes from it."""
        now = self._clock.now()
        payments = self.payments()
        number = len(payments) + 1
        payment = BankPayment(
            number=number,
            at=now,
            amount=amount,
            text=self._simulator.mangle(text, self._random, at=now),
            bank_reference=f"FT{local(now):%y%j}{number:09d}",
            balance=(payments[-1].balance if payments else OPENING_BALANCE) + amount,
        )
        with (self._folder / _LEDGER).open("a", encoding="utf-8") as ledger:
            ledger.write(_line(payment) + "\n")
        return payment

    def _announce(self, payment: BankPayment) -> None:
        """Send the signed webhook. Raises Unavailable when it is not accepted."""
        customer = self.customer
        notice = TransferNotice(
            event_id=str(payment.number),
            account_number=customer.account_number,
            direction=Direction.IN,
            amount=payment.amount,
            currency="VND",
            occurred_at=payment.at.replace(microsecond=0),
            remittance_information=payment.text,
            bank_reference=payment.bank_reference,
            balance_after=payment.balance,
        )
        secrets = {name: (value,) for name, value in customer.secrets.items()}
        credentials = Credentials(customer.way, secrets)
        delivery = self._simulator.delivery(notice, credentials, self._clock.now())
        status = self._post(urlsplit(customer.webhook).path, delivery)
        if status != 200:
            raise Unavailable("webhook_not_accepted", status=status)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from the ledger for a moment."""
        with (self._folder / "ledger.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _entry(payment: BankPayment, day: date) -> StatementEntry:
    return StatementEntry(
        where=str(payment.number),
        booked_on=day,
        amount=payment.amount,
        direction=Direction.IN,
        text=payment.text,
        bank_reference=payment.bank_reference,
        balance_after=payment.balance,
    )


def _line(payment: BankPayment) -> str:
    return json.dumps(asdict(payment) | {"at": payment.at.isoformat()}, ensure_ascii=False)


def _read(line: str) -> BankPayment:
    values = json.loads(line)
    return BankPayment(**(values | {"at": datetime.fromisoformat(values["at"])}))
