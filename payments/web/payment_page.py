"""Everything that a page shows about one payment request, for citizen, cashier and display."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from payments.domain import vietqr
from payments.domain.banks import Bank, bank
from payments.domain.centres import BankAccount, Centre, Procedure
from payments.domain.errors import Conflict
from payments.domain.masking import masked_name
from payments.domain.receipts import Receipt
from payments.domain.requests import RequestStanding, RequestState
from payments.domain.vietqr import VietQR
from payments.ports import UnitOfWork
from payments.store.feed import subject
from payments.web.feed import LiveState

# States in which the citizen is asked for money. A late transfer still pays, but is not invited.
ASKING = frozenset({RequestState.OPEN, RequestState.SHORT})
# States that nothing more happens to while somebody watches.
FINAL = frozenset({RequestState.PAID, RequestState.EXEMPT})


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A request with its state at an instant and what is printed around it."""

    standing: RequestStanding
    state: RequestState
    centre: Centre
    account: BankAccount
    bank: Bank
    procedure: Procedure
    receipts: tuple[Receipt, ...]

    @property
    def is_asking(self) -> bool:
        """Whether money is asked for, so that the QR code is shown."""
        return self.state in ASKING

    @property
    def masked_payer(self) -> str:
        """The payer's name as strangers may see it."""
        return masked_name(self.standing.dossier.applicant)

    @property
    def live(self) -> LiveState:
        """What a live page watches."""
        return live_state(self.standing, self.state)

    @property
    def qr_payload(self) -> str:
        """The text of the QR code: account, sum that is still due, reference.

        Raises Conflict when no money is asked for.
        """
        self.refuse_unless_asking()
        return qr_payload(self.standing, self.account)

    def refuse_unless_asking(self) -> None:
        """Raise Conflict when no money is asked for."""
        if not self.is_asking:
            raise Conflict("request_not_open", state=self.state.value)


def payment_page(uow: UnitOfWork, standing: RequestStanding, now: datetime) -> PaymentPage:
    """Read what a page shows about a request."""
    request = standing.request
    account = uow.centres.account(request.centre_id, request.account_id)
    return PaymentPage(
        standing=standing,
        state=standing.state(now),
        centre=uow.centres.get(request.centre_id),
        account=account,
        bank=bank(account.bank_bin),
        procedure=uow.centres.procedure(request.centre_id, standing.dossier.procedure_code),
        receipts=tuple(uow.receipts.of_request(request.centre_id, request.request_id)),
    )


def qr_payload(standing: RequestStanding, account: BankAccount) -> str:
    """Return the text of the QR code that pays what is still due of a request."""
    return vietqr.build(
        VietQR(
            bin=account.bank_bin,
            account=account.account_number,
            amount=standing.due,
            text=standing.request.reference,
        )
    )


def live_state(standing: RequestStanding, state: RequestState) -> LiveState:
    """Return what a live page of a request watches: the state and the sum that is missing."""
    return LiveState(
        version=f"{state.value}-{standing.due}-{standing.held}",
        subjects=(subject("request", standing.request.request_id),),
        facts={
            "state": state.value,
            "due": standing.due,
            "is_final": state in FINAL,
        },
    )
