"""Import a statement file of any size: a small one at once, a large one step by step.

Each step of a large file is a short transaction that also writes how far the file has come. So it
may be stopped anywhere, and whoever goes on with it, or hands the file in again, goes on there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from payments.domain.bank_messages import StatementProblem
from payments.domain.errors import Conflict
from payments.domain.staff import Actor
from payments.ports import StatementReader, World
from reconciliation.domain.large_files import IN_ONE_GO, LargeFile, Phase
from reconciliation.domain.statements import FileVerdict
from reconciliation.ports import OpenBooks
from reconciliation.services.advance_file import Tell
from reconciliation.services.book_lines import book, drop_some, prove_some
from reconciliation.services.import_statement import ImportResult, import_statement
from reconciliation.services.judge_file import judge
from reconciliation.services.keep_file import keep_file
from reconciliation.services.take_in import take_in


@dataclass(frozen=True, slots=True)
class Importer:
    """What the import of a large file works with.

    ``rest`` is called between the steps of booking, so that others come to write; ``tell`` hears of
    each step.
    """

    open_books: OpenBooks
    world: World
    readers: Mapping[str, StatementReader]
    rest: Callable[[], None] = lambda: None
    tell: Tell = lambda _: None


def import_file(
    importer: Importer, actor: Actor, *, file_name: str, source: BinaryIO
) -> ImportResult:
    """Import a file that can be read from its beginning, whole, and return what became of it.

    Raises as import_statement and keep_file do, and Conflict when somebody else goes on with it.
    """
    source.seek(0)
    body = source.read(IN_ONE_GO + 1)
    if len(body) <= IN_ONE_GO:
        with importer.open_books() as uow:
            result = import_statement(
                uow, importer.world, actor, importer.readers, file_name=file_name, body=body
            )
            uow.commit()
        return result
    known = begin_file(importer, actor, file_name=file_name, source=source)
    was_known = known.is_finished
    return result_of(importer, finish_file(importer, known), was_known=was_known)


def begin_file(importer: Importer, actor: Actor, *, file_name: str, source: BinaryIO) -> LargeFile:
    """Keep a large file, and return where its import stands. Raises as keep_file does."""
    return keep_file(
        importer.open_books,
        importer.world,
        actor,
        importer.readers,
        file_name=file_name,
        source=source,
        tell=importer.tell,
    )


def finish_file(importer: Importer, file: LargeFile) -> LargeFile:
    """Go on with a kept file until it is done or put apart.

    Raises Conflict when another file of the centre is being booked, or somebody goes on with this.
    """
    while not file.is_finished:
        for moved in _steps(importer, file):
            file = moved
            importer.tell(file)
            importer.rest()
    return file


def _steps(importer: Importer, file: LargeFile) -> Iterator[LargeFile]:
    """Do what is to be done in the phase of a file, and yield the file after each step."""
    opened, world = importer.open_books, importer.world
    match file.phase:
        case Phase.KEEPING:
            raise Conflict("statement_file_not_whole")
        case Phase.TAKING | Phase.CHECKING:
            taken = take_in(opened, world, importer.readers, file, importer.tell)
            yield judge(opened, world, taken, importer.tell)[0]
        case Phase.BOOKING:
            yield from book(opened, world, file)
        case Phase.PROVING:
            yield prove_some(opened, world, file)
        case _:
            yield drop_some(opened, world, file)


def result_of(importer: Importer, file: LargeFile, *, was_known: bool) -> ImportResult:
    """Return what became of a large file that is finished."""
    is_done = file.phase is Phase.DONE
    verdict = FileVerdict.IMPORTED if is_done else FileVerdict.QUARANTINED
    with importer.open_books(write=False) as uow:
        kept = uow.statements.file_of(file.centre_id, file.body_sha256, verdict)
    if kept is None:
        raise Conflict("statement_import_elsewhere")
    problems = tuple(
        StatementProblem(one["rule"], one["where"], one["message"], tuple(one["facts"].items()))
        for one in json.loads(kept.problems)
    )
    is_known = was_known and is_done
    return ImportResult(
        kept.file_id,
        verdict,
        statements=0 if is_known else file.statements,
        entries_new=0 if is_known else file.entries_new,
        entries_known=file.entries_known + (file.entries_new if is_known else 0),
        settled=0 if is_known else file.settled,
        problems=problems,
        was_known=was_known,
    )
