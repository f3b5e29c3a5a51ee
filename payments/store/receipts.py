"""Repository of receipts and their series."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from payments.domain.errors import NotFound
from payments.domain.receipts import Receipt, ReceiptSeries, SeriesKind
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.session import Session

_SERIES = (
    select(kept.receipt_series)
    .where(
        kept.receipt_series.c.centre_id == bindparam("centre_id"),
        kept.receipt_series.c.kind == bindparam("series_kind"),
        kept.receipt_series.c.year == bindparam("year"),
    )
    .order_by(kept.receipt_series.c.serial)
)
_LAST_NUMBER = select(func.max(money.receipts.c.number)).where(
    money.receipts.c.centre_id == bindparam("centre_id"),
    money.receipts.c.series_id == bindparam("series_id"),
)


class SqlReceipts:
    """Reads receipts and series."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session
        self._numbers: dict[str, int] = {}
        self._series: dict[tuple[str, SeriesKind, int], ReceiptSeries] = {}

    def series(self, centre_id: str, kind: SeriesKind, year: int) -> ReceiptSeries | None:
        """Return the series of a kind and year."""
        if (centre_id, kind, year) in self._series:
            return self._series[centre_id, kind, year]
        found = self._session.first(
            ReceiptSeries, _SERIES, centre_id=centre_id, series_kind=kind, year=year
        )
        if found is not None:
            self._series[centre_id, kind, year] = found
        return found

    def take_number(self, centre_id: str, series_id: str) -> int:
        """Return the next number of a series.

        The centre's lock keeps others out until the end of the transaction, so the highest number
        is read once and counted on from there; a roll-back gives the numbers back.
        """
        if series_id not in self._numbers:
            # Numbers of this transaction are counted here, so what is kept back need not be seen.
            row = self._session.written(_LAST_NUMBER, centre_id=centre_id, series_id=series_id)[0]
            self._numbers[series_id] = int(row[0] or 0)
        self._numbers[series_id] += 1
        return self._numbers[series_id]

    def of_request(self, centre_id: str, request_id: str) -> list[Receipt]:
        """Return the receipts of a request."""
        table = money.receipts
        statement = select(table).where(
            table.c.centre_id == centre_id, table.c.request_id == request_id
        )
        return self._session.all(Receipt, statement.order_by(table.c.kind, table.c.issue_no))

    def by_token(self, token: str) -> Receipt:
        """Return the receipt that a link shows. Raises NotFound."""
        table = money.receipts
        receipt = self._session.first(Receipt, select(table).where(table.c.token == token))
        if receipt is None:
            raise NotFound("receipt_unknown")
        return receipt
