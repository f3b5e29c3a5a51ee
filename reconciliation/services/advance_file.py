"""Move the import of a large file on by one step, in the caller's transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from payments.ports import World
from reconciliation.domain.large_files import LargeFile
from reconciliation.ports import BooksUnitOfWork

Tell = Callable[[LargeFile], None]
"""Hears of each step after it has been committed."""


def advance(uow: BooksUnitOfWork, world: World, file: LargeFile, **changes: Any) -> LargeFile:  # noqa: ANN401 -- fields of a LargeFile.
    """Write how far a file has come; the caller commits together with what the step did.

    Raises Conflict when the file no longer stands where it stood: somebody else goes on with it.
    """
    uow.large_files.take(file)
    moved = dataclasses.replace(file, worked_at=world.clock.now(), **changes)
    uow.replace(moved)
    return moved
