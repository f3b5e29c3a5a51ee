"""The folder one run of the tests shares between its processes, and how it is cleared away."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "TEST_RUN_DIRECTORY"
PREFIX = "thuphi-tests-"


def open_run_directory() -> Path | None:
    """Make the folder and name it in the environment, where worker processes find it.

    Returns None in a worker process: the folder is there already and belongs to the first process.
    """
    if VARIABLE in os.environ:
        return None
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    # As root the database server runs as another user, who has to pass through.
    folder.chmod(0o711)
    os.environ[VARIABLE] = str(folder)
    return folder


def close_run_directory(folder: Path) -> None:
    """Remove the folder and its name."""
    os.environ.pop(VARIABLE, None)
    shutil.rmtree(folder, ignore_errors=True)


def run_directory() -> Path:
    """Return the folder of this run."""
    return Path(os.environ[VARIABLE])


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Hold a lock between the processes of this run."""
    with (run_directory() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep() -> None:
    """Remove what a killed run left. A PostgreSQL whose files are gone stops by itself."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not _is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
