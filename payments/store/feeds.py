"""Repository of feeds: the polls of a connection, and the running balance that it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select

from payments.domain.breaks import Break, BreakKind
from payments.domain.polling import FeedState, Poll, PollResult
from payments.domain.running_balance import Moved
from payments.domain.transfers import Teller
from payments.store import tables_books as books
from payments.store import tables_money as money
from payments.store.session import Session
from payments.store.tables_feeds import poll_results, polls

_POLL_COLUMNS = len(polls.c)
_WITH_RESULTS = select(polls, poll_results).outerjoin_from(
    polls,
    poll_results,
    (poll_results.c.centre_id == polls.c.centre_id)
    & (poll_results.c.endpoint_id == polls.c.endpoint_id)
    & (poll_results.c.number == polls.c.number),
)


@dataclass(frozen=True, slots=True)
class PollRow:
    """A poll as people see it; ``result`` is None while it is under way or was cut off."""

    poll: Poll
    result: PollResult | None


class SqlFeeds:
    """Reads feeds."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def state(self, centre_id: str, endpoint_id: str) -> FeedState:
        """Return where the feed of a connection stands."""
        last = poll_rows(self._session, centre_id, endpoint_id, limit=1)
        if not last:
            return FeedState()
        results = poll_results
        statement = (
            select(func.max(results.c.whole_until), func.max(polls.c.started_at))
            .join_from(
                results,
                polls,
                (polls.c.centre_id == results.c.centre_id)
                & (polls.c.endpoint_id == results.c.endpoint_id)
                & (polls.c.number == results.c.number),
            )
            .where(
                results.c.centre_id == centre_id,
                results.c.endpoint_id == endpoint_id,
                results.c.is_complete,
            )
        )
        whole_until, completed_at = self._session.rows(statement)[0]
        return FeedState(last[0].poll, last[0].result, whole_until, completed_at)

    def movements(self, centre_id: str, account_id: str, since: date) -> list[Moved]:
        """Return an account's transfers since a business date, with the balances told of them."""
        transfers, told = money.transfers, money.evidence
        balance = (
            select(func.max(told.c.balance_after))
            .where(
                told.c.centre_id == transfers.c.centre_id,
                told.c.transfer_id == transfers.c.transfer_id,
                told.c.teller.in_([Teller.WEBHOOK, Teller.POLL]),
                told.c.agrees,
            )
            .correlate(transfers)
            .scalar_subquery()
        )
        statement = select(
            transfers.c.transfer_id,
            transfers.c.direction,
            transfers.c.amount,
            transfers.c.occurred_at,
            transfers.c.bank_reference,
            transfers.c.recorded_at,
            balance,
        ).where(
            transfers.c.business_date >= since,
            transfers.c.centre_id == centre_id,
            transfers.c.account_id == account_id,
        )
        return self._session.all(Moved, statement)

    def open_flaws(self, centre_id: str, account_id: str) -> list[Break]:
        """Return the breaks of an account's running balance that nobody has worked off."""
        breaks, done, transfers = books.breaks, books.break_resolutions, money.transfers
        statement = (
            select(breaks)
            .join(
                transfers,
                (transfers.c.transfer_id == breaks.c.subject_id)
                & (transfers.c.centre_id == breaks.c.centre_id),
            )
            .where(
                breaks.c.centre_id == centre_id,
                breaks.c.kind.in_([BreakKind.FEED_GAP, BreakKind.FEED_DOUBLE]),
                transfers.c.account_id == account_id,
                ~exists().where(
                    done.c.break_id == breaks.c.break_id, done.c.centre_id == breaks.c.centre_id
                ),
            )
        )
        return self._session.all(Break, statement)


def poll_rows(session: Session, centre_id: str, endpoint_id: str, *, limit: int) -> list[PollRow]:
    """Return the polls of a connection with what came of each, the newest first."""
    statement = (
        _WITH_RESULTS.where(polls.c.centre_id == centre_id, polls.c.endpoint_id == endpoint_id)
        .order_by(polls.c.number.desc())
        .limit(limit)
    )
    return [
        PollRow(
            Poll(*row[:_POLL_COLUMNS]),
            None if row[_POLL_COLUMNS] is None else PollResult(*row[_POLL_COLUMNS:]),
        )
        for row in session.rows(statement)
    ]


def last_problem(session: Session, centre_id: str, endpoint_id: str) -> PollResult | None:
    """Return the last poll of a connection that had a problem."""
    results = poll_results
    statement = (
        select(results)
        .where(
            results.c.centre_id == centre_id,
            results.c.endpoint_id == endpoint_id,
            results.c.problem != "",
        )
        .order_by(results.c.number.desc())
        .limit(1)
    )
    return session.first(PollResult, statement)
