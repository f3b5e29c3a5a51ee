"""A simulated bank: it keeps an account in a file, has payments announced, and writes statements.

It knows of thuphi what a bank knows of its customer, and no more: the account, the address to
announce transfers to, the secrets to sign with, and the folder that statements are handed out in.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Final

from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, Statement, StatementEntry, TransferNotice
from payments.domain.business_day import local
from payments.domain.errors import Invalid, NotFound
from payments.ports import BankSimulator, Clock
from reconciliation.demo.courier import PROMPT, Courier, Manners, PostDelivery, Wait
from reconciliation.demo.private_text import write_private

OPENING_BALANCE: Final = 25_000_000
"""What the account that citizens are shown held before the first payment, in đồng."""

MOST: Final = 499_999_999
"""The most that one instant transfer moves, in đồng."""

_CUSTOMER: Final = "customer.json"
_LEDGER: Final = "ledger.jsonl"


@dataclass(frozen=True, slots=True)
class Customer:
    """What the bank has on file of the centre: its account, and who announces what comes in.

    ``provider`` is the name of the adapter that reads the announcements, ``known_as`` the account
    as the provider names it, ``webhook`` a path of the centre's site. ``secrets`` are those of the
    connection and the provider's own. ``opening`` is the balance before the first payment, in
    đồng; ``statements`` is the folder for statement files.
    """

    provider: str
    account_number: str
    known_as: str
    holder: str
    opening: int
    webhook: str
    way: str
    settings: dict[str, str]
    secrets: dict[str, str] = field(repr=False)
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


class DemoBank:
    """A bank with one customer. Several processes may use one folder at the same time."""

    def __init__(
        self,
        folder: Path,
        simulator: BankSimulator,
        clock: Clock,
        random: Random,
        post: PostDelivery,
        wait: Wait,
    ) -> None:
        """Open the bank in its folder. ``random`` decides how texts are spoiled, and the rest."""
        self._folder = folder
        self._simulator = simulator
        self._clock = clock
        self._random = random
        self._courier = Courier(simulator, clock, random, post, wait)

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

    def pay(self, text: str, amount: int, manners: Manners = PROMPT) -> BankPayment:
        """Move money to the customer, put it on the day's statement file, and announce it.

        ``text`` is what the payer wrote. Raises as ``pay_in_parts`` does.
        """
        return self.pay_in_parts(text, [amount], manners)[0]

    def pay_in_parts(
        self, text: str, amounts: Sequence[int], manners: Manners = PROMPT
    ) -> list[BankPayment]:
        """Move money in several transfers of one text, and announce all of them after the last.

        Raises Invalid for an amount no transfer has, and Unavailable when the customer's site does
        not accept an announcement; the money has moved all the same.
        """
        if not all(0 < amount <= MOST for amount in amounts):
            raise Invalid("amount_out_of_range", field="amount", limit=MOST)
        with self._alone():
            payments = [self._book(text, amount) for amount in amounts]
            self.write_statement(local(payments[-1].at).date())
        customer = self.customer
        secrets = {name: (value,) for name, value in customer.secrets.items()}
        credentials = Credentials(customer.way, secrets, customer.settings)
        notices = [_notice(customer, payment) for payment in payments]
        self._courier.carry(notices, customer.webhook, credentials, manners)
        return payments

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
        opening = before[-1].balance if before else self.customer.opening
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
            # Digits alone: gateways number their payments so, and no provider loses them.
            bank_reference=f"{local(now):%y%j}{number:06d}",
            balance=(payments[-1].balance if payments else self.customer.opening) + amount,
        )
        with (self._folder / _LEDGER).open("a", encoding="utf-8") as ledger:
            ledger.write(_line(payment) + "\n")
        return payment

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from the ledger for a moment."""
        with (self._folder / "ledger.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _notice(customer: Customer, payment: BankPayment) -> TransferNotice:
    return TransferNotice(
        event_id=payment.bank_reference,
        account_number=customer.known_as,
        direction=Direction.IN,
        amount=payment.amount,
        currency="VND",
        occurred_at=payment.at.replace(microsecond=0),
        remittance_information=payment.text,
        bank_reference=payment.bank_reference,
        balance_after=payment.balance,
    )


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
