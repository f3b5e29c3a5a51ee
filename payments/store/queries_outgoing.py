"""What other software is told, as pages list it: subscribers, their messages, their attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select, type_coerce

from payments.domain.outgoing import KEPT_TRYING, RETRY_AFTER, MessageState
from payments.store import tables_outgoing as tables
from payments.store.outgoing import is_delivered, latest_attempt
from payments.store.session import Session
from payments.store.types import Word

_messages, _subscriptions = tables.outgoing_messages, tables.subscriptions
_attempts, _results = tables.delivery_attempts, tables.delivery_results


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """What a subscriber's list is narrowed to. ``before`` is the number it stays under, or 0."""

    state: MessageState | None = None
    before: int = 0


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as a list shows it; ``status`` is None before an answer, 0 when none came."""

    message_id: str
    seq: int
    event_type: str
    body: str
    created_at: datetime
    state: MessageState
    attempts: int
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt of a message; what is None is not known while the attempt is under way."""

    attempt: int
    started_at: datetime
    status: int | None
    error: str | None
    milliseconds: int | None
    answer: str | None


def undelivered(session: Session, centre_id: str, now: datetime) -> dict[str, int]:
    """Return how many messages of the last days each subscriber has not taken."""
    statement = (
        select(_messages.c.subscription_id, func.count())
        .where(
            _messages.c.centre_id == centre_id,
            _messages.c.created_at >= now - KEPT_TRYING,
            ~is_delivered,
        )
        .group_by(_messages.c.subscription_id)
    )
    return {str(row[0]): int(row[1]) for row in session.rows(statement)}


def message_list(
    session: Session,
    centre_id: str,
    subscription_id: str,
    wanted: MessageFilter,
    *,
    now: datetime,
    limit: int,
) -> list[MessageRow]:
    """Return a subscriber's messages, the newest first."""
    state = _state(now)
    statement = (
        select(
            _messages.c.message_id,
            _messages.c.seq,
            _messages.c.event_type,
            _messages.c.body,
            _messages.c.created_at,
            state,
            latest_attempt,
            _results.c.status,
            _results.c.error,
        )
        .join_from(
            _messages,
            _subscriptions,
            (_subscriptions.c.subscription_id == _messages.c.subscription_id)
            & (_subscriptions.c.centre_id == _messages.c.centre_id),
        )
        .outerjoin(
            _results,
            (_results.c.message_id == _messages.c.message_id)
            & (_results.c.centre_id == _messages.c.centre_id)
            & (_results.c.attempt == latest_attempt),
        )
        .where(_messages.c.centre_id == centre_id, _messages.c.subscription_id == subscription_id)
        .order_by(_messages.c.seq.desc())
        .limit(limit)
    )
    if wanted.state is not None:
        statement = statement.where(state == wanted.state)
    if wanted.before:
        statement = statement.where(_messages.c.seq < wanted.before)
    return session.all(MessageRow, statement)


def attempt_list(session: Session, centre_id: str, message_id: str) -> list[AttemptRow]:
    """Return the attempts of a message, the newest first."""
    statement = (
        select(
            _attempts.c.attempt,
            _attempts.c.started_at,
            _results.c.status,
            _results.c.error,
            _results.c.milliseconds,
            _results.c.answer,
        )
        .outerjoin_from(
            _attempts,
            _results,
            (_results.c.message_id == _attempts.c.message_id)
            & (_results.c.attempt == _attempts.c.attempt)
            & (_results.c.centre_id == _attempts.c.centre_id),
        )
        .where(_attempts.c.centre_id == centre_id, _attempts.c.message_id == message_id)
        .order_by(_attempts.c.attempt.desc())
    )
    return session.all(AttemptRow, statement)


def _state(now: datetime) -> ColumnElement[MessageState]:
    """Say in SQL what has become of a message by now."""
    is_left = or_(
        ~_subscriptions.c.is_enabled,
        latest_attempt > len(RETRY_AFTER),
        _messages.c.created_at < now - KEPT_TRYING,
    )
    state = case(
        (is_delivered, MessageState.DELIVERED.value),
        (is_left, MessageState.GIVEN_UP.value),
        else_=MessageState.WAITING.value,
    )
    return type_coerce(state, Word(MessageState))
