"""Reads a statement file with the one reader that knows its format."""

from __future__ import annotations

from collections.abc import Mapping

from payments.domain.bank_messages import StatementFile
from payments.domain.errors import Invalid
from payments.domain.statement_parts import HoldsSome, StreamsParts
from payments.ports.bank import StatementReader
from reconciliation.domain.statements import StatementFileRecord
from reconciliation.ports import BooksUnitOfWork

MAX_BYTES = 20 * 1024 * 1024
"""The largest file that is read as a whole."""

MOST_BYTES = 512 * 1024 * 1024
"""The largest statement file taken; larger ones are refused before they are read."""


def choose_reader(
    file_name: str, body: bytes, readers: Mapping[str, StatementReader]
) -> StatementReader:
    """Return the reader that recognises the file by its content.

    Raises Invalid with ``statement_format_unknown`` when none does, and with
    ``statement_format_unclear`` when several do: which one reads the money must not depend on luck.
    """
    found = [reader for reader in readers.values() if reader.recognises(file_name, body)]
    if not found:
        raise Invalid("statement_format_unknown", field="file")
    if len(found) > 1:
        names = ", ".join(sorted(reader.name for reader in found))
        raise Invalid("statement_format_unclear", field="file", readers=names)
    return found[0]


def require_size(size: int, reader: StatementReader, head: bytes) -> None:
    """Raise Invalid when a file is larger than this reader takes one with this beginning."""
    is_held = isinstance(reader, HoldsSome) and reader.holds(head)
    if size > MAX_BYTES and (is_held or not isinstance(reader, StreamsParts)):
        megabytes = {"most_mb": MAX_BYTES >> 20, "most_mb_csv": MOST_BYTES >> 20}
        raise Invalid("file_too_large_to_hold", field="file", **megabytes)
    if size > MOST_BYTES:
        raise Invalid("file_too_large", field="file", most_bytes=MOST_BYTES)


def kept_body(uow: BooksUnitOfWork, file: StatementFileRecord) -> bytes:
    """Return the bytes of a kept file, to be read again. Raises Invalid for one too large."""
    large = None if file.body else uow.large_files.of(file.centre_id, file.body_sha256)
    if large is not None and large.size > MAX_BYTES:
        raise Invalid("file_too_large", field="file", most_bytes=MAX_BYTES)
    return uow.statements.body_of(file)


def read_statement(
    file_name: str, body: bytes, readers: Mapping[str, StatementReader]
) -> StatementFile:
    """Read the statements of a file.

    Raises Invalid as choose_reader does, and Invalid or InvalidFile when the reader cannot read it.
    """
    return choose_reader(file_name, body, readers).read(body)
