"""A pretended VNPAY for tests of the whole way: its call, the payer's return, its answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from bank_adapters.vnpay_messages import hash_of
from bank_adapters.vnpay_query import command_hash
from payments.domain.adapters import Credentials, OutgoingRequest
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.ports.network import IncomingAnswer
from payments.services import manage_endpoints
from payments.wiring import Wiring
from tests.makers import MadeCentre

SECRET = "VNPAYSECRET0123456789ABCDEFGHIJK"
TERMINAL = "CENTRE01"
URL = "https://vnpay.example/merchant_webapi/api/transaction"
CREDENTIALS = Credentials("hash_secret", {"hash_secret": (SECRET,)}, {"tmn_code": TERMINAL})


def open_vnpay(wiring: Wiring, made: MadeCentre) -> str:
    """Let the centre's account be paid into through VNPAY alone; return the connection."""
    with wiring.open_uow() as uow:
        manage_endpoints.disable_endpoint(
            uow, wiring.world, made.actor, endpoint_id=made.endpoint.endpoint_id
        )
        opened = manage_endpoints.add_endpoint(
            uow,
            wiring.world,
            wiring.secret_box,
            made.actor,
            wiring.adapters["vnpay"],
            account_id=made.account.account_id,
            way="hash_secret",
            secrets={"hash_secret": SECRET},
            settings={"tmn_code": TERMINAL, "query_url": URL},
        )
        uow.commit()
    return opened.endpoint_id


def call_of(
    wiring: Wiring,
    reference: str,
    amount: int = 475_000,
    status: TransferStatus = TransferStatus.BOOKED,
) -> str:
    """Return the signed query of VNPAY's call about an order, and of the payer's return."""
    now = wiring.world.clock.now()
    notice = TransferNotice(
        f"{reference}:14422574", TERMINAL, Direction.IN, amount, "VND", now, "Le phi", status=status
    )
    return wiring.simulators["vnpay"].delivery(notice, CREDENTIALS, now).query


@dataclass
class Gateway:
    """A network on which only VNPAY is: it answers questions about orders, and signs."""

    changes: dict[str, str] = field(default_factory=dict)
    status: int = 200
    secret: str = SECRET
    asked: list[dict[str, str]] = field(default_factory=list)

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        """Answer a question whose hash holds about its order, changed as the test wants."""
        question = json.loads(request.body)
        assert request.url == URL
        assert question["vnp_SecureHash"] == command_hash("querydr", question, SECRET)
        self.asked.append(question)
        answer = {
            "vnp_ResponseId": "A1",
            "vnp_Command": "querydr",
            "vnp_ResponseCode": "00",
            "vnp_Message": "Query success",
            "vnp_TmnCode": TERMINAL,
            "vnp_TxnRef": question["vnp_TxnRef"],
            "vnp_Amount": "47500000",
            "vnp_BankCode": "NCB",
            "vnp_PayDate": "20210309090000",
            "vnp_TransactionNo": "14422574",
            "vnp_TransactionType": "01",
            "vnp_TransactionStatus": "00",
            "vnp_OrderInfo": "Le phi",
        } | self.changes
        answer["vnp_SecureHash"] = command_hash("answer", answer, self.secret)
        return IncomingAnswer(self.status, json.dumps(answer).encode()[:most_bytes])


def forged(query: str) -> str:
    """Return a query with another amount under the hash of the first."""
    return query.replace("vnp_Amount=47500000", "vnp_Amount=10000")


def resigned(query: str, secret: str) -> str:
    """Return a query under the hash of another secret."""
    text = query.rpartition("&vnp_SecureHash=")[0]
    return f"{text}&vnp_SecureHash={hash_of(text, secret)}"
