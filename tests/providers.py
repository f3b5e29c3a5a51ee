"""Providers that can be asked for transfers, as a network on which nobody else answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from payments.domain.adapters import OutgoingRequest
from payments.domain.bank_messages import Direction, TransferNotice
from payments.domain.business_day import local
from payments.domain.errors import Unavailable
from payments.ports.network import IncomingAnswer
from tests.makers import FixedClock

ACCOUNT = "0123499999"


@dataclass
class Ledger:
    """What the bank knows: transfers in their order, with the running balance."""

    clock: FixedClock
    balance: int = 1_000_000
    transfers: list[TransferNotice] = field(default_factory=list)

    def book(
        self,
        text: str,
        amount: int = 475_000,
        direction: Direction = Direction.IN,
        at: datetime | None = None,
    ) -> TransferNotice:
        """Book a transfer a minute later than the last, or at a time."""
        if at is None:
            self.clock.move(minutes=1)
        self.balance += amount if direction is Direction.IN else -amount
        number = len(self.transfers) + 1
        notice = TransferNotice(
            event_id=str(1000 + number),
            account_number=ACCOUNT,
            direction=direction,
            amount=amount,
            currency="VND",
            occurred_at=at or self.clock.now(),
            remittance_information=text,
            bank_reference=f"FT{number:05d}",
            balance_after=self.balance,
        )
        self.transfers.append(notice)
        return notice


@dataclass
class Provider:
    """A provider's API over a ledger. ``answers`` come first: statuses, 0 for no answer at all.

    ``before`` is run at every call, as what else happens while the provider is asked.
    """

    ledger: Ledger
    answers: list[IncomingAnswer] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    calls: list[dict[str, str]] = field(default_factory=list)
    headers: list[tuple[tuple[str, str], ...]] = field(default_factory=list)

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        """Answer a call as the provider's documentation says."""
        self.before()
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        self.calls.append(query)
        self.headers.append(request.headers)
        if self.answers:
            answer = self.answers.pop(0)
            if answer.status == 0:
                raise Unavailable("host_not_reached", host="provider")
            return answer
        body = self.answered(query)
        assert len(body) < most_bytes
        return IncomingAnswer(200, body)

    def answered(self, query: dict[str, str]) -> bytes:
        """Return the body of a good answer."""
        raise NotImplementedError

    def within(self, first: str, last: str, form: str) -> list[TransferNotice]:
        """Return the transfers whose local time, in a form, lies between two."""
        return [
            one
            for one in self.ledger.transfers
            if first <= f"{local(one.occurred_at):{form}}" <= last
        ]


class Sepay(Provider):
    """SePay's userapi: the newest first, at most ``limit`` of them."""

    def answered(self, query: dict[str, str]) -> bytes:
        """Return the rows of a time."""
        found = self.within(
            query["transaction_date_min"], query["transaction_date_max"], "%Y-%m-%d %H:%M:%S"
        )
        newest = sorted(found, key=lambda one: one.occurred_at, reverse=True)
        rows = [self.row(one) for one in newest[: int(query["limit"])]]
        return json.dumps({"status": 200, "error": None, "transactions": rows}).encode()

    def row(self, notice: TransferNotice) -> dict[str, object]:
        """Write a transfer in the fields of the API, its text cleaned in a way of its own."""
        came = notice.amount if notice.direction is Direction.IN else 0
        return {
            "id": notice.event_id,
            "account_number": notice.account_number,
            "transaction_date": f"{local(notice.occurred_at):%Y-%m-%d %H:%M:%S}",
            "amount_in": f"{came}.00",
            "amount_out": f"{notice.amount - came}.00",
            "accumulated": f"{notice.balance_after}.00",
            "transaction_content": f"{notice.remittance_information} ",
            "reference_number": notice.bank_reference,
            "code": None,
            "sub_account": None,
        }


class Casso(Provider):
    """Casso's transactions: pages of a hundred, the oldest first, of whole days."""

    def answered(self, query: dict[str, str]) -> bytes:
        """Return one page of the days."""
        found = self.within(query["fromDate"], query["toDate"], "%Y-%m-%d")
        size, page = int(query["pageSize"]), int(query["page"])
        pages = max(1, -(-len(found) // size))
        rows = [
            {
                "id": int(one.event_id),
                "tid": one.bank_reference,
                "description": one.remittance_information,
                "amount": one.amount if one.direction is Direction.IN else -one.amount,
                "cusum_balance": one.balance_after,
                "when": f"{local(one.occurred_at):%Y-%m-%d %H:%M:%S}",
                "bankSubAccId": one.account_number,
                "virtualAccount": "",
            }
            for one in found[(page - 1) * size : page * size]
        ]
        data = {"page": page, "totalPages": pages, "records": rows}
        return json.dumps({"error": 0, "message": "success", "data": data}).encode()


@dataclass
class Waits:
    """How long was waited between calls; the clock goes on meanwhile."""

    clock: FixedClock
    waited: list[timedelta] = field(default_factory=list)

    def __call__(self, span: timedelta) -> None:
        """Let time pass."""
        self.waited.append(span)
        self.clock.at += span
