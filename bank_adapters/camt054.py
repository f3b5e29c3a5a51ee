"""ISO 20022 camt.054, the notification of debits and credits, posted over HTTP.

Source: the message definition BankToCustomerDebitCreditNotification, versions 02 to 13, which
differ little in what is read here. The standard says nothing of HTTP: the signature over the raw
body is declared by settings. What the document says is read by ``camt054_entries``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import camt054_entries, declared_signature
from bank_adapters.contract import TableOfReplies, refuse_unfit
from payments.domain.adapters import Credentials, Declaration, Secret, Way
from payments.domain.bank_messages import BankRequest, TransferNotice

SECRET_KEY: Final = "secret_key"  # noqa: S105 # a name, not a secret

_DECLARATION: Final = Declaration(
    title="ISO 20022 camt.054",
    ways=(Way(SECRET_KEY, (SECRET_KEY,)),),
    secrets=(Secret(SECRET_KEY, "the key of the signature, agreed with the bank"),),
    settings=declared_signature.SETTINGS,
    fields=MappingProxyType(
        {
            "event_id": "Ntry/AcctSvcrRef, else Ntfctn/Id and Ntry/NtryRef",
            "amount": "Ntry/Amt, or NtryDtls/TxDtls/Amt of each where they add up to it",
            "direction": "Ntry/CdtDbtInd",
            "status": "Ntry/Sts (BOOK)",
            "account": "Ntfctn/Acct/Id",
            "currency": "Ntry/Amt/@Ccy",
            "time": "Ntry/BookgDt, else ValDt, else Ntfctn/CreDtTm",
            "text": "RmtInf, else AddtlTxInf, else AddtlNtryInf",
            "bank_reference": "AcctSvcrRef",
        }
    ),
    source="ISO 20022, camt.054.001.02 to .13",
    content_types=("application/xml", "text/xml"),
    max_body_bytes=256 * 1024,
)


@dataclass(frozen=True, slots=True)
class Camt054(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "camt054"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the raw body by the declared signature. Raises NotAuthenticated."""
        del now
        refuse_unfit(request, credentials, self.declaration)
        declared_signature.check(request, credentials, SECRET_KEY)

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read every transfer of an authenticated request. Raises Invalid naming the element."""
        del credentials
        return camt054_entries.notices(request.body)


ADAPTER: Final = Camt054()
