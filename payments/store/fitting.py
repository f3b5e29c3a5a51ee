"""Whether a value fits the columns of its table, asked before any database is.

SQLite takes a text of any length, PostgreSQL refuses it as a fault of its own, and neither says
which field was meant. So the limits of the columns are held here, the same for both, and what can
never be stored is refused by the name of its field instead of *try again*.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Integer, String, Table
from sqlalchemy.types import TypeEngine

from payments.domain.bank_messages import is_storable
from payments.domain.days import FeedEvent
from payments.domain.errors import Invalid
from payments.domain.ledger import JournalEntry, Posting
from payments.domain.transfers import Allocation
from payments.store.registry import table_of
from payments.store.types import IDENTIFIER
from payments.store.writing import shape_of

Fields = Callable[[object], tuple[Any, ...]]

_LARGEST: dict[type[TypeEngine[Any]], int] = {Integer: 2**31 - 1, BigInteger: 2**63 - 1}


@dataclass(frozen=True, slots=True)
class _Limits:
    """What the columns of a table hold: characters by field, least and most by field.

    ``texts_of`` and ``numbers_of`` read the fields of a value all at once, in the same order.
    """

    texts: tuple[tuple[str, int], ...]
    numbers: tuple[tuple[str, int, int], ...]
    texts_of: Fields
    numbers_of: Fields


# Rows that say of other rows what was looked at there: nothing in them comes from outside.
_OWN = frozenset({Allocation, FeedEvent, JournalEntry, Posting})


def require_fit(value: object) -> None:
    """Raise Invalid naming the first field of a value that no database could store."""
    if type(value) in _OWN:
        return
    limits = _limits(type(value))
    texts = limits.texts_of(value)
    for text, (name, most) in zip(texts, limits.texts, strict=True):
        if text is not None and len(text) > most:
            raise Invalid("text_too_long", field=name, limit=most)
    # Looked through as one; which of them it was is asked only when there is something to say.
    if not is_storable("".join(filter(None, texts))):
        at = next(at for at, text in enumerate(texts) if text and not is_storable(text))
        raise Invalid("text_not_storable", field=limits.texts[at][0])
    numbers = limits.numbers_of(value)
    for number, (name, least, most) in zip(numbers, limits.numbers, strict=True):
        if number is not None and not least <= number <= most:
            raise Invalid("number_out_of_range", field=name, least=least, most=most)


def _limits(kind: type[Any]) -> _Limits:
    """Return the limits of a kind of values, read once."""
    limits = _KNOWN.get(kind)
    if limits is None:
        limits = _KNOWN[kind] = _read(kind)
    return limits


_KNOWN: dict[type[Any], _Limits] = {}


def _read(kind: type[Any]) -> _Limits:
    """Read the limits of a kind of values from the columns of its table and their checks."""
    table = table_of(kind)
    columns = [table.c[name] for name in shape_of(kind).names]
    ranges = _ranges(table)
    texts = tuple(
        (column.name, column.type.length or sys.maxsize)
        for column in columns
        # Identifiers are drawn by ourselves, and those of others have to be known already.
        if isinstance(column.type, String) and column.type is not IDENTIFIER
    )
    numbers = tuple(
        (column.name, *ranges.get(column.name, (-largest - 1, largest)))
        for column in columns
        if (largest := _LARGEST.get(type(column.type))) is not None
    )
    return _Limits(
        texts, numbers, _reading([one[0] for one in texts]), _reading([one[0] for one in numbers])
    )


def _reading(names: Sequence[str]) -> Fields:
    """Return what reads some fields of a value as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _ranges(table: Table) -> dict[str, tuple[int, int]]:
    """Return the least and the most of the columns whose range a CHECK holds."""
    return {
        rule.info["column"]: rule.info["range"]
        for rule in table.constraints
        if isinstance(rule, CheckConstraint) and "range" in rule.info
    }
