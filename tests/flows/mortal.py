"""Units of work of a process that dies at a commit."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from reconciliation.ports import BooksUnitOfWork
from reconciliation.store.unit_of_work import SqlBooks
from tests.flows.stage import Stage


class KilledError(BaseException):
    """The process has died: nothing in it goes on, whatever else it bears."""


@dataclass
class MortalBooks:
    """Opens units of work; the process dies at the nth commit, before or after it is made."""

    stage: Stage
    lives: int = -1
    is_before: bool = False

    def __call__(self, *, write: bool = True) -> BooksUnitOfWork:
        books = SqlBooks(self.stage.wiring.engine, write=write)
        return MortalUnit(books, self) if write else books


class MortalUnit:
    """A unit of work that may die at its commit."""

    def __init__(self, books: SqlBooks, mortal: MortalBooks) -> None:
        self._books = books
        self._mortal = mortal

    def __enter__(self) -> Self:
        self._books.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._books.__exit__(kind, error, trace)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the books have.
        return getattr(self._books, name)

    def commit(self) -> None:
        self._mortal.lives -= 1
        if self._mortal.lives == 0 and self._mortal.is_before:
            raise KilledError
        self._books.commit()
        if self._mortal.lives == 0:
            raise KilledError
