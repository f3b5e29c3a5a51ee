"""What recording a batch of tellings will ask the database, as one list of questions."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select

from payments.domain.transfers import Outlook
from payments.store import tables_books as books
from payments.store.days import LAST_CLOSED
from payments.store.reading import Prepared, Question
from payments.store.receipts import SERIES_OF_YEAR
from payments.store.requests import references_asked
from payments.store.transfers import candidates_asked, tellings_asked

AUDIT_HEAD = Prepared(
    select(books.audit_events)
    .where(books.audit_events.c.centre_id == bindparam("centre_id"))
    .order_by(books.audit_events.c.seq.desc())
    .limit(1)
)


def questions(outlook: Outlook) -> Iterator[Question]:
    """Yield the questions; each repository asks its own in the very same words."""
    centre_id, account_id = outlook.centre_id, outlook.account_id
    yield tellings_asked(centre_id, account_id, outlook.source, outlook.event_ids)
    yield candidates_asked(
        centre_id,
        account_id,
        not_told_by=outlook.teller,
        sources=[outlook.source],
        amounts=outlook.amounts,
        since=outlook.since,
        until=outlook.until,
    )
    if outlook.references:
        yield from references_asked(centre_id, outlook.references)
    yield Question(LAST_CLOSED, {"centre_id": centre_id})
    yield Question(AUDIT_HEAD, {"centre_id": centre_id})
    yield Question(SERIES_OF_YEAR, {"centre_id": centre_id, "year": outlook.year})
