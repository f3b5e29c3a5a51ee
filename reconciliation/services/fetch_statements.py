"""Visit the sources of a centre's statements, one after the other, and keep how each visit went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from payments.domain.errors import PaymentsError
from payments.ports import BankAdapter, SecretBox
from payments.ports.network import Network
from reconciliation.domain.sources import FOLDER, SourceKind, StatementSource
from reconciliation.ports import OpenServer, Place
from reconciliation.services.fetch_answers import fetch_answers
from reconciliation.services.manage_sources import access_of, note_visit
from reconciliation.services.take_files import Taken, Taker, problem_json, take_files


@dataclass(frozen=True, slots=True)
class Outside:
    """What leads out of this machine, injected."""

    box: SecretBox
    network: Network
    adapters: Mapping[str, BankAdapter]
    open_server: OpenServer


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visit to a source brought; ``error`` is empty when it went well."""

    source: str
    name: str
    taken: tuple[Taken, ...] = ()
    error: str = ""


def visit_folder(taker: Taker, folder: Place) -> Visit:
    """Take what waits in the watched folder."""
    try:
        return Visit(FOLDER, FOLDER, tuple(take_files(taker, FOLDER, folder)))
    except PaymentsError as error:
        return Visit(FOLDER, FOLDER, error=str(error))


def visit_sources(taker: Taker, outside: Outside, source_id: str = "") -> list[Visit]:
    """Visit every open source of the centre, or the one that is named.

    What goes wrong at one is kept in its row and does not hold up the others. Raises NotFound for
    a name that is none.
    """
    centre_id = taker.actor.centre_id
    with taker.open_books(write=False) as uow:
        if source_id:
            sources = [uow.sources.get(centre_id, source_id)]
        else:
            sources = [one for one in uow.sources.all(centre_id) if one.is_enabled]
            # A bank's own files come before what a provider tells of the same days.
            sources.sort(key=lambda one: one.kind is SourceKind.FEED)
    return [_visit(taker, outside, source) for source in sources]


def _visit(taker: Taker, outside: Outside, source: StatementSource) -> Visit:
    """Visit one source and keep how it went."""
    problem = error_text = ""
    taken: tuple[Taken, ...] = ()
    try:
        taken = tuple(_WAYS[source.kind](taker, outside, source))
    except PaymentsError as error:
        problem, error_text = problem_json(error), str(error)
    with taker.open_books() as uow:
        note_visit(uow, taker.world, source.centre_id, source.source_id, problem)
        uow.commit()
    return Visit(source.source_id, source.name, taken, error_text)


def _visit_server(taker: Taker, outside: Outside, source: StatementSource) -> list[Taken]:
    """Take what is new in a folder on a server."""
    with outside.open_server(access_of(outside.box, source)) as place:
        return take_files(taker, source.source_id, place)


def _visit_feed(taker: Taker, outside: Outside, source: StatementSource) -> list[Taken]:
    """Ask a provider for the days that are over."""
    return fetch_answers(taker, outside.box, outside.network, outside.adapters, source)


_WAYS: dict[SourceKind, Callable[[Taker, Outside, StatementSource], list[Taken]]] = {
    SourceKind.SFTP: _visit_server,
    SourceKind.FEED: _visit_feed,
}
