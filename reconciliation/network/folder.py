"""The watched folder: files that a person or a bank's program puts on this machine.

Whoever may write into the folder is not trusted: links are not followed, and only what lies in the
folder itself is opened. Files that were taken go to ``done`` or ``problem`` inside it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from payments.domain.errors import Unavailable
from reconciliation.domain.sources import Offered, TakeOutcome, is_finished
from reconciliation.ports import Target

DONE, PROBLEM = "done", "problem"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BLOCK = 1024 * 1024
_READ_ONLY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class WatchedFolder:
    """The files of one folder. A folder that is not there holds no files."""

    def __init__(self, path: Path) -> None:
        """Watch a folder."""
        self._path = path

    def offered(self) -> list[Offered]:
        """Return the files in the folder by name. Raises Unavailable when it cannot be read."""
        return self._files(self._path)

    def set_apart(self) -> list[Offered]:
        """Return the files of the folder ``problem``, which may be tried again."""
        inner = self._path / PROBLEM
        if inner.is_symlink():
            return []
        return [replace(one, apart=True) for one in self._files(inner)]

    def copy(self, offered: Offered, target: Target) -> None:
        """Write a file to a target. Raises Unavailable unless it is still as it was offered."""
        left = offered.size
        with _errors(offered.name), _open_folder(self._folder_of(offered)) as folder:
            file = os.open(offered.name, _READ_ONLY, dir_fd=folder)
            with open(file, "rb") as body:  # noqa: PTH123 -- opened without following a link
                before = _mark(os.fstat(file))
                while before == offered.mark and (some := body.read(min(_BLOCK, left))):
                    target.write(some)
                    left -= len(some)
                is_longer = body.read(1)
                after = os.fstat(file)
        if left or is_longer or not before == _mark(after) == offered.mark:
            raise Unavailable("file_still_changing", file=offered.name)

    def put_away(self, offered: Offered, outcome: TakeOutcome, body_sha256: str) -> None:
        """Move a file to ``done`` or ``problem``. Raises Unavailable when it has to stay.

        A name that is taken there gets the beginning of the hash before it (that of its mark for a
        file that was not read): equal bytes may meet, different ones never.
        """
        wanted = DONE if outcome is TakeOutcome.IMPORTED else PROBLEM
        if offered.apart and wanted == PROBLEM:
            return
        name = offered.name
        with _errors(name), _open_folder(self._folder_of(offered)) as folder:
            if _mark(os.stat(name, dir_fd=folder, follow_symlinks=False)) != offered.mark:
                raise Unavailable("file_still_changing", file=name)
            inner = self._path / wanted
            inner.mkdir(exist_ok=True)
            with _open_folder(inner) as target:
                other = body_sha256 or hashlib.sha256(offered.mark.encode()).hexdigest()
                new = name if _is_free(target, name) else f"{other[:12]}-{name}"
                os.rename(name, new, src_dir_fd=folder, dst_dir_fd=target)

    def _files(self, folder: Path) -> list[Offered]:
        """Return the plain files of a folder by name."""
        found = []
        with _errors(folder.name):
            try:
                entries = list(os.scandir(folder))
            except FileNotFoundError:
                return []
            for entry in entries:
                known = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(known.st_mode) and is_finished(entry.name):
                    found.append(Offered(entry.name, known.st_size, _modified(known), _mark(known)))
        return sorted(found, key=lambda one: one.name)

    def _folder_of(self, offered: Offered) -> Path:
        """Return the folder that a file lies in; the watched one may itself be a link."""
        return self._path / PROBLEM if offered.apart else self._path.resolve()


@contextmanager
def _open_folder(path: Path) -> Iterator[int]:
    """Open a folder that is no link."""
    opened = os.open(path, _FOLDER)
    try:
        yield opened
    finally:
        os.close(opened)


@contextmanager
def _errors(name: str) -> Iterator[None]:
    """Turn what the system says into an error that names the file."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "name"
        raise Unavailable("file_not_reachable", file=name, reason=reason) from error


def _is_free(folder: int, name: str) -> bool:
    """Say whether nothing has a name in a folder."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return True
    return False


def _modified(known: os.stat_result) -> datetime:
    """Return when a file was last written, in whole microseconds."""
    try:
        return _EPOCH + timedelta(microseconds=known.st_mtime_ns // 1000)
    except OverflowError:
        return _EPOCH


def _mark(known: os.stat_result) -> str:
    """Return what changes whenever a file is written, moved or put in another's place."""
    return f"{known.st_ino}:{known.st_size}:{known.st_mtime_ns}:{known.st_ctime_ns}"
