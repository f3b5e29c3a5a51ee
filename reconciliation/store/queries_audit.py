"""The audit log as a page reads it: newest first, each event proven by the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from payments.domain.audit import GENESIS, AuditEvent, event_hash
from payments.domain.business_day import day_bounds
from payments.store import tables_books as books
from payments.store.session import Session


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the log is narrowed to.

    ``actor`` is one actor, or a kind of actors when it ends with a colon (``endpoint:``);
    ``before`` is the sequence number the page stays under.
    """

    day: date | None = None
    actor: str = ""
    action: str = ""
    subject: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event, and whether its hash follows from its content and from the event before it."""

    event: AuditEvent
    holds: bool


def audit_log(
    session: Session, centre_id: str, wanted: AuditFilter, *, limit: int
) -> list[ProvenEvent]:
    """Return events, the newest first, each with the proof of its link."""
    table = books.audit_events
    statement = select(table).where(table.c.centre_id == centre_id, *_conditions(wanted))
    events = session.all(AuditEvent, statement.order_by(table.c.seq.desc()).limit(limit))
    before = _hashes(session, centre_id, [event.seq - 1 for event in events])
    return [
        ProvenEvent(event, _follows(event, before.get(event.seq - 1, GENESIS))) for event in events
    ]


def _conditions(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of a filter."""
    table = books.audit_events
    if wanted.day is not None:
        first, after = day_bounds(wanted.day)
        yield table.c.at >= first
        yield table.c.at < after
    if wanted.actor.endswith(":"):
        yield table.c.actor.startswith(wanted.actor, autoescape=True)
    elif wanted.actor:
        yield table.c.actor == wanted.actor
    if wanted.action:
        yield table.c.action == wanted.action
    if wanted.subject:
        yield table.c.subject_id == wanted.subject
    if wanted.before is not None:
        yield table.c.seq < wanted.before


def _hashes(session: Session, centre_id: str, numbers: Sequence[int]) -> dict[int, str]:
    """Return the hashes of some events by their sequence numbers."""
    table = books.audit_events
    statement = select(table.c.seq, table.c.event_hash).where(
        table.c.centre_id == centre_id, table.c.seq.in_(list(numbers))
    )
    return {row.seq: row.event_hash for row in session.rows(statement)}


def _follows(event: AuditEvent, hash_before: str) -> bool:
    """Say whether an event carries the hash before it and its own is computed from its content."""
    expected = event_hash(
        centre_id=event.centre_id,
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        action=event.action,
        subject_id=event.subject_id,
        detail=event.detail,
        previous_hash=hash_before,
    )
    return event.previous_hash == hash_before and event.event_hash == expected
