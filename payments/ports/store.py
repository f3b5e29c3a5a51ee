"""What the use cases read from the database, one repository a noun."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from payments.domain.breaks import Break, BreakResolution
from payments.domain.calendar import CalendarDay
from payments.domain.cash import CashPayment, TillClosing, TillSession
from payments.domain.centres import (
    ApiKey,
    BankAccount,
    Centre,
    CounterScreen,
    Endpoint,
    Field,
    Procedure,
    ServiceCounter,
)
from payments.domain.dossiers import Dossier
from payments.domain.fees import FeeItem
from payments.domain.receipts import Receipt, ReceiptSeries, SeriesKind
from payments.domain.requests import RequestStanding
from payments.domain.staff import SignIn, StaffUser


class CentresRepository(Protocol):
    """The centre and what is set up for it. Getters raise NotFound."""

    def all(self) -> list[Centre]:
        """Return every centre."""
        ...

    def get(self, centre_id: str) -> Centre:
        """Return a centre."""
        ...

    def lock(self, centre_id: str) -> Centre:
        """Return a centre and make every other writer of it wait until this transaction ends."""
        ...

    def account(self, centre_id: str, account_id: str) -> BankAccount:
        """Return a bank account."""
        ...

    def accounts(self, centre_id: str) -> list[BankAccount]:
        """Return the centre's bank accounts."""
        ...

    def collecting_account(self, centre_id: str) -> BankAccount:
        """Return the account that citizens pay into."""
        ...

    def endpoint(self, endpoint_id: str) -> Endpoint:
        """Return a webhook endpoint by its address."""
        ...

    def endpoints(self, centre_id: str) -> list[Endpoint]:
        """Return the centre's endpoints."""
        ...

    def counter(self, centre_id: str, counter_id: str) -> ServiceCounter:
        """Return a service counter."""
        ...

    def counters(self, centre_id: str) -> list[ServiceCounter]:
        """Return the centre's counters in the order of their names."""
        ...

    def counter_of_display(self, display_token: str) -> ServiceCounter:
        """Return the counter that a citizen display belongs to."""
        ...

    def screen(self, centre_id: str, counter_id: str) -> CounterScreen | None:
        """Return what a counter's display shows, or None when it has never shown anything."""
        ...

    def api_key(self, key_hash: str) -> ApiKey | None:
        """Return an active key by its SHA-256."""
        ...

    def fields(self, centre_id: str) -> list[Field]:
        """Return the fields in the order of their codes."""
        ...

    def procedures(self, centre_id: str) -> list[Procedure]:
        """Return the procedures in the order of their codes."""
        ...

    def procedure(self, centre_id: str, procedure_code: str) -> Procedure:
        """Return a procedure."""
        ...

    def fee_items(self, centre_id: str, procedure_code: str | None = None) -> list[FeeItem]:
        """Return every version of every fee, of one procedure or of all."""
        ...


class RequestsRepository(Protocol):
    """Dossiers and payment requests."""

    def dossier(self, centre_id: str, dossier_id: str) -> Dossier:
        """Return a dossier. Raises NotFound."""
        ...

    def dossiers_by_key(self, centre_id: str, code_keys: Iterable[str]) -> dict[str, Dossier]:
        """Return the known ones of some dossier codes, by normalised code."""
        ...

    def dossiers_of_code(self, code_key: str) -> list[Dossier]:
        """Return the dossiers with a normalised code, whichever centre registered them."""
        ...

    def of_dossier(self, centre_id: str, dossier_id: str) -> list[RequestStanding]:
        """Return a dossier's requests, the first attempt first."""
        ...

    def standing(self, centre_id: str, request_id: str) -> RequestStanding:
        """Return a request with the sums that decide its state. Raises NotFound."""
        ...

    def by_references(
        self, centre_id: str, references: Iterable[str]
    ) -> dict[str, RequestStanding]:
        """Return the requests of this centre that some references name."""
        ...

    def by_token(self, token: str) -> RequestStanding:
        """Return the request that a citizen's link opens. Raises NotFound."""
        ...

    def references_taken(self, references: Iterable[str]) -> set[str]:
        """Return those references that any request of the deployment already has."""
        ...


class TillsRepository(Protocol):
    """Till sessions and the cash in them."""

    def open_session(self, centre_id: str, staff_id: str) -> TillSession | None:
        """Return a cashier's session that has not been closed."""
        ...

    def open_sessions(self, centre_id: str) -> list[TillSession]:
        """Return every session that has not been closed."""
        ...

    def session(self, centre_id: str, session_id: str) -> TillSession:
        """Return a session. Raises NotFound."""
        ...

    def closing(self, centre_id: str, session_id: str) -> TillClosing | None:
        """Return how a session ended, or None while it is open."""
        ...

    def sessions_of(self, centre_id: str, staff_id: str) -> int:
        """Return how many sessions a cashier has had."""
        ...

    def takings(self, centre_id: str, session_id: str) -> int:
        """Return the cash taken in a session, without its float."""
        ...

    def payment_by_form(self, centre_id: str, form_key: str) -> CashPayment | None:
        """Return the payment that a form has already made, so that a second click does nothing."""
        ...


class ReceiptsRepository(Protocol):
    """Receipts and their series."""

    def series(self, centre_id: str, kind: SeriesKind, year: int) -> ReceiptSeries | None:
        """Return the series of a kind and year."""
        ...

    def take_number(self, series: ReceiptSeries) -> int:
        """Return the next number of a series. The caller holds the centre's lock."""
        ...

    def of_request(self, centre_id: str, request_id: str) -> list[Receipt]:
        """Return the receipts of a request."""
        ...

    def by_token(self, token: str) -> Receipt:
        """Return the receipt that a link shows. Raises NotFound."""
        ...


class BreaksRepository(Protocol):
    """Differences to be explained."""

    def get(self, centre_id: str, break_id: str) -> Break:
        """Return a break. Raises NotFound."""
        ...

    def resolution(self, centre_id: str, break_id: str) -> BreakResolution | None:
        """Return how a break was worked off, or None while it is open."""
        ...

    def known(self, centre_id: str, subject_ids: Iterable[str]) -> list[Break]:
        """Return the breaks about some subjects."""
        ...


class StaffRepository(Protocol):
    """People who sign in, and their sign-ins."""

    def get(self, centre_id: str, staff_id: str) -> StaffUser:
        """Return a person. Raises NotFound."""
        ...

    def by_username(self, username: str) -> StaffUser | None:
        """Return a person by the name they type."""
        ...

    def all(self, centre_id: str) -> list[StaffUser]:
        """Return the centre's people in the order of their names."""
        ...

    def sign_in(self, token_hash: str) -> SignIn | None:
        """Return a live or expired sign-in by the SHA-256 of its token."""
        ...

    def forget_sign_in(self, token_hash: str) -> None:
        """End a sign-in."""
        ...

    def forget_sign_ins_of(self, centre_id: str, staff_id: str, *, but: str = "") -> None:
        """End every sign-in of a person, except the one with a given token hash."""
        ...

    def forget_expired_sign_ins(self, now: datetime) -> None:
        """Remove sign-ins that have reached their end."""
        ...

    def failures(self, bucket: str, *, since: datetime) -> int:
        """Return how often something was tried in vain since an instant."""
        ...

    def count_failure(self, bucket: str, *, now: datetime, since: datetime) -> None:
        """Count one vain attempt; a window that began before ``since`` starts anew."""
        ...

    def clear_failures(self, bucket: str) -> None:
        """Forget vain attempts after a good one."""
        ...


class DaysRepository(Protocol):
    """Closed days."""

    def closed_through(self, centre_id: str) -> date | None:
        """Return the last closed business date; everything up to it is locked."""
        ...

    def said(self, centre_id: str, first: date, last: date) -> list[CalendarDay]:
        """Return what the centre says of single days, first and last included, by day."""
        ...
