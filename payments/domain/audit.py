"""The audit log: each event carries the hash of the one before it, so that a changed past shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

GENESIS = "0" * 64

# The lengths that parts usually have, as they stand ahead of a part: a character a byte.
_LENGTHS = tuple(length.to_bytes(4, "big").decode("latin-1") for length in range(1_024))


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
    stamp = at.isoformat(timespec="microseconds")
    return event_digest(
        previous_hash, centre_id, str(seq), stamp, actor, action, subject_id, detail
    )


def event_digest(*parts: str) -> str:
    """Return the SHA-256 of an event's parts in UTF-8, each with its length in four bytes ahead.

    The parts are the hash before it, centre, ``seq``, the instant as ISO 8601 with microseconds and
    offset, actor, action, subject and detail.
    """
    together = "".join(parts)
    if together.isascii() and len(together) < len(_LENGTHS):
        # Nearly every event. A character is a byte, so all of it is written and encoded in one go:
        # the books check does this for millions of events.
        a, b, c, d, e, f, g, h = parts
        size = _LENGTHS
        text = (
            f"{size[len(a)]}{a}{size[len(b)]}{b}{size[len(c)]}{c}{size[len(d)]}{d}"
            f"{size[len(e)]}{e}{size[len(f)]}{f}{size[len(g)]}{g}{size[len(h)]}{h}"
        )
        return hashlib.sha256(text.encode("latin-1")).hexdigest()
    encoded = [part.encode() for part in parts]
    return hashlib.sha256(
        b"".join(len(data).to_bytes(4, "big") + data for data in encoded)
    ).hexdigest()


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
