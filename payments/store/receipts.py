"""Repository of receipts and their series."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from payments.domain.errors import NotFound
from payments.domain.receipts import Receipt, ReceiptSeries, SeriesKind
from payments.store import tables_money as money
from payments.store import tables_registry as kept
from payments.store.reading import Prepared
from payments.store.session import Session

# A year's series with the last number given out in each, in one round trip.
SERIES_OF_YEAR = Prepared(
    select(
        kept.receipt_series,
        select(func.max(money.receipts.c.number))
        .where(
            money.receipts.c.centre_id == kept.receipt_series.c.centre_id,
            money.receipts.c.series_id == kept.receipt_series.c.series_id,
        )
        .correlate(kept.receipt_series)
        .scalar_subquery(),
    ).where(
        kept.receipt_series.c.centre_id == bindparam("centre_id"),
        kept.receipt_series.c.year == bindparam("year"),
    )
)

_OF_REQUEST = Prepared(
    select(money.receipts)
    .where(
        money.receipts.c.centre_id == bindparam("centre_id"),
        money.receipts.c.request_id == bindparam("request_id"),
    )
    .order_by(money.receipts.c.kind, money.receipts.c.issue_no)
)


class SqlReceipts:
    """Reads receipts and series."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction, whose holder has the centre's lock when it takes numbers."""
        self._session = session
        self._series: dict[tuple[str, int], dict[SeriesKind, ReceiptSeries]] = {}
        self._numbers: dict[str, int] = {}

    def series(self, centre_id: str, kind: SeriesKind, year: int) -> ReceiptSeries | None:
        """Return the series of a kind and year; of several the one with the first serial."""
        of_year = self._series.get((centre_id, year))
        if of_year is None or kind not in of_year:
            of_year = self._read_series(centre_id, year)
        return of_year.get(kind)

    def take_number(self, series: ReceiptSeries) -> int:
        """Return the next number of a series that ``series`` gave, or that was just added.

        The centre's lock keeps others out until the end of the transaction, so the last number is
        read once, with the series, and counted on from there; a roll-back gives the numbers back.
        """
        number = self._numbers.get(series.series_id, 0) + 1
        self._numbers[series.series_id] = number
        return number

    def _read_series(self, centre_id: str, year: int) -> dict[SeriesKind, ReceiptSeries]:
        """Read a year's series, and the last numbers of those not yet counted on."""
        found: dict[SeriesKind, ReceiptSeries] = {}
        for *fields, last in self._session.tuples(SERIES_OF_YEAR, centre_id=centre_id, year=year):
            series = ReceiptSeries(*fields)
            self._numbers.setdefault(series.series_id, int(last or 0))
            known = found.setdefault(series.kind, series)
            if series.serial < known.serial:
                found[series.kind] = series
        self._series[centre_id, year] = found
        return found

    def of_request(self, centre_id: str, request_id: str) -> list[Receipt]:
        """Return the receipts of a request."""
        return self._session.all(Receipt, _OF_REQUEST, centre_id=centre_id, request_id=request_id)

    def by_token(self, token: str) -> Receipt:
        """Return the receipt that a link shows. Raises NotFound."""
        table = money.receipts
        receipt = self._session.first(Receipt, select(table).where(table.c.token == token))
        if receipt is None:
            raise NotFound("receipt_unknown")
        return receipt
