"""Receive a file that comes from a place of others: onto the disk, hashed, stopped at its limit."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from payments.domain.errors import Invalid, Unavailable
from payments.ports import StatementReader
from reconciliation.domain.large_files import IN_ONE_GO
from reconciliation.domain.sources import Offered
from reconciliation.ports import Place
from reconciliation.services.keep_file import head_of
from reconciliation.services.read_statement import MOST_BYTES, choose_reader, require_size


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has come whole. ``source`` is its bytes, gone when the receiving ends."""

    source: BinaryIO
    size: int
    body_sha256: str


@contextmanager
def received(
    place: Place, offered: Offered, readers: Mapping[str, StatementReader]
) -> Iterator[Received]:
    """Copy a file out of a place, for as long as the context lasts; memory holds a block of it.

    Raises Invalid with ``file_too_large`` as soon as that is known, or as choose_reader does for
    the beginning of a large file; Unavailable when the file did not come whole.
    """
    if offered.size > MOST_BYTES:
        raise Invalid("file_too_large", field="file", most_bytes=MOST_BYTES)
    with tempfile.TemporaryFile() as disk:
        coming = _Coming(offered, readers, cast("BinaryIO", disk))
        place.copy(offered, coming)
        if coming.size != offered.size:
            raise Unavailable("file_still_changing", file=offered.name)
        disk.seek(0)
        yield Received(coming.disk, coming.size, coming.digest.hexdigest())


@dataclass(slots=True)
class _Coming:
    """A file on its way. What it is, and so how large it may be, its beginning tells."""

    offered: Offered
    readers: Mapping[str, StatementReader]
    disk: BinaryIO
    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    is_known: bool = False

    def write(self, some: bytes) -> None:
        """Take the next bytes. Raises Invalid, Unavailable when the disk does not take them."""
        try:
            self.disk.write(some)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Unavailable("file_not_kept", file=self.offered.name, reason=reason) from error
        self.digest.update(some)
        self.size += len(some)
        if self.size > IN_ONE_GO and not self.is_known:
            head = head_of(self.disk)
            reader = choose_reader(self.offered.name, head, self.readers)
            require_size(self.offered.size, reader, head)
            self.disk.seek(self.size)
            self.is_known = True
