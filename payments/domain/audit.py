"""The audit log: each event carries the hash of the one before it, so that a changed past shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One change of business data. ``detail`` is canonical JSON; ``seq`` counts from 1."""

    centre_id: str
    seq: int
    at: datetime
    actor: str
    action: str
    subject_id: str
    detail: str
    previous_hash: str
    event_hash: str


_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical_json(value: Mapping[str, object]) -> str:
    """Return JSON with sorted keys and no blanks, so that equal facts have equal bytes."""
    return _CANONICAL.encode(value)


def event_hash(
    *,
    centre_id: str,
    seq: int,
    at: datetime,
    actor: str,
    action: str,
    subject_id: str,
    detail: str,
    previous_hash: str,
) -> str:
    """Return the SHA-256 of an event's length-prefixed parts and the hash before it."""
    digest = hashlib.sha256()
    stamp = at.isoformat(timespec="microseconds")
    for part in (previous_hash, centre_id, str(seq), stamp, actor, action, subject_id, detail):
        data = part.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


def chained(
    previous: AuditEvent | None,
    *,
    centre_id: str,
    at: datetime,
    actor: str,
    action: str,
    subject_id: str,
    detail: Mapping[str, object],
) -> AuditEvent:
    """Return the next event of a centre's chain."""
    seq = previous.seq + 1 if previous else 1
    previous_hash = previous.event_hash if previous else GENESIS
    text = canonical_json(detail)
    digest = event_hash(
        centre_id=centre_id,
        seq=seq,
        at=at,
        actor=actor,
        action=action,
        subject_id=subject_id,
        detail=text,
        previous_hash=previous_hash,
    )
    return AuditEvent(centre_id, seq, at, actor, action, subject_id, text, previous_hash, digest)


def first_broken(events: Iterable[AuditEvent]) -> AuditEvent | None:
    """Return the first event, in order of ``seq``, that does not follow from the one before it."""
    seq, previous_hash = 0, GENESIS
    for event in events:
        expected = event_hash(
            centre_id=event.centre_id,
            seq=event.seq,
            at=event.at,
            actor=event.actor,
            action=event.action,
            subject_id=event.subject_id,
            detail=event.detail,
            previous_hash=previous_hash,
        )
        if (
            event.seq != seq + 1
            or event.previous_hash != previous_hash
            or event.event_hash != expected
        ):
            return event
        seq, previous_hash = event.seq, event.event_hash
    return None
