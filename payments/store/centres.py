"""Repository of the centre and what is set up for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, select

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
from payments.domain.errors import NotFound
from payments.domain.fees import FeeItem
from payments.store import tables_registry as kept
from payments.store.reading import Prepared, Question
from payments.store.registry import table_of
from payments.store.session import Session

V = TypeVar("V")

# FOR NO KEY UPDATE: other writers of the centre wait, rows that refer to it do not.
_LOCK = Prepared(
    select(kept.centres)
    .where(kept.centres.c.centre_id == bindparam("centre_id"))
    .with_for_update(key_share=True)
)

# Every dossier asks for its procedure and its fees, every webhook for the other two.
_PROCEDURE = Prepared(
    select(kept.procedures).where(
        kept.procedures.c.centre_id == bindparam("centre_id"),
        kept.procedures.c.procedure_code == bindparam("procedure_code"),
    )
)
_OF_CENTRE = (
    select(kept.fee_items)
    .where(kept.fee_items.c.centre_id == bindparam("centre_id"))
    .order_by(kept.fee_items.c.fee_code, kept.fee_items.c.valid_from)
)
_FEES = Prepared(_OF_CENTRE)
_FEES_OF_ONE = Prepared(
    _OF_CENTRE.where(kept.fee_items.c.procedure_code == bindparam("procedure_code"))
)
_ENDPOINT = Prepared(
    select(kept.endpoints).where(kept.endpoints.c.endpoint_id == bindparam("endpoint_id"))
)
_accounts = select(kept.bank_accounts).where(
    kept.bank_accounts.c.centre_id == bindparam("centre_id")
)
_ACCOUNT = Prepared(_accounts.where(kept.bank_accounts.c.account_id == bindparam("account_id")))
_ACCOUNTS = Prepared(_accounts.order_by(kept.bank_accounts.c.account_number))
_COLLECTING = Prepared(_accounts.where(kept.bank_accounts.c.is_collecting))
_COUNTER = Prepared(
    select(kept.service_counters).where(
        kept.service_counters.c.centre_id == bindparam("centre_id"),
        kept.service_counters.c.counter_id == bindparam("counter_id"),
    )
)


class SqlCentres:
    """Reads centres, accounts, endpoints, counters, keys, procedures and fees."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction; what the transaction itself has not changed is read once."""
        self._session = session
        self._read_at = 0
        self._read: dict[object, Any] = {}

    def all(self) -> list[Centre]:
        """Return every centre."""
        return self._session.all(Centre, select(kept.centres).order_by(kept.centres.c.centre_id))

    def get(self, centre_id: str) -> Centre:
        """Return a centre. Raises NotFound."""
        return self._one(Centre, kept.centres.c.centre_id == centre_id)

    def lock(self, centre_id: str) -> Centre:
        """Return a centre and make its other writers wait; SQLite has one writer anyway."""

        def take() -> Centre:
            # The first statement of a transaction takes its beginning along.
            self._session.ask_ahead([Question(_LOCK, {"centre_id": centre_id})])
            centre = self._session.first(Centre, _LOCK, centre_id=centre_id)
            if centre is None:
                raise NotFound("centre_unknown", centre=centre_id)
            return centre

        # Nobody else can change the row before this transaction ends.
        return self._once(("lock", centre_id), take)

    def account(self, centre_id: str, account_id: str) -> BankAccount:
        """Return a bank account. Raises NotFound."""
        found = self._session.first(
            BankAccount, _ACCOUNT, centre_id=centre_id, account_id=account_id
        )
        if found is None:
            raise NotFound("bank_accounts_unknown")
        return found

    def accounts(self, centre_id: str) -> list[BankAccount]:
        """Return the centre's bank accounts."""
        return self._session.all(BankAccount, _ACCOUNTS, centre_id=centre_id)

    def collecting_account(self, centre_id: str) -> BankAccount:
        """Return the account that citizens pay into. Raises NotFound."""

        def read() -> BankAccount:
            found = self._session.first(BankAccount, _COLLECTING, centre_id=centre_id)
            if found is None:
                raise NotFound("bank_accounts_unknown")
            return found

        return self._once(("collecting", centre_id), read)

    def endpoint(self, endpoint_id: str) -> Endpoint:
        """Return a webhook endpoint. Raises NotFound."""
        found = self._session.first(Endpoint, _ENDPOINT, endpoint_id=endpoint_id)
        if found is None:
            raise NotFound("endpoints_unknown")
        return found

    def endpoints(self, centre_id: str) -> list[Endpoint]:
        """Return the centre's endpoints."""
        table = kept.endpoints
        statement = select(table).where(table.c.centre_id == centre_id)
        return self._session.all(Endpoint, statement.order_by(table.c.created_at))

    def counter(self, centre_id: str, counter_id: str) -> ServiceCounter:
        """Return a service counter. Raises NotFound."""
        found = self._session.first(
            ServiceCounter, _COUNTER, centre_id=centre_id, counter_id=counter_id
        )
        if found is None:
            raise NotFound("service_counters_unknown")
        return found

    def counters(self, centre_id: str) -> list[ServiceCounter]:
        """Return the centre's counters in the order of their names."""
        table = kept.service_counters
        statement = select(table).where(table.c.centre_id == centre_id)
        return self._session.all(ServiceCounter, statement.order_by(table.c.name))

    def counter_of_display(self, display_token: str) -> ServiceCounter:
        """Return the counter of a citizen display. Raises NotFound."""
        return self._one(ServiceCounter, kept.service_counters.c.display_token == display_token)

    def screen(self, centre_id: str, counter_id: str) -> CounterScreen | None:
        """Return what a counter's display shows, or None."""
        table = kept.counter_screens
        same = (table.c.centre_id == centre_id) & (table.c.counter_id == counter_id)
        return self._session.first(CounterScreen, select(table).where(same))

    def api_key(self, key_hash: str) -> ApiKey | None:
        """Return an active key by its SHA-256."""
        table = kept.api_keys
        statement = select(table).where(table.c.key_hash == key_hash, table.c.is_active)
        return self._session.first(ApiKey, statement)

    def fields(self, centre_id: str) -> list[Field]:
        """Return the fields in the order of their codes."""
        table = kept.fields
        statement = select(table).where(table.c.centre_id == centre_id)
        return self._session.all(Field, statement.order_by(table.c.field_code))

    def procedures(self, centre_id: str) -> list[Procedure]:
        """Return the procedures in the order of their codes."""
        table = kept.procedures
        statement = select(table).where(table.c.centre_id == centre_id)
        return self._session.all(Procedure, statement.order_by(table.c.procedure_code))

    def procedure(self, centre_id: str, procedure_code: str) -> Procedure:
        """Return a procedure. Raises NotFound."""

        def read() -> Procedure:
            found = self._session.first(
                Procedure, _PROCEDURE, centre_id=centre_id, procedure_code=procedure_code
            )
            if found is None:
                raise NotFound("procedures_unknown")
            return found

        return self._once(("procedure", centre_id, procedure_code), read)

    def fee_items(self, centre_id: str, procedure_code: str | None = None) -> list[FeeItem]:
        """Return every version of every fee, of one procedure or of all."""
        return self._once(
            ("fees", centre_id, procedure_code),
            lambda: (
                self._session.all(FeeItem, _FEES, centre_id=centre_id)
                if procedure_code is None
                else self._session.all(
                    FeeItem, _FEES_OF_ONE, centre_id=centre_id, procedure_code=procedure_code
                )
            ),
        )

    def _once(self, key: object, read: Callable[[], V]) -> V:
        """Read once a transaction, and again after the transaction has changed a setting."""
        if self._read_at != self._session.kept_changes:
            self._read.clear()
            self._read_at = self._session.kept_changes
        if key not in self._read:
            self._read[key] = read()
        value: V = self._read[key]
        return value

    def _one(self, kind: type[V], condition: ColumnElement[bool]) -> V:
        """Return the one row that fits. Raises NotFound naming the thing."""
        value = self._session.first(kind, select(table_of(kind)).where(condition))
        if value is None:
            raise NotFound(f"{table_of(kind).name}_unknown")
        return value
