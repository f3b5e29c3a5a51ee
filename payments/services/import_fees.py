"""Bring a new fee schedule into force: first a preview of what changes, then the very same change.

A change adds a version with its own first day. Nothing that was in force on any day is rewritten.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from payments.domain.audit import canonical_json
from payments.domain.centres import Field, Procedure
from payments.domain.errors import Conflict, InvalidFile, Problem
from payments.domain.fees import FeeItem
from payments.domain.staff import Actor
from payments.ports import UnitOfWork, World
from payments.services.read_fee_file import FeeRow
from payments.services.record_event import record


class ChangeKind(StrEnum):
    """What a row of the file means for the schedule."""

    NEW = "new"
    CHANGED = "changed"
    ENDED = "ended"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class FeeChange:
    """One row of the file, with the amount of the version before it, if there was one."""

    kind: ChangeKind
    row: FeeRow
    before: int | None

    @property
    def amount(self) -> int:
        """Đồng per unit after the change; a fee that ends keeps the amount it had."""
        return self.row.amount if self.row.amount is not None else self.before or 0


@dataclass(frozen=True, slots=True)
class Renaming:
    """A field or procedure as the file names it, and what it was called before."""

    place: Field | Procedure
    before: str


@dataclass(frozen=True, slots=True)
class FeePreview:
    """Everything an import would do. ``digest`` stands for the rows and for the schedule before."""

    changes: tuple[FeeChange, ...]
    new_fields: tuple[Field, ...]
    new_procedures: tuple[Procedure, ...]
    renamed: tuple[Renaming, ...]
    digest: str

    @property
    def counts(self) -> dict[ChangeKind, int]:
        """How many rows there are of each kind, none left out."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in ChangeKind}

    @property
    def changes_nothing(self) -> bool:
        """Whether the schedule already says all that the file says."""
        unchanged = self.counts[ChangeKind.UNCHANGED] == len(self.changes)
        return unchanged and not (self.new_fields or self.new_procedures or self.renamed)


def preview_fees(uow: UnitOfWork, centre_id: str, rows: Sequence[FeeRow]) -> FeePreview:
    """Return what an import of these rows would do.

    Raises InvalidFile naming each row that overlaps a version already known, ends a fee that is not
    there, or moves a fee or procedure elsewhere.
    """
    items = uow.centres.fee_items(centre_id)
    fields = {known.field_code: known for known in uow.centres.fields(centre_id)}
    procedures = {known.procedure_code: known for known in uow.centres.procedures(centre_id)}
    problems = list(_moved(rows, items, procedures))
    changes = _changes(rows, items, problems)
    if problems:
        raise InvalidFile(sorted(problems, key=lambda problem: int(problem.where)))
    named_fields = {
        row.field_code: Field(centre_id, row.field_code, row.field_name) for row in rows
    }
    named = {
        row.procedure_code: Procedure(
            centre_id, row.procedure_code, row.field_code, row.procedure_name
        )
        for row in rows
    }
    return FeePreview(
        changes=changes,
        new_fields=tuple(field for code, field in named_fields.items() if code not in fields),
        new_procedures=tuple(found for code, found in named.items() if code not in procedures),
        renamed=(
            *_renamings(named_fields.values(), fields.values()),
            *_renamings(named.values(), procedures.values()),
        ),
        digest=_digest(rows, items, [*fields.values(), *procedures.values()]),
    )


def import_fees(
    uow: UnitOfWork, world: World, actor: Actor, rows: Sequence[FeeRow], *, digest: str
) -> FeePreview:
    """Do what a preview has shown; the caller commits.

    Raises Conflict when rows or schedule are no longer those of the preview with this digest.
    """
    uow.centres.lock(actor.centre_id)
    preview = preview_fees(uow, actor.centre_id, rows)
    if preview.digest != digest:
        raise Conflict("fees_changed_since_preview")
    _write_places(uow, world, actor, preview)
    for change in preview.changes:
        if change.kind is not ChangeKind.UNCHANGED:
            _write_version(uow, world, actor, change)
    return preview


def _renamings(
    named: Iterable[Field | Procedure], known: Iterable[Field | Procedure]
) -> Iterator[Renaming]:
    """Give each place that the file names otherwise than the schedule does."""
    names = {_code(place): place.name for place in known}
    for place in named:
        before = names.get(_code(place), place.name)
        if before != place.name:
            yield Renaming(place, before)


def _code(place: Field | Procedure) -> str:
    """Return the code of a field or procedure."""
    return place.field_code if isinstance(place, Field) else place.procedure_code


def _moved(
    rows: Sequence[FeeRow], items: Sequence[FeeItem], procedures: dict[str, Procedure]
) -> Iterator[Problem]:
    """Name rows that would move a fee to another procedure, or a procedure to another field."""
    homes = {item.fee_code: item.procedure_code for item in items}
    for row in rows:
        if homes.get(row.fee_code, row.procedure_code) != row.procedure_code:
            facts: dict[str, object] = {"name": row.fee_code, "procedure": homes[row.fee_code]}
            yield Problem(row.where, "fee_in_other_procedure", facts)
        procedure = procedures.get(row.procedure_code)
        if procedure and procedure.field_code != row.field_code:
            facts = {"name": row.procedure_code, "field_code": procedure.field_code}
            yield Problem(row.where, "procedure_in_other_field", facts)


def _changes(
    rows: Sequence[FeeRow], items: Sequence[FeeItem], problems: list[Problem]
) -> tuple[FeeChange, ...]:
    """Return what each row means, in the order of the file; overlaps become problems."""
    versions: dict[object, list[FeeItem | FeeRow]] = {}
    for item in sorted(items, key=lambda item: item.valid_from):
        versions.setdefault(item.series_key, []).append(item)
    changes: dict[str, FeeChange] = {}
    for row in sorted(rows, key=lambda row: row.valid_from):
        known = versions.setdefault(row.series_key, [])
        newest = known[-1] if known else None
        before = newest.amount if newest else None
        same_day = next(
            (version for version in known if version.valid_from == row.valid_from), None
        )
        if (same_day and _says_the_same(row, same_day)) or (
            newest and newest.valid_from < row.valid_from and _says_the_same(row, newest)
        ):
            changes[row.where] = FeeChange(ChangeKind.UNCHANGED, row, before)
        elif newest and row.valid_from <= newest.valid_from:
            facts: dict[str, object] = {"fee": row.fee_code, "day": newest.valid_from.isoformat()}
            problems.append(Problem(row.where, "fee_overlaps", facts))
        elif row.is_ended and (newest is None or newest.is_ended):
            problems.append(Problem(row.where, "fee_not_in_force", {"fee": row.fee_code}))
        else:
            known.append(row)
            changes[row.where] = FeeChange(_kind(row, newest), row, before)
    return tuple(changes[row.where] for row in rows if row.where in changes)


def _kind(row: FeeRow, newest: FeeItem | FeeRow | None) -> ChangeKind:
    """Return what a row that is not known yet means."""
    if row.is_ended:
        return ChangeKind.ENDED
    return ChangeKind.CHANGED if newest and not newest.is_ended else ChangeKind.NEW


def _says_the_same(row: FeeRow, version: FeeItem | FeeRow) -> bool:
    """Say whether a row adds nothing to a version but a later first day."""
    if row.is_ended or version.is_ended:
        return row.is_ended and version.is_ended
    name = version.name if isinstance(version, FeeItem) else version.fee_name
    known = (name, version.kind, version.amount, version.unit, version.legal_basis)
    return known == (row.fee_name, row.kind, row.amount, row.unit, row.legal_basis)


def _digest(
    rows: Sequence[FeeRow], items: Sequence[FeeItem], places: Sequence[Field | Procedure]
) -> str:
    """Return the SHA-256 of the rows and of all that they are compared with."""
    digest = hashlib.sha256()
    for value in (*rows, *sorted(items, key=lambda item: item.fee_item_id), *places):
        facts = {name: str(fact) for name, fact in asdict(value).items()}
        digest.update(canonical_json(facts).encode() + b"\n")
    return digest.hexdigest()


def _write_places(uow: UnitOfWork, world: World, actor: Actor, preview: FeePreview) -> None:
    """Add new fields and procedures, and rename known ones."""
    for field in preview.new_fields:
        uow.add(field)
        record(uow, world, actor, "field.added", field.field_code, name=field.name)
    for found in preview.new_procedures:
        uow.add(found)
        record(uow, world, actor, "procedure.added", found.procedure_code, name=found.name)
    for renaming in preview.renamed:
        place = renaming.place
        uow.replace(place)
        action = "field.renamed" if isinstance(place, Field) else "procedure.renamed"
        record(uow, world, actor, action, _code(place), before=renaming.before, name=place.name)


def _write_version(uow: UnitOfWork, world: World, actor: Actor, change: FeeChange) -> None:
    """Add one version of one fee."""
    row = change.row
    item = FeeItem(
        centre_id=actor.centre_id,
        fee_item_id=world.ids.new(),
        fee_code=row.fee_code,
        procedure_code=row.procedure_code,
        name=row.fee_name,
        kind=row.kind,
        channel=row.channel,
        payer_class=row.payer_class,
        amount=change.amount,
        unit=row.unit,
        legal_basis=row.legal_basis,
        valid_from=row.valid_from,
        is_ended=row.is_ended,
        created_at=world.clock.now(),
    )
    uow.add(item)
    record(
        uow, world, actor, f"fee.{change.kind.value}", item.fee_item_id,
        fee=row.fee_code, channel=row.channel, payer_class=row.payer_class, amount=item.amount,
        before=change.before, valid_from=str(row.valid_from),
    )  # fmt: skip
