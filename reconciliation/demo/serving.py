"""Serves a played demo: web, jobs and the bank's page, each a process, until told to stop."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NoReturn

import click

from payments.cli.root import Root
from payments.domain.errors import Conflict, Unavailable
from payments.store import migrations
from reconciliation.demo.centre import PASSWORD, sign_ins
from reconciliation.demo.courier import wait_really
from reconciliation.demo.folder import DemoFolder, child_environ
from reconciliation.demo.living_day import LivingDay, begin_day
from reconciliation.demo.loopback import LOOPBACK, Client
from reconciliation.demo.year_play import stage_of

_START_S: Final = 60
_STOP_S: Final = 10
_LOOK_S: Final = 0.2
_PROGRAM: Final = (sys.executable, "-c", "import wsgi; wsgi.main()")

Echo = Callable[[str], None]


def serve_demo(root: Root, folder: DemoFolder, port: int, bank_port: int) -> None:
    """Start everything, print where it is, and wait for Ctrl-C; then stop everything.

    Raises Conflict when a port is in use, Unavailable when a part does not start or ends early.
    """
    for wanted in (port, bank_port):
        _refuse_busy(wanted)
    wiring = root.build_wiring(folder.settings(port))
    migrations.upgrade(wiring.engine)
    folder.keep_port(port)
    commands = {
        "web": ("serve",),
        "bank": ("demo", "bank", "--data-dir", str(folder.root), "--bank-port", str(bank_port)),
        "jobs": ("jobs",),
    }
    environ = child_environ(folder, port)
    with _until_stopped(), _children(commands, environ, folder.logs) as children:
        with closing(Client(wiring.settings.base_url)) as site:
            _wait_for(children, wiring.settings.base_url, "/health/ready")
            _wait_for(children, f"http://{LOOPBACK}:{bank_port}", "/health")
            today = begin_day(stage_of(folder, wiring, site, wait_really))
        wiring.engine.dispose()
        _tell(folder, today, port, bank_port, click.echo)
        _watch(children)


@contextmanager
def _until_stopped() -> Iterator[None]:
    """Let SIGTERM end the demo as Ctrl-C does, quietly."""

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _children(
    commands: Mapping[str, Sequence[str]], environ: dict[str, str], logs: Path
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run commands of ours beside us; all of them have ended when the block is left."""
    logs.mkdir(mode=0o700, exist_ok=True)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, words in commands.items():
            with (logs / f"{name}.log").open("ab") as log:
                # In a session of its own, so that Ctrl-C reaches us first and we stop the others.
                children[name] = subprocess.Popen(
                    [*_PROGRAM, *words],
                    env=environ,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        yield children
    finally:
        _stop(list(children.values()))


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask every child to end, and make those end that do not."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + _STOP_S
    for child in children:
        try:
            child.wait(timeout=max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _refuse_busy(port: int) -> None:
    """Raise Conflict when something listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise Conflict("port_in_use", port=port) from error


def _wait_for(children: dict[str, subprocess.Popen[bytes]], address: str, path: str) -> None:
    """Wait until a page answers. Raises Unavailable when a child ends or time is up."""
    deadline = time.monotonic() + _START_S
    with closing(Client(address)) as client:
        while not client.answers(path):
            _refuse_ended(children)
            if time.monotonic() > deadline:
                raise Unavailable("part_did_not_start", address=address)
            time.sleep(_LOOK_S)


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait for ever. Raises Unavailable when a child ends by itself."""
    while True:
        time.sleep(1)
        _refuse_ended(children)


def _refuse_ended(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Raise Unavailable naming a child that has ended."""
    for name, child in children.items():
        if child.poll() is not None:
            raise Unavailable("part_ended", part=name, status=child.returncode)


def _tell(folder: DemoFolder, today: LivingDay, port: int, bank_port: int, echo: Echo) -> None:
    """Print where everything is, who may sign in, and what to try."""
    site = f"http://{LOOPBACK}:{port}"
    command = f"{Path(sys.argv[0]).name or 'thuphi'} demo pay {today.reference}"
    if folder.root != Path("data/demo").resolve():
        command += f" --data-dir {folder.root}"
    rows = [
        ("Staff", f"{site}/"),
        ("Fees", f"{site}/phi-le-phi"),
        ("Citizen", f"{site}/p/{today.token}"),
        ("", f"or {site}/tra-cuu with {today.dossier_code} and {today.second_factor}"),
        ("Display", f"{site}/display/{today.display_token}"),
        ("Bank", f"http://{LOOPBACK}:{bank_port}/?reference={today.reference}"),
    ]
    echo("\nthuphi demo is running; Ctrl-C stops it.\n")
    for name, text in rows:
        echo(f"  {name:<9}{text}")
    echo(f"\n  Sign in with the password {PASSWORD} as:")
    for username, display_name in sign_ins():
        echo(f"    {username:<10}{display_name}")
    echo(f"\n  Pay that citizen's {today.total} VND, and watch the page and the display:")
    echo(f"    {command}\n")
    echo(f"  Logs: {folder.logs}\n")
