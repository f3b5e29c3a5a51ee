"""BVBank, which pushes the transfers of an account and of its virtual accounts.

Source: the field list of notify-trans, as a public server that receives it reads it. How the bank
signs, what it says for money in and out, and how it writes times stand in the contract with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bank_adapters import declared_fields, declared_signature, fields
from bank_adapters.contract import TableOfReplies, refuse_unfit
from bank_adapters.declared_fields import FieldMap
from payments.domain.adapters import Credentials, Declaration, Secret, Setting, Way
from payments.domain.bank_messages import BankReply, BankRequest, ReplyKind, TransferNotice

SECRET_KEY: Final = "secret_key"  # noqa: S105 # a name, not a secret

_DECLARATION: Final = Declaration(
    title="BVBank",
    ways=(Way(SECRET_KEY, (SECRET_KEY,)),),
    secrets=(Secret(SECRET_KEY, "the key of the signature, agreed with the bank"),),
    settings=(
        *declared_signature.SETTINGS,
        declared_fields.TIME_FORMAT,
        Setting("in_value", "what drcr says for money in", is_needed=True),
        Setting("out_value", "what drcr says for money out", is_needed=True),
        Setting("list_field", "the field of the list, when the bank sends notify-trans-batch"),
    ),
    fields=MappingProxyType(
        {
            "event_id": "trnRefNo",
            "amount": "lcyAmount",
            "direction": "drcr",
            "account": "accNo",
            "currency": "ccy",
            "time": "txnInitDt",
            "text": "narrative",
            "bank_reference": "externalRefNo",
            "virtual_account": "relatedAccount",
        }
    ),
    source="the fields of notify-trans and notify-trans-batch in a public server's source",
)


@dataclass(frozen=True, slots=True)
class BVBank(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "bvbank"
    declaration: Declaration = _DECLARATION

    replies = MappingProxyType(
        {
            **TableOfReplies.replies,
            # The bank looks for 400 where others look for 401.
            ReplyKind.NOT_AUTHENTICATED: BankReply(400, b'{"success": false}'),
        }
    )

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the raw body by the declared signature. Raises NotAuthenticated."""
        del now
        refuse_unfit(request, credentials, self.declaration)
        declared_signature.check(request, credentials, SECRET_KEY)

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read every transfer of an authenticated request. Raises Invalid naming the field."""
        of_bvbank = FieldMap(
            event_id="trnRefNo",
            amount="lcyAmount",
            account="accNo",
            time="txnInitDt",
            time_format=credentials.setting("time_format"),
            text="narrative",
            direction="drcr",
            in_value=credentials.setting("in_value"),
            out_value=credentials.setting("out_value"),
            currency="ccy",
            bank_reference="externalRefNo",
            virtual_account="relatedAccount",
            may_lack=True,
        )
        body = fields.read_object(request.body)
        return tuple(of_bvbank.read(row) for row in declared_fields.rows(body, credentials))


ADAPTER: Final = BVBank()
