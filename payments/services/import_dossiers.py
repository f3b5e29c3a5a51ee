"""Bring in the list of dossiers that the one-stop software exports: all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from payments.domain.dossiers import DossierSource
from payments.domain.staff import Actor
from payments.ports import OpenUnitOfWork, World
from payments.services.read_dossier_file import read_dossier_rows
from payments.services.register_dossiers import Registered, register_dossiers


def import_dossiers(
    open_uow: OpenUnitOfWork,
    world: World,
    actor: Actor,
    table: Sequence[Sequence[str]],
    *,
    asks_all: bool,
    expires_in: timedelta,
) -> list[Registered]:
    """Read a table of dossiers, register every one and issue the requests that it asks for.

    ``asks_all`` asks for all fees where a row names none; ``expires_in`` is how long a request
    invites to pay. Nothing is locked while the table is read. Raises InvalidFile naming each row
    that is wrong.
    """
    items = read_dossier_rows(table, asks_all=asks_all)
    with open_uow() as uow:
        registered = register_dossiers(
            uow, world, actor, DossierSource.FILE, items, expires_in=expires_in
        )
        uow.commit()
    return registered
