"""Bank statements as they are kept: the file, its statements, their entries, what they prove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from payments.domain.bank_messages import Direction


class FileVerdict(StrEnum):
    """Whether a statement file became part of the books."""

    IMPORTED = "imported"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class StatementFileRecord:
    """A file as it was handed in, kept for ever.

    ``problems`` is JSON: why it was quarantined, or what was noticed of one in the books.
    """

    centre_id: str
    file_id: str
    name: str
    reader: str
    body: bytes
    body_sha256: str
    verdict: FileVerdict
    problems: str
    received_by: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class StatementProfile:
    """A mapping of columns that a person made once, for every file with the same header.

    ``header_key`` names the row above the entries by its content; empty when there is none.
    ``columns`` is JSON: each meaning with its place. The newest of a header counts. ``file_id`` is
    the file in whose table the columns were named.
    """

    centre_id: str
    profile_id: str
    name: str
    header_key: str
    account_id: str
    columns: str
    made_by: str
    made_at: datetime
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """A later word on a mapping: another name, or that it reads no more files. The newest counts.

    ``number`` counts the changes of one mapping from 1.
    """

    centre_id: str
    profile_id: str
    number: int
    name: str
    is_ended: bool
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """A bank's list for one account. ``opening`` and ``closing`` are None when none is printed.

    ``skipped`` counts entries that an earlier statement had already brought; ``position`` counts
    the statements of an account from 1, in the order in which they follow each other.
    """

    centre_id: str
    statement_id: str
    file_id: str
    account_id: str
    number: str
    period_from: date
    period_to: date
    opening: int | None
    closing: int | None
    entries: int
    skipped: int
    position: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class StatementEntryRecord:
    """A line of a statement. ``entry_key`` makes it one across overlapping files."""

    centre_id: str
    entry_id: str
    statement_id: str
    account_id: str
    entry_key: str
    line_no: int
    booked_on: date
    direction: Direction
    amount: int
    bank_reference: str
    remittance_information: str
    balance_after: int | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """A transfer proven by a statement entry. ``how`` says by which rule they were matched."""

    centre_id: str
    entry_id: str
    transfer_id: str
    how: str
    settled_at: datetime
    business_date: date
