"""Repository of large statement files: how far each has come, and its bytes in parts."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, exists, func, select

from payments.domain.errors import Conflict
from payments.store.reading import Prepared
from payments.store.session import Session
from reconciliation.domain.large_files import CHAINING, LargeFile, Phase
from reconciliation.store import tables
from reconciliation.store.taken_lines import SqlTakenLines

_files = tables.large_files
_parts = tables.statement_file_parts

BELIEVED = ~exists().where(
    _files.c.centre_id == tables.statements.c.centre_id,
    _files.c.file_id == tables.statements.c.file_id,
    _files.c.phase.in_(CHAINING),
)
"""Statements that count: those of a file that is still being booked do not."""

_ANY_IN = Prepared(
    select(func.count()).where(
        _files.c.centre_id == bindparam("centre_id"),
        _files.c.phase.in_(bindparam("phases", expanding=True)),
        _files.c.body_sha256 != bindparam("but"),
    )
)


class SqlLargeFiles(SqlTakenLines):
    """Reads and moves the imports of large files, and the lines they have taken in."""

    def __init__(self, session: Session) -> None:
        """Work within a transaction."""
        super().__init__(session)
        self._session = session

    def of(self, centre_id: str, body_sha256: str) -> LargeFile | None:
        """Return the import of some bytes."""
        statement = select(_files).where(
            _files.c.centre_id == centre_id, _files.c.body_sha256 == body_sha256
        )
        return self._session.first(LargeFile, statement)

    def named(self, centre_id: str, file_id: str) -> LargeFile | None:
        """Return the import of a file by its identifier."""
        statement = select(_files).where(
            _files.c.centre_id == centre_id, _files.c.file_id == file_id
        )
        return self._session.first(LargeFile, statement)

    def take(self, file: LargeFile) -> None:
        """Hold an import until the transaction ends.

        Raises Conflict when it no longer stands where ``file`` says: somebody else goes on with it.
        """
        statement = (
            select(_files)
            .where(_files.c.centre_id == file.centre_id, _files.c.body_sha256 == file.body_sha256)
            .with_for_update()
        )
        if self._session.first(LargeFile, statement) != file:
            raise Conflict("statement_import_elsewhere")

    def unfinished(self, centre_id: str) -> list[LargeFile]:
        """Return the imports of a centre that are not finished, in the order they came."""
        statement = select(_files).where(_files.c.centre_id == centre_id)
        found = self._session.all(LargeFile, statement.order_by(_files.c.received_at))
        return [file for file in found if not file.is_finished]

    def any_in(self, centre_id: str, phases: Iterable[Phase], *, but: str = "") -> bool:
        """Say whether a file of the centre, other than ``but`` by its hash, is in some phases."""
        found = self._session.scalar(_ANY_IN, centre_id=centre_id, phases=list(phases), but=but)
        return bool(found)

    def part(self, centre_id: str, body_sha256: str, part_no: int) -> bytes:
        """Return a part of a file's bytes, counted from 0; empty behind the last one."""
        statement = select(_parts.c.body).where(
            _parts.c.centre_id == centre_id,
            _parts.c.body_sha256 == body_sha256,
            _parts.c.part_no == part_no,
        )
        return bytes(self._session.scalar(statement) or b"")
