"""Take in a file that was kept apart, by the columns a person names, and keep them as a profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from payments.domain.bank_messages import Statement, StatementProblem
from payments.domain.business_day import local
from payments.domain.column_mapping import ColumnMapping, TableHead
from payments.domain.errors import Conflict, Invalid
from payments.domain.staff import Actor
from payments.ports import MapsColumns, StatementReader, World
from payments.services.record_event import record
from reconciliation.domain.large_files import CHAINING
from reconciliation.domain.statements import (
    FileVerdict,
    StatementFileRecord,
    StatementProfile,
)
from reconciliation.ports import BooksUnitOfWork
from reconciliation.services.check_statement_file import Plan, plan_file
from reconciliation.services.import_statement import (
    ImportResult,
    book_file,
    noticed,
    problems_json,
)
from reconciliation.services.map_statement import columns_json, header_key, known_mapping
from reconciliation.services.read_statement import kept_body


@dataclass(frozen=True, slots=True)
class MappedFile:
    """A kept file with the head of its table, and the mapping its words or a profile tell."""

    file: StatementFileRecord
    head: TableHead
    suggested: ColumnMapping


@dataclass(frozen=True, slots=True)
class MappedPreview:
    """What a mapping makes of a file: the statements that would be imported, or what is wrong."""

    statements: Sequence[Statement]
    problems: Sequence[StatementProblem]


def open_mapping(
    uow: BooksUnitOfWork, centre_id: str, readers: Mapping[str, StatementReader], file_id: str
) -> MappedFile:
    """Return a kept file for its columns to be named.

    Raises NotFound, Conflict when the file is in the books, Invalid when it holds no table.
    """
    file, reader = _kept(uow, centre_id, readers, file_id)
    head = reader.head(file.body)
    return MappedFile(file, head, known_mapping(uow, centre_id, head) or head.guessed)


def preview_mapped(
    uow: BooksUnitOfWork,
    world: World,
    centre_id: str,
    readers: Mapping[str, StatementReader],
    file_id: str,
    mapping: ColumnMapping,
) -> MappedPreview:
    """Say what an import by this mapping would bring; nothing is written.

    Raises as open_mapping.
    """
    file, reader = _kept(uow, centre_id, readers, file_id)
    plans, problems = _plan(uow, world, centre_id, reader, file, mapping)
    return MappedPreview([plan.followed.statement for plan in plans], problems)


def import_mapped(
    uow: BooksUnitOfWork,
    world: World,
    actor: Actor,
    readers: Mapping[str, StatementReader],
    file_id: str,
    mapping: ColumnMapping,
    name: str,
) -> ImportResult:
    """Import a kept file by a mapping, and keep the mapping under a name; the caller commits.

    With problems nothing is written, and the result is that of the quarantine.
    Raises as open_mapping, and Invalid when the name is empty or the account is not the centre's,
    Conflict while a large file of the centre is being booked.
    """
    if not name.strip():
        raise Invalid("field_missing", field="name")
    uow.centres.lock(actor.centre_id)
    if uow.large_files.any_in(actor.centre_id, CHAINING):
        raise Conflict("statement_import_running")
    file, reader = _kept(uow, actor.centre_id, readers, file_id)
    plans, problems = _plan(uow, world, actor.centre_id, reader, file, mapping)
    if problems:
        return ImportResult(file_id, FileVerdict.QUARANTINED, problems=tuple(problems))
    profile = StatementProfile(
        centre_id=actor.centre_id,
        profile_id=world.ids.new(),
        name=name.strip()[:100],
        header_key=header_key(reader.head(file.body), mapping),
        account_id=plans[0].account.account_id,
        columns=columns_json(mapping),
        made_by=actor.actor_id,
        made_at=world.clock.now(),
        file_id=file.file_id,
    )
    taken = replace(
        file,
        file_id=world.ids.new(),
        verdict=FileVerdict.IMPORTED,
        problems=problems_json(noticed(plans)),
        received_by=actor.actor_id,
        received_at=world.clock.now(),
    )
    uow.add(profile)
    record(
        uow, world, actor, "statement.mapped", taken.file_id,
        name=profile.name, profile=profile.profile_id, columns=profile.columns,
    )  # fmt: skip
    uow.add(taken)
    return book_file(uow, world, actor, taken, plans)


def _plan(
    uow: BooksUnitOfWork,
    world: World,
    centre_id: str,
    reader: MapsColumns,
    file: StatementFileRecord,
    mapping: ColumnMapping,
) -> tuple[list[Plan], list[StatementProblem]]:
    today = local(world.clock.now()).date()
    return plan_file(uow, centre_id, partial(reader.read_mapped, file.body, mapping), today)


def _kept(
    uow: BooksUnitOfWork, centre_id: str, readers: Mapping[str, StatementReader], file_id: str
) -> tuple[StatementFileRecord, MapsColumns]:
    file = uow.statements.kept_file(centre_id, file_id)
    file = replace(file, body=kept_body(uow, file))
    taken = uow.statements.file_of(centre_id, file.body_sha256, FileVerdict.IMPORTED)
    if file.verdict is not FileVerdict.QUARANTINED or taken is not None:
        raise Conflict("statement_file_imported")
    reader = readers.get(file.reader)
    if not isinstance(reader, MapsColumns):
        raise Invalid("statement_has_no_columns", field="file")
    return file, reader
