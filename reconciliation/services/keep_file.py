"""Keep the bytes of a large statement file, part by part, and give them back as a stream."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from typing import BinaryIO, cast

from payments.domain.bank_messages import storable
from payments.domain.staff import Actor
from payments.ports import StatementReader, World
from reconciliation.domain.large_files import PART_BYTES, FilePart, LargeFile, Phase
from reconciliation.domain.statements import FileVerdict
from reconciliation.ports import BooksUnitOfWork, OpenBooks
from reconciliation.services.advance_file import Tell, advance
from reconciliation.services.read_statement import choose_reader, require_size

_HEAD_BYTES = 64 * 1024
_PARTS_AT_ONCE = 8


def keep_file(
    open_books: OpenBooks,
    world: World,
    actor: Actor,
    readers: Mapping[str, StatementReader],
    *,
    file_name: str,
    source: BinaryIO,
    tell: Tell,
) -> LargeFile:
    """Keep a file that can be read from its beginning, and return where its import stands.

    Bytes that are known are not kept again: the import goes on where it was left, and one that
    ended in quarantine begins anew, as what was missing may have come. Raises Invalid when the file
    is too large or of no known format: then nothing is kept.
    """
    head = head_of(source)
    reader = choose_reader(file_name, head, readers)
    size, digest = _measured(source, lambda size: require_size(size, reader, head))
    with open_books() as uow:
        uow.centres.lock(actor.centre_id)
        file = uow.large_files.of(actor.centre_id, digest)
        if file is None:
            named = storable(file_name[-200:])
            file = _begun(world, actor, digest, size, name=named, reader=reader.name)
            uow.add(file)
        elif file.phase is Phase.QUARANTINED and file.is_finished:
            file = _anew(uow, world, file, actor)
        file = _known_otherwise(uow, world, file)
        uow.commit()
    source.seek(file.kept)
    while file.phase is Phase.KEEPING:
        tell(file)
        file = _keep_more(open_books, world, file, source)
    return file


class KeptFile(io.RawIOBase):
    """The bytes of a kept file as a stream; each part is read by itself when it is wanted."""

    def __init__(self, open_books: OpenBooks, file: LargeFile) -> None:
        """Stand at the beginning."""
        self._open_books = open_books
        self._file = file
        self._position = 0
        self._part: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Say that this is for reading."""
        return True

    def seekable(self) -> bool:
        """Say that any place can be gone to."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._file.size}
        self._position = start[whence] + offset
        return self._position

    def tell(self) -> int:
        """Return the place."""
        return self._position

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with what is left of a part."""
        number, offset = divmod(self._position, PART_BYTES)
        if self._part[0] != number:
            file = self._file
            with self._open_books(write=False) as uow:
                body = uow.large_files.part(file.centre_id, file.body_sha256, number)
            self._part = (number, body)
        view = memoryview(cast("bytearray", buffer)).cast("B")
        some = self._part[1][offset : offset + len(view)]
        view[: len(some)] = some
        self._position += len(some)
        return len(some)


def head_of(source: BinaryIO) -> bytes:
    """Return the first whole lines, by which a reader recognises its format."""
    source.seek(0)
    head = source.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES:
        return head
    end = head.rfind(b"\n")
    if end < 0:
        return head
    # A line's end in UTF-16 is two bytes, and its units begin at even places.
    return head[: (end // 2 + 1) * 2 if b"\0" in head else end + 1]


def _measured(source: BinaryIO, require: Callable[[int], None]) -> tuple[int, str]:
    """Return size and SHA-256; ``require`` raises Invalid as soon as it is too large."""
    source.seek(0)
    size, digest = 0, hashlib.sha256()
    while some := source.read(PART_BYTES):
        size += len(some)
        require(size)
        digest.update(some)
    return size, digest.hexdigest()


def _begun(
    world: World, actor: Actor, digest: str, size: int, *, name: str, reader: str
) -> LargeFile:
    now = world.clock.now()
    return LargeFile(
        centre_id=actor.centre_id,
        body_sha256=digest,
        file_id=world.ids.new(),
        name=name,
        reader=reader,
        size=size,
        phase=Phase.KEEPING,
        kept=0,
        looked_at=0,
        lines=0,
        buckets=0,
        bucket_line=0,
        proven=0,
        statements=0,
        entries_new=0,
        entries_known=0,
        settled=0,
        openings="[]",
        received_by=actor.actor_id,
        received_at=now,
        worked_at=now,
    )


def _anew(uow: BooksUnitOfWork, world: World, file: LargeFile, actor: Actor) -> LargeFile:
    """Begin the import of a file again that was quarantined; its bytes are there."""
    return advance(
        uow, world, file,
        file_id=world.ids.new(), phase=Phase.TAKING, looked_at=0, lines=0, buckets=0, bucket_line=0,
        received_by=actor.actor_id, received_at=world.clock.now(),
    )  # fmt: skip


def _known_otherwise(uow: BooksUnitOfWork, world: World, file: LargeFile) -> LargeFile:
    """Return a file that is in the books without its import, as by named columns, as done."""
    known = uow.statements.file_of(file.centre_id, file.body_sha256, FileVerdict.IMPORTED)
    if known is None or file.phase not in (Phase.KEEPING, Phase.TAKING):
        return file
    entries = uow.statements.entries_in(file.centre_id, known.file_id)
    return advance(uow, world, file, file_id=known.file_id, phase=Phase.DONE, entries_known=entries)


def _keep_more(open_books: OpenBooks, world: World, file: LargeFile, source: BinaryIO) -> LargeFile:
    """Keep some more parts of a file, from where the source stands."""
    bodies = [body for _ in range(_PARTS_AT_ONCE) if (body := source.read(PART_BYTES))]
    first, kept = file.kept // PART_BYTES, file.kept + sum(map(len, bodies))
    with open_books() as uow:
        is_whole = kept == file.size
        moved = advance(
            uow, world, file, kept=kept, phase=Phase.TAKING if is_whole else Phase.KEEPING
        )
        for number, body in enumerate(bodies, start=first):
            uow.add(FilePart(file.centre_id, file.body_sha256, number, body))
        uow.commit()
    return moved
