"""What imports statement files of any size on a database: its books, and when it rests."""

from __future__ import annotations

import time
from collections.abc import Mapping

from sqlalchemy import Engine

from payments.ports import StatementReader, World
from reconciliation.services.advance_file import Tell
from reconciliation.services.import_file import Importer
from reconciliation.store.unit_of_work import SqlBooks

# SQLite has one writer and no queue: without a gap others would come to write by luck alone.
_REST_S = 0.015


def importer_on(
    engine: Engine,
    world: World,
    readers: Mapping[str, StatementReader],
    tell: Tell = lambda _: None,
) -> Importer:
    """Return an importer for a database. ``tell`` hears of each step."""

    def books(*, write: bool = True) -> SqlBooks:
        return SqlBooks(engine, write=write)

    def rest() -> None:
        if engine.dialect.name == "sqlite":
            time.sleep(_REST_S)

    return Importer(books, world, readers, rest=rest, tell=tell)
