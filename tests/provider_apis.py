"""SePay's and Casso's transactions APIs as a network: they answer from the rows they hold."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from payments.domain.adapters import OutgoingRequest
from payments.ports.network import IncomingAnswer


@dataclass
class Row:
    """A transaction: number, local time, signed đồng, the balance after it (0 is unknown)."""

    event_id: int
    at: str
    amount: int
    balance: int
    text: str = "x"
    reference: str = ""
    account: str = "0123499999"


@dataclass
class SePayApi:
    """Answers newest first, at most ``most`` rows at once."""

    rows: list[Row] = field(default_factory=list)
    most: int = 5000
    status: int = 200
    asked: list[OutgoingRequest] = field(default_factory=list)

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        self.asked.append(request)
        if self.status != 200:
            return IncomingAnswer(self.status, b"{}")
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        first, last = query["transaction_date_min"], query["transaction_date_max"]
        own = [
            row
            for row in self.rows
            if first <= row.at <= last and row.account == query["account_number"]
        ]
        own.sort(key=lambda row: (row.at, row.event_id), reverse=True)
        listed = [self._written(row) for row in own[: self.most]]
        body = json.dumps({"status": 200, "error": None, "transactions": listed}).encode()
        return IncomingAnswer(200, body[:most_bytes])

    def _written(self, row: Row) -> dict[str, object]:
        return {
            "id": str(row.event_id),
            "account_number": row.account,
            "transaction_date": row.at,
            "amount_in": f"{max(row.amount, 0)}.00",
            "amount_out": f"{max(-row.amount, 0)}.00",
            "accumulated": f"{row.balance}.00",
            "transaction_content": row.text,
            "reference_number": row.reference or f"FT{row.event_id}",
            "code": None,
            "sub_account": None,
        }


@dataclass
class CassoApi:
    """Answers page by page, oldest first, for every account that the key may see."""

    rows: list[Row] = field(default_factory=list)
    page_rows: int = 2
    asked: list[OutgoingRequest] = field(default_factory=list)

    def send(self, request: OutgoingRequest, *, most_bytes: int) -> IncomingAnswer:
        self.asked.append(request)
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        own = [row for row in self.rows if query["fromDate"] <= row.at[:10] <= query["toDate"]]
        own.sort(key=lambda row: (row.at, row.event_id))
        number, pages = int(query["page"]), -(-len(own) // self.page_rows)
        listed = own[(number - 1) * self.page_rows : number * self.page_rows]
        data = {
            "page": number,
            "totalPages": pages,
            "records": [
                {
                    "id": row.event_id,
                    "tid": row.reference or f"FT{row.event_id}",
                    "description": row.text,
                    "amount": row.amount,
                    "cusum_balance": row.balance,
                    "when": f"{row.at[:10]}T00:00:00",
                    "bankSubAccId": row.account,
                    "virtualAccount": "",
                }
                for row in listed
            ],
        }
        body = json.dumps({"error": 0, "message": "success", "data": data}).encode()
        return IncomingAnswer(200, body[:most_bytes])
