"""Column types that keep what the domain means: aware times, whole đồng, words of a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Dialect, String, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

IDENTIFIER = String(32)
DONG = BigInteger()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. SQLite would drop the offset without a word, so it is stored in UTC.

    Stored as ISO 8601 text of fixed width on SQLite, so that text order is time order, and as
    ``timestamptz`` on PostgreSQL. Raises ValueError for a naive time.
    """

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column of the database at hand."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        """Return what turns an aware time to UTC, refusing a naive one."""
        is_text = dialect.name != "postgresql"
        # Most rows of a transaction carry the same instant.
        last: tuple[datetime | None, object] = (None, None)

        def process(value: datetime | None) -> object:
            nonlocal last
            known, stored = last
            if value is known:
                return stored
            stored = convert(value)
            last = (value, stored)
            return stored

        def convert(value: datetime | None) -> object:
            if value is None:
                return None
            if value.tzinfo is None:
                message = f"naive time {value.isoformat()}"
                raise ValueError(message)
            moment = value if value.tzinfo is UTC else value.astimezone(UTC)
            # Without the offset, which is +00:00.
            return moment.isoformat(timespec="microseconds")[:26] + "Z" if is_text else moment

        return process

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        """Return an aware time in UTC."""
        del dialect
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(str(value))


E = TypeVar("E", bound=StrEnum)


class Word(TypeDecorator[E]):
    """A word of a closed list, stored as text; an unknown word raises ValueError."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[E]) -> None:
        """Remember the list of words."""
        super().__init__()
        self.words = words

    def bind_processor(self, dialect: Dialect) -> Callable[[E | str | None], str | None]:
        """Return what stores a word's text."""
        del dialect
        texts: dict[object, str | None] = {word: word.value for word in self.words}

        def process(value: E | str | None) -> str | None:
            if value is None:
                return None
            return texts.get(value) or str(self.words(value).value)

        return process

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """Return the word."""
        del dialect
        return None if value is None else self.words(value)
