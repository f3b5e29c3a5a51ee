"""Pay2S, which watches bank accounts and proves itself by a bearer token alone.

Source: docs.pay2s.vn/webhook. Nothing of the body is signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bank_adapters import transactions_list
from bank_adapters.contract import TableOfReplies, check_bearer, needed, refuse_unfit
from payments.domain.adapters import Credentials, Declaration, Secret, Way
from payments.domain.bank_messages import BankRequest, TransferNotice

TOKEN: Final = "token"  # noqa: S105 # a name, not a secret
SCHEME: Final = "Bearer "

_DECLARATION: Final = Declaration(
    title="Pay2S",
    ways=(Way(TOKEN, (TOKEN,)),),
    secrets=(
        Secret(
            TOKEN, "the token of the webhook, in the header Authorization: Bearer", is_drawn=False
        ),
    ),
    fields=transactions_list.FIELDS,
    source="docs.pay2s.vn/webhook",
    retries="6, one a minute",
)


@dataclass(frozen=True, slots=True)
class Pay2S(TableOfReplies):
    """The adapter. It holds no state: one value serves every centre and account."""

    name: str = "pay2s"
    declaration: Declaration = _DECLARATION

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        """Prove the request by its token. Raises NotAuthenticated."""
        del now
        refuse_unfit(request, credentials, self.declaration)
        check_bearer(request, SCHEME, needed(credentials, TOKEN))

    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[TransferNotice, ...]:
        """Read every transfer of an authenticated request. Raises Invalid naming the field."""
        del credentials
        return transactions_list.notices(request.body)


ADAPTER: Final = Pay2S()
