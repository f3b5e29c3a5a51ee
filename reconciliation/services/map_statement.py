"""Read a table by the columns that a person has named, now or once before for the same header."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial

from payments.domain.bank_messages import StatementFile
from payments.domain.centres import BankAccount
from payments.domain.column_mapping import ColumnMapping, Meaning, TableHead
from payments.domain.errors import Invalid
from payments.ports import MapsColumns, StatementReader
from reconciliation.domain.statements import StatementProfile
from reconciliation.ports import BooksUnitOfWork


def reading_of(
    uow: BooksUnitOfWork, centre_id: str, reader: StatementReader, body: bytes
) -> Callable[[], StatementFile]:
    """Return how a file is to be read: by a mapping its header has, else by its own words."""
    if not isinstance(reader, MapsColumns) or not uow.statements.has_profiles(centre_id):
        return partial(reader.read, body)
    try:
        head = reader.head(body)
    except Invalid:
        # What cannot be read has no header; reading it says why.
        return partial(reader.read, body)
    mapping = known_mapping(uow, centre_id, head)
    return (
        partial(reader.read, body)
        if mapping is None
        else (partial(reader.read_mapped, body, mapping))
    )


def known_mapping(uow: BooksUnitOfWork, centre_id: str, head: TableHead) -> ColumnMapping | None:
    """Return the mapping that was made for a table with this header; None when there is none."""
    rows = {key: number for number, key in head.keys}
    profile = uow.profiles.of_headers(centre_id, rows)
    return None if profile is None else mapping_of(profile, head, uow.centres.accounts(centre_id))


def mapping_of(
    profile: StatementProfile, head: TableHead, accounts: Sequence[BankAccount]
) -> ColumnMapping:
    """Return a mapping as it is for a table with its header."""
    rows = {key: number for number, key in head.keys}
    numbers = {account.account_id: account.account_number for account in accounts}
    first = rows.get(profile.header_key, 0) + 1
    return ColumnMapping(_places(profile), first, numbers.get(profile.account_id, ""))


def header_key(head: TableHead, mapping: ColumnMapping) -> str:
    """Return the name of the row above the entries; empty when the entries begin at once."""
    above = [key for number, key in head.keys if number < mapping.first_row]
    return above[-1] if above else ""


def columns_json(mapping: ColumnMapping) -> str:
    """Return a mapping's columns as a profile keeps them."""
    return json.dumps({meaning.value: place for meaning, place in mapping.places}, sort_keys=True)


def _places(profile: StatementProfile) -> tuple[tuple[Meaning, int], ...]:
    return tuple(
        (Meaning(meaning), int(place)) for meaning, place in json.loads(profile.columns).items()
    )
