"""Repository of dossiers and payment requests, with the sums that decide a request's state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, exists, func, select

from payments.domain.bank_messages import Direction
from payments.domain.dossiers import Dossier
from payments.domain.errors import NotFound
from payments.domain.requests import PaymentRequest, RequestLine, RequestStanding
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.session import Session

_requests = money.payment_requests

# The sums are scalar subqueries, so that a request and its state are one round trip.
_allocated = (
    select(func.coalesce(func.sum(money.allocations.c.amount), 0))
    .where(
        money.allocations.c.centre_id == _requests.c.centre_id,
        money.allocations.c.request_id == _requests.c.request_id,
    )
    .correlate(_requests)
    .scalar_subquery()
)
_cash = (
    select(func.coalesce(func.sum(money.cash_payments.c.amount), 0))
    .where(
        money.cash_payments.c.centre_id == _requests.c.centre_id,
        money.cash_payments.c.request_id == _requests.c.request_id,
    )
    .correlate(_requests)
    .scalar_subquery()
)
_received = (
    select(func.coalesce(func.sum(money.transfers.c.amount), 0))
    .where(
        money.transfers.c.centre_id == _requests.c.centre_id,
        money.transfers.c.request_id == _requests.c.request_id,
        money.transfers.c.direction == Direction.IN,
    )
    .correlate(_requests)
    .scalar_subquery()
)
_given = (
    select(func.coalesce(func.sum(money.allocations.c.amount), 0))
    .join(
        money.transfers,
        (money.transfers.c.centre_id == money.allocations.c.centre_id)
        & (money.transfers.c.transfer_id == money.allocations.c.transfer_id),
    )
    .where(
        money.transfers.c.centre_id == _requests.c.centre_id,
        money.transfers.c.request_id == _requests.c.request_id,
    )
    .correlate(_requests)
    .scalar_subquery()
)
_cancelled = exists().where(
    money.request_cancellations.c.centre_id == _requests.c.centre_id,
    money.request_cancellations.c.request_id == _requests.c.request_id,
)
STANDING = select(
    _requests,
    kept.dossiers,
    (_allocated + _cash).label("paid"),
    (_received - _given).label("held"),
    _cancelled.label("is_cancelled"),
).join(
    kept.dossiers,
    (kept.dossiers.c.centre_id == _requests.c.centre_id)
    & (kept.dossiers.c.dossier_id == _requests.c.dossier_id),
)
_REQUEST_COLUMNS = len(_requests.c)
_DOSSIER_COLUMNS = _REQUEST_COLUMNS + len(kept.dossiers.c)


class SqlRequests:
    """Reads dossiers and requests."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def dossier(self, centre_id: str, dossier_id: str) -> Dossier:
        """Return a dossier. Raises NotFound."""
        table = kept.dossiers
        same = (table.c.centre_id == centre_id) & (table.c.dossier_id == dossier_id)
        dossier = self._session.first(Dossier, select(table).where(same))
        if dossier is None:
            raise NotFound("dossier_unknown")
        return dossier

    def dossiers_by_key(self, centre_id: str, code_keys: Iterable[str]) -> dict[str, Dossier]:
        """Return the known ones of some dossier codes, by normalised code."""
        table = kept.dossiers
        statement = select(table).where(
            table.c.centre_id == centre_id, table.c.code_key.in_(list(code_keys))
        )
        return {dossier.code_key: dossier for dossier in self._session.all(Dossier, statement)}

    def of_dossier(self, centre_id: str, dossier_id: str) -> list[RequestStanding]:
        """Return a dossier's requests, the first attempt first."""
        same = (_requests.c.centre_id == centre_id) & (_requests.c.dossier_id == dossier_id)
        return sorted(self._standings(same), key=lambda standing: standing.request.attempt)

    def standing(self, centre_id: str, request_id: str) -> RequestStanding:
        """Return a request with its sums. Raises NotFound."""
        same = (_requests.c.centre_id == centre_id) & (_requests.c.request_id == request_id)
        return self._one(same)

    def by_references(
        self, centre_id: str, references: Iterable[str]
    ) -> dict[str, RequestStanding]:
        """Return the requests of this centre that some references name."""
        wanted = list(references)
        if not wanted:
            return {}
        named = (_requests.c.centre_id == centre_id) & _requests.c.reference.in_(wanted)
        return {standing.request.reference: standing for standing in self._standings(named)}

    def by_token(self, token: str) -> RequestStanding:
        """Return the request that a citizen's link opens. Raises NotFound."""
        return self._one(_requests.c.token == token)

    def references_taken(self, references: Iterable[str]) -> set[str]:
        """Return those references that any request of the deployment already has."""
        statement = select(_requests.c.reference).where(_requests.c.reference.in_(list(references)))
        return {row[0] for row in self._session.rows(statement)}

    def _one(self, condition: ColumnElement[bool]) -> RequestStanding:
        """Return the one request that fits. Raises NotFound."""
        standings = self._standings(condition)
        if not standings:
            raise NotFound("request_unknown")
        return standings[0]

    def _standings(self, condition: ColumnElement[bool]) -> list[RequestStanding]:
        """Return requests with their lines and sums."""
        rows = self._session.rows(STANDING.where(condition))
        requests = [PaymentRequest(*row[:_REQUEST_COLUMNS]) for row in rows]
        lines = self._lines(requests)
        return [
            RequestStanding(
                request=request,
                dossier=Dossier(*row[_REQUEST_COLUMNS:_DOSSIER_COLUMNS]),
                lines=tuple(lines.get(request.request_id, ())),
                paid=int(row.paid),
                held=int(row.held),
                is_cancelled=bool(row.is_cancelled),
            )
            for request, row in zip(requests, rows, strict=True)
        ]

    def _lines(self, requests: Sequence[PaymentRequest]) -> dict[str, list[RequestLine]]:
        """Return the lines of some requests, by request, in their order."""
        if not requests:
            return {}
        table = money.request_lines
        statement = select(table).where(
            table.c.centre_id.in_({request.centre_id for request in requests}),
            table.c.request_id.in_([request.request_id for request in requests]),
        )
        found: dict[str, list[RequestLine]] = {}
        for line in self._session.all(RequestLine, statement.order_by(table.c.line_no)):
            found.setdefault(line.request_id, []).append(line)
        return found
