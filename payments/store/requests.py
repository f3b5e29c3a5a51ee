"""Repository of dossiers and payment requests, with the sums that decide a request's state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, exists, func, select

from payments.domain.bank_messages import Direction
from payments.domain.dossiers import Dossier
from payments.domain.errors import NotFound
from payments.domain.requests import PaymentRequest, RequestLine, RequestStanding
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.known_transfers import IDENTIFIED, REST
from payments.store.reading import Prepared, Question
from payments.store.session import Query, Session

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
_held = (
    select(func.coalesce(func.sum(REST), 0))
    .where(
        money.transfers.c.centre_id == _requests.c.centre_id,
        money.transfers.c.request_id == _requests.c.request_id,
        money.transfers.c.direction == Direction.IN,
    )
    .correlate(_requests)
    .scalar_subquery()
)
_held_since = (
    select(func.coalesce(func.sum(REST), 0))
    .select_from(money.identifications)
    .join(money.transfers, IDENTIFIED)
    .where(
        money.identifications.c.centre_id == _requests.c.centre_id,
        money.identifications.c.request_id == _requests.c.request_id,
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
    (_held + _held_since).label("held"),
    _cancelled.label("is_cancelled"),
).join(
    kept.dossiers,
    (kept.dossiers.c.centre_id == _requests.c.centre_id)
    & (kept.dossiers.c.dossier_id == _requests.c.dossier_id),
)
_BY_REFERENCE = Prepared(
    STANDING.where(
        _requests.c.centre_id == bindparam("centre_id"),
        _requests.c.reference.in_(bindparam("references", expanding=True)),
    )
)
_BY_ID = Prepared(
    STANDING.where(
        _requests.c.centre_id == bindparam("centre_id"),
        _requests.c.request_id == bindparam("request_id"),
    )
)
_BY_TOKEN = Prepared(STANDING.where(_requests.c.token == bindparam("token")))
_LINES = Prepared(
    select(money.request_lines)
    .where(
        money.request_lines.c.request_id.in_(bindparam("request_ids", expanding=True)),
        money.request_lines.c.centre_id.in_(bindparam("centre_ids", expanding=True)),
    )
    .order_by(money.request_lines.c.request_id, money.request_lines.c.line_no)
)
_LINES_BY_REFERENCE = Prepared(
    select(money.request_lines)
    .join(
        _requests,
        (_requests.c.request_id == money.request_lines.c.request_id)
        & (_requests.c.centre_id == money.request_lines.c.centre_id),
    )
    .where(
        _requests.c.centre_id == bindparam("centre_id"),
        _requests.c.reference.in_(bindparam("references", expanding=True)),
    )
    .order_by(money.request_lines.c.request_id, money.request_lines.c.line_no)
)
_TAKEN = Prepared(
    select(_requests.c.reference).where(
        _requests.c.reference.in_(bindparam("references", expanding=True))
    )
)
_CENTRE_ID, _REQUEST_ID = (
    list(_requests.c).index(column) for column in (_requests.c.centre_id, _requests.c.request_id)
)
_REQUEST_COLUMNS = len(_requests.c)
_DOSSIER_COLUMNS = _REQUEST_COLUMNS + len(kept.dossiers.c)


def references_asked(centre_id: str, references: Iterable[str]) -> tuple[Question, Question]:
    """Ask for the requests that some references name, and for their lines."""
    values: dict[str, object] = {"centre_id": centre_id, "references": sorted(references)}
    return Question(_BY_REFERENCE, values), Question(_LINES_BY_REFERENCE, values)


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

    def dossiers_of_code(self, code_key: str) -> list[Dossier]:
        """Return the dossiers with a normalised code, whichever centre registered them."""
        table = kept.dossiers
        return self._session.all(Dossier, select(table).where(table.c.code_key == code_key))

    def of_dossier(self, centre_id: str, dossier_id: str) -> list[RequestStanding]:
        """Return a dossier's requests, the first attempt first."""
        same = (_requests.c.centre_id == centre_id) & (_requests.c.dossier_id == dossier_id)
        found = self._standings(STANDING.where(same))
        return sorted(found, key=lambda standing: standing.request.attempt)

    def standing(self, centre_id: str, request_id: str) -> RequestStanding:
        """Return a request with its sums. Raises NotFound."""
        return self._one(_BY_ID, centre_id=centre_id, request_id=request_id)

    def by_references(
        self, centre_id: str, references: Iterable[str]
    ) -> dict[str, RequestStanding]:
        """Return the requests of this centre that some references name."""
        wanted = list(references)
        if not wanted:
            return {}
        requests, lines = references_asked(centre_id, wanted)
        rows = self._session.run(requests.query, **requests.values)
        known = self._session.all(RequestLine, lines.query, **lines.values) if rows else []
        found = _standings(rows, known)
        return {standing.request.reference: standing for standing in found}

    def by_token(self, token: str) -> RequestStanding:
        """Return the request that a citizen's link opens. Raises NotFound."""
        return self._one(_BY_TOKEN, token=token)

    def references_taken(self, references: Iterable[str]) -> set[str]:
        """Return those references that any request of the deployment already has."""
        wanted = set(references)
        # One is asked for with every new request, so what is kept back stays so: a file of two
        # thousand dossiers is then written in a few statements.
        written = self._session.written(_TAKEN, references=wanted)
        pending = {request.reference for request in self._session.pending(PaymentRequest)}
        return {row[0] for row in written} | (wanted & pending)

    def _one(self, query: Query, **values: object) -> RequestStanding:
        """Return the one request that fits. Raises NotFound."""
        standings = self._standings(query, **values)
        if not standings:
            raise NotFound("request_unknown")
        return standings[0]

    def _standings(self, query: Query, **values: object) -> list[RequestStanding]:
        """Return requests with their lines and sums."""
        rows = self._session.run(query, **values)
        return _standings(rows, self._lines(rows))

    def _lines(self, rows: Sequence[Sequence[Any]]) -> list[RequestLine]:
        """Return the lines of the requests that some rows begin with, in their order."""
        if not rows:
            return []
        return self._session.all(
            RequestLine,
            _LINES,
            centre_ids={row[_CENTRE_ID] for row in rows},
            request_ids=[row[_REQUEST_ID] for row in rows],
        )


def _standings(
    rows: Sequence[Sequence[Any]], lines: Sequence[RequestLine]
) -> list[RequestStanding]:
    """Return requests with their lines and sums."""
    lines_of: dict[str, list[RequestLine]] = {}
    for line in lines:
        lines_of.setdefault(line.request_id, []).append(line)
    return [
        RequestStanding(
            request=(request := PaymentRequest(*row[:_REQUEST_COLUMNS])),
            dossier=Dossier(*row[_REQUEST_COLUMNS:_DOSSIER_COLUMNS]),
            lines=tuple(lines_of.get(request.request_id, ())),
            paid=int(row[_DOSSIER_COLUMNS]),
            held=int(row[_DOSSIER_COLUMNS + 1]),
            is_cancelled=bool(row[_DOSSIER_COLUMNS + 2]),
        )
        for row in rows
    ]
