"""Look after the mappings of columns: another name, an end, or a new one made out of an old one.

Nothing of a mapping is overwritten: each correction is a fact of its own, and the newest counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from payments.domain.bank_messages import Statement, StatementProblem
from payments.domain.column_mapping import ColumnMapping, TableHead
from payments.domain.errors import Conflict, Invalid, InvalidFile
from payments.domain.staff import Actor
from payments.ports import MapsColumns, StatementReader, World
from payments.services.record_event import record
from reconciliation.domain.statement_checks import check_statement
from reconciliation.domain.statements import ProfileChange, StatementFileRecord, StatementProfile
from reconciliation.ports import BooksUnitOfWork
from reconciliation.services.import_mapped import MappedPreview
from reconciliation.services.map_statement import columns_json, header_key, mapping_of
from reconciliation.services.read_statement import kept_body

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class OpenProfile:
    """A mapping with the file it was made in, whose rows show what another mapping would read."""

    profile: StatementProfile
    file: StatementFileRecord
    head: TableHead
    mapping: ColumnMapping


def rename_profile(
    uow: BooksUnitOfWork, world: World, actor: Actor, profile_id: str, name: str
) -> None:
    """Give a mapping another name. Raises NotFound, Conflict when it is ended, Invalid."""
    uow.centres.lock(actor.centre_id)
    _change(uow, world, actor, profile_id, name=_checked(name), is_ended=False)


def end_profile(uow: BooksUnitOfWork, world: World, actor: Actor, profile_id: str) -> None:
    """Let a mapping read no more files. Raises NotFound, Conflict when it is ended."""
    uow.centres.lock(actor.centre_id)
    _change(uow, world, actor, profile_id, name="", is_ended=True)


def open_profile(
    uow: BooksUnitOfWork, centre_id: str, readers: Mapping[str, StatementReader], profile_id: str
) -> OpenProfile:
    """Return a mapping with its file, to make a new one out of it.

    Raises NotFound, and Conflict when it is ended or its file is not known.
    """
    profile = uow.profiles.get(centre_id, profile_id)
    if uow.profiles.is_ended(centre_id, profile_id):
        raise Conflict("profile_ended")
    if profile.file_id is None:
        raise Conflict("profile_without_file")
    file = uow.statements.kept_file(centre_id, profile.file_id)
    file = replace(file, body=kept_body(uow, file))
    head = _reader(readers, file).head(file.body)
    accounts = uow.centres.accounts(centre_id)
    return OpenProfile(profile, file, head, mapping_of(profile, head, accounts))


def preview_profile(
    readers: Mapping[str, StatementReader], opened: OpenProfile, mapping: ColumnMapping
) -> MappedPreview:
    """Say what a mapping makes of the file by itself; what the books know of it does not matter."""
    try:
        content = _reader(readers, opened.file).read_mapped(opened.file.body, mapping)
    except InvalidFile as error:
        found = [
            StatementProblem(one.code, one.where, one.code, _facts(one.facts))
            for one in error.problems
        ]
        return MappedPreview([], found)
    except Invalid as error:
        return MappedPreview(
            [], [StatementProblem(error.code, "", error.code, _facts(error.facts))]
        )
    problems = [*content.problems, *_broken(content.statements, mapping)]
    return MappedPreview(content.statements, problems)


def remake_profile(
    uow: BooksUnitOfWork,
    world: World,
    actor: Actor,
    readers: Mapping[str, StatementReader],
    profile_id: str,
    mapping: ColumnMapping,
    name: str,
) -> StatementProfile | None:
    """Make a new mapping in the place of another, which ends; the caller commits.

    Nothing is written and None returned when the file cannot be read by it. Raises as open_profile,
    and Invalid without a name or when the account is not the centre's.
    """
    words = _checked(name)
    uow.centres.lock(actor.centre_id)
    opened = open_profile(uow, actor.centre_id, readers, profile_id)
    if preview_profile(readers, opened, mapping).problems:
        return None
    accounts = {one.account_number: one for one in uow.centres.accounts(actor.centre_id)}
    if mapping.account_number not in accounts:
        raise Invalid("field_missing", field="account")
    _change(uow, world, actor, profile_id, name="", is_ended=True)
    profile = replace(
        opened.profile,
        profile_id=world.ids.new(),
        name=words,
        header_key=header_key(opened.head, mapping),
        account_id=accounts[mapping.account_number].account_id,
        columns=columns_json(mapping),
        made_by=actor.actor_id,
        made_at=world.clock.now(),
    )
    uow.add(profile)
    record(
        uow, world, actor, "profile.remade", profile.profile_id,
        name=words, profile=profile_id, columns=profile.columns,
    )  # fmt: skip
    return profile


def _change(
    uow: BooksUnitOfWork, world: World, actor: Actor, profile_id: str, *, name: str, is_ended: bool
) -> None:
    """Add a word on a mapping that is not ended; without a name it keeps the one it has."""
    profile = uow.profiles.get(actor.centre_id, profile_id)
    last = uow.profiles.last_change(actor.centre_id, profile_id)
    if last is not None and last.is_ended:
        raise Conflict("profile_ended")
    change = ProfileChange(
        centre_id=actor.centre_id,
        profile_id=profile_id,
        number=last.number + 1 if last else 1,
        name=name or (last.name if last else profile.name),
        is_ended=is_ended,
        changed_by=actor.actor_id,
        changed_at=world.clock.now(),
    )
    uow.add(change)
    action = "profile.ended" if is_ended else "profile.renamed"
    record(uow, world, actor, action, profile_id, name=change.name)


def _reader(readers: Mapping[str, StatementReader], file: StatementFileRecord) -> MapsColumns:
    reader = readers.get(file.reader)
    if not isinstance(reader, MapsColumns):
        raise Invalid("statement_has_no_columns", field="file")
    return reader


def _broken(statements: tuple[Statement, ...], mapping: ColumnMapping) -> list[StatementProblem]:
    return [
        problem
        for one in statements
        for problem in check_statement(
            one, account_number=mapping.account_number, previous_closing=None
        )
    ]


def _checked(name: str) -> str:
    words = name.strip()
    if not 1 <= len(words) <= _LONGEST:
        raise Invalid("field_missing", field="name")
    return words


def _facts(facts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in facts.items())
