"""A bank that posts camt.054, pretended."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from bank_adapters.simulated.declared import SIGNATURE, seal
from bank_adapters.simulator import SimulatedBank
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.domain.business_day import local
from payments.ports import Delivery

_DOCUMENT: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>\
<GrpHdr><MsgId>M1</MsgId><CreDtTm>{time}</CreDtTm></GrpHdr>\
<Ntfctn><Id>N1</Id><CreDtTm>{time}</CreDtTm>\
<Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>\
<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>\
<Sts><Cd>{status}</Cd></Sts><BookgDt><DtTm>{time}</DtTm></BookgDt>\
<AcctSvcrRef>{event}</AcctSvcrRef>\
<NtryDtls><TxDtls><Refs><AcctSvcrRef>{reference}</AcctSvcrRef></Refs>\
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Ntfctn>\
</BkToCstmrDbtCdtNtfctn></Document>"""


def write(notice: TransferNotice, credentials: Credentials) -> Delivery:
    """Write a notice as a document of one entry."""
    del credentials
    body = _DOCUMENT.format(
        time=local(notice.occurred_at).isoformat(),
        account=escape(notice.account_number),
        currency=escape(notice.currency),
        amount=notice.amount,
        direction="CRDT" if notice.direction is Direction.IN else "DBIT",
        status="BOOK" if notice.status is TransferStatus.BOOKED else "PDNG",
        event=escape(notice.event_id),
        reference=escape(notice.bank_reference),
        text=escape(notice.remittance_information),
    )
    return Delivery((("Content-Type", "application/xml"),), body.encode())


SIMULATOR: Final = SimulatedBank("camt054", write, seal, settings=SIGNATURE)
