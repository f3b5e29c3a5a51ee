"""Take statement files from a place where somebody else puts them, each once, whatever it is.

A file that is still being written is left for the next visit. One that nobody can read, or that
does not add up, is kept in mind and never in the way of the next.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from payments.domain.bank_messages import storable
from payments.domain.errors import Conflict, Invalid, InvalidFile, PaymentsError, Unavailable
from payments.domain.staff import Actor
from payments.ports import StatementReader, World
from reconciliation.domain.large_files import IN_ONE_GO
from reconciliation.domain.sources import LONGEST_FILE_NAME, Offered, TakenFile, TakeOutcome
from reconciliation.domain.statements import FileVerdict
from reconciliation.ports import BooksUnitOfWork, OpenBooks, Place
from reconciliation.services.import_file import Importer, import_file
from reconciliation.services.import_statement import ImportResult, import_statement
from reconciliation.services.receive_file import Received, received

QUIET = timedelta(seconds=10)
"""How long a file has to stay as it is before it counts as whole."""

Wait = Callable[[timedelta], None]
"""Lets time pass."""


@dataclass(frozen=True, slots=True)
class Taker:
    """What every taking needs: who takes, the books, the readers, and how to wait.

    ``rest`` is called between the steps of a large file's import, so that others come to write.
    """

    open_books: OpenBooks
    world: World
    actor: Actor
    readers: Mapping[str, StatementReader]
    wait: Wait
    rest: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file in a visit. ``outcome`` is None when it was left for the next one."""

    name: str
    outcome: TakeOutcome | None
    entries: int = 0
    rules: tuple[str, ...] = ()
    error: str = ""
    is_known: bool = False

    @property
    def shown(self) -> dict[str, object]:
        """What a job keeps of it."""
        shown: dict[str, object] = {
            "file": self.name,
            "verdict": self.outcome.value if self.outcome else "left",
        }
        if self.outcome in {TakeOutcome.IMPORTED, TakeOutcome.QUARANTINED}:
            shown |= {"entries": self.entries, "rules": list(self.rules)}
        return shown | ({"error": self.error} if self.error else {})


def take_files(taker: Taker, source: str, place: Place) -> list[Taken]:
    """Take what is new in a place, in the order of the names, each file by itself.

    A large one goes in by the steps of ``import_file``; where they were broken off, the next visit
    goes on with them.
    A file that does not follow the statements before it is tried again once another was imported.
    Raises Unavailable when the place cannot be looked into.
    """
    found = [_take_one(taker, source, place, one) for one in _settled(taker, source, place)]
    newest = found
    while any(_is_new(one) for one in newest):
        again = [_take_one(taker, source, place, one) for one in place.set_apart()]
        newest = [one for one in again if one.outcome is TakeOutcome.IMPORTED]
        found += newest
    return found


def _is_new(taken: Taken) -> bool:
    return taken.outcome is TakeOutcome.IMPORTED and not taken.is_known


def _settled(taker: Taker, source: str, place: Place) -> list[Offered]:
    """Return the files that were not taken yet and have stayed as they are for a while."""
    first = {one.name: one for one in _untaken(taker, source, place.offered())}
    if not first:
        return []
    taker.wait(QUIET)
    return sorted(
        (one for one in place.offered() if first.get(one.name) == one), key=lambda one: one.name
    )


def _untaken(taker: Taker, source: str, offered: list[Offered]) -> list[Offered]:
    """Return the files of which no row says that they were taken."""
    centre_id = taker.actor.centre_id
    with taker.open_books(write=False) as uow:
        return [
            one
            for one in offered
            if not uow.sources.has_taken(
                centre_id, source, kept_name(one.name), one.size, one.modified_at
            )
        ]


def kept_name(name: str) -> str:
    """Return a file's name as a row keeps it."""
    return storable(name, LONGEST_FILE_NAME)


def _take_one(taker: Taker, source: str, place: Place, one: Offered) -> Taken:
    """Take one file and put it away; what goes wrong with it is its own matter."""
    name, digest = kept_name(one.name), ""
    try:
        with received(place, one, taker.readers) as file:
            digest = file.body_sha256
            if file.size > IN_ONE_GO:
                taken = _take_large(taker, source, one, file)
            else:
                taken = take_in(taker, source, one, file.source.read(), digest)
    except Invalid as error:
        _refuse(taker, source, one, digest, error)
        taken = Taken(name, TakeOutcome.REFUSED, error=str(error))
    except (Unavailable, Conflict) as error:
        return Taken(name, None, error=str(error))
    except Exception as error:  # noqa: BLE001 -- a reader's fault must not stop the files behind it
        return Taken(name, None, error=f"fault ({type(error).__name__})")
    try:
        place.put_away(one, taken.outcome or TakeOutcome.REFUSED, digest)
    except Unavailable as error:
        # Where nothing can be moved, the row that was kept says that the file was taken.
        return replace(taken, error=str(error))
    return taken


def take_in(taker: Taker, source: str, one: Offered, body: bytes, digest: str) -> Taken:
    """Import a file's bytes and keep in the same transaction that they were taken.

    Raises Invalid as the import does: then nothing is kept.
    """
    name = kept_name(one.name)
    with taker.open_books() as uow:
        result = import_statement(
            uow, taker.world, taker.actor, taker.readers, file_name=name, body=body
        )
        _keep(uow, taker, source, one, digest, _outcome(result), result.file_id)
        uow.commit()
    return _taken(one, result)


def _take_large(taker: Taker, source: str, one: Offered, file: Received) -> Taken:
    """Import a large file step by step, and keep at its end that it was taken.

    Whoever is stopped in between finds the file still offered, and its import where it was left.
    """
    importer = Importer(taker.open_books, taker.world, taker.readers, rest=taker.rest)
    name = kept_name(one.name)
    result = import_file(importer, taker.actor, file_name=name, source=file.source)
    with taker.open_books() as uow:
        uow.centres.lock(taker.actor.centre_id)
        _keep(uow, taker, source, one, file.body_sha256, _outcome(result), result.file_id)
        uow.commit()
    return _taken(one, result)


def _outcome(result: ImportResult) -> TakeOutcome:
    is_good = result.verdict is FileVerdict.IMPORTED
    return TakeOutcome.IMPORTED if is_good else TakeOutcome.QUARANTINED


def _taken(one: Offered, result: ImportResult) -> Taken:
    return Taken(
        kept_name(one.name),
        _outcome(result),
        result.entries_new,
        tuple(sorted({problem.rule for problem in result.problems})),
        is_known=result.was_known,
    )


def _refuse(taker: Taker, source: str, one: Offered, digest: str, error: Invalid) -> None:
    """Keep that a file is no statement anybody here can read, and why."""
    with taker.open_books() as uow:
        uow.centres.lock(taker.actor.centre_id)
        problem = problem_json(error)
        _keep(uow, taker, source, one, digest, TakeOutcome.REFUSED, None, problem)
        uow.commit()


def _keep(
    uow: BooksUnitOfWork,
    taker: Taker,
    source: str,
    one: Offered,
    digest: str,
    outcome: TakeOutcome,
    file_id: str | None,
    problem: str = "",
) -> None:
    """Add the row of a taken file, unless there is one that says the same."""
    row = TakenFile(
        centre_id=taker.actor.centre_id,
        taken_id=taker.world.ids.new(),
        source=source,
        name=kept_name(one.name),
        size=one.size,
        modified_at=one.modified_at,
        body_sha256=digest,
        outcome=outcome,
        file_id=file_id,
        problem=problem,
        taken_at=taker.world.clock.now(),
    )
    if not uow.sources.is_kept(row):
        uow.add(row)


def problem_json(error: PaymentsError) -> str:
    """Return an error as a row keeps it: its code and facts, the first of a file's many."""
    code, facts = error.code, dict(error.facts)
    if isinstance(error, InvalidFile) and error.problems:
        first = error.problems[0]
        code, facts = first.code, {**first.facts, "where": first.where}
    plain = {"code": code, "facts": {name: str(value) for name, value in facts.items()}}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
