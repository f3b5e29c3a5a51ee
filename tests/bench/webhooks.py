"""Webhooks credited per second over HTTP, in one run beside a bare route that commits one row."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import text

from bank_adapters.simulated.sepay import SIMULATOR
from payments.domain.bank_messages import Direction, TransferNotice
from payments.domain.business_day import local
from payments.domain.dossiers import DossierSource
from payments.services.register_dossiers import NewDossier, register_dossiers
from payments.wiring import SystemClock, Wiring
from tests.bench.load import Figures, fire, http_post
from tests.makers import WEBHOOK_CREDENTIALS, WEBHOOK_SECRET, MadeCentre, a_centre, some_settings
from wsgi import build_wiring

THREADS = 24
SENDERS = (16, 48)
"""How many deliveries are under way at once: a busy morning, and a bank that catches up."""

ROUNDS = 8
PER_ROUND = 300
_BATCH = 300


@dataclass(frozen=True)
class Measured:
    """Medians of the rounds. ``ratio`` is that of each pair of neighbouring rounds.

    The machine changes its pace within a minute, so a round is compared with its own neighbour.
    """

    senders: int
    credited: float
    bare: float
    ratio: float


def measure(database_url: str, folder: Path, workers: int) -> list[Measured]:
    """Return webhooks credited a second beside bare rows a second, for each number of senders."""
    settings = some_settings(database_url, folder)
    wiring = build_wiring(settings)
    made = a_centre(wiring.engine, at=datetime.now(UTC))
    references = open_requests(wiring, made, (1 + ROUNDS * len(SENDERS)) * PER_ROUND)
    environ = os.environ | {
        "THUPHI_DATABASE_URL": database_url,
        "THUPHI_SECRET_KEYS": _secret_keys(),
        "THUPHI_DATA_DIR": str(folder),
        "THUPHI_WORKERS": str(workers),
        "THUPHI_THREADS": str(THREADS),
        "BENCH_DATABASE_URL": _beside(database_url, folder),
        "BENCH_SECRET": WEBHOOK_SECRET,
    }
    pairs: dict[int, list[tuple[float, float]]] = {senders: [] for senders in SENDERS}
    with _served(environ, [sys.executable, "-m", "tests.bench.bare_route"], workers) as bare_port:
        environ["THUPHI_BIND"] = f"127.0.0.1:{_free_port()}"
        command = [str(Path(sys.executable).with_name("thuphi")), "serve"]
        with _served(environ, command, workers, environ["THUPHI_BIND"]) as port:
            # The first round warms both up; by then the database has looked at its tables.
            for number, senders in enumerate((SENDERS[0], *SENDERS * ROUNDS)):
                mine = references[number * PER_ROUND : (number + 1) * PER_ROUND]
                requests = deliveries(made, mine, number * PER_ROUND)
                ours, limit = fire(port, requests, senders), fire(bare_port, requests, senders)
                _must_be_good(ours, limit)
                if not number:
                    learn_the_tables(wiring)
                else:
                    pairs[senders].append((ours.per_second, limit.per_second))
    _must_be_paid(wiring, len(references))
    wiring.engine.dispose()
    return [_measured(senders, rounds) for senders, rounds in pairs.items()]


def _measured(senders: int, rounds: list[tuple[float, float]]) -> Measured:
    """Return the medians of some pairs of rounds."""
    return Measured(
        senders,
        credited=median(ours for ours, _ in rounds),
        bare=median(limit for _, limit in rounds),
        ratio=median(ours / limit for ours, limit in rounds),
    )


def open_requests(wiring: Wiring, made: MadeCentre, count: int) -> list[str]:
    """Issue so many requests and return their references."""
    references: list[str] = []
    for start in range(0, count, _BATCH):
        items = [
            NewDossier(
                where=str(number),
                code=f"000.16.57.H57-{datetime.now(UTC):%y%m%d}-{number:04d}",
                procedure_code="1.001",
                applicant="Nguyễn Văn An",
                second_factor="1234",
                received_on=local(datetime.now(UTC)).date(),
                fees={},
            )
            for number in range(start, min(start + _BATCH, count))
        ]
        with wiring.open_uow() as uow:
            done = register_dossiers(uow, wiring.world, made.actor, DossierSource.API, items)
            uow.commit()
        references += [item.standing.request.reference for item in done if item.standing]
    return references


def learn_the_tables(wiring: Wiring) -> None:
    """Let the planner see the tables, as PostgreSQL does by itself every minute."""
    with wiring.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def deliveries(made: MadeCentre, references: list[str], first: int) -> list[bytes]:
    """Sign one webhook a reference, its text mangled as banks do."""
    spoil, now = random.Random(first), SystemClock().now()
    requests = []
    for number, reference in enumerate(references, start=first):
        notice = TransferNotice(
            event_id=str(1_000_000 + number),
            account_number=made.account.account_number,
            direction=Direction.IN,
            amount=475_000,
            currency="VND",
            occurred_at=now,
            remittance_information=SIMULATOR.mangle(f"{reference} nop phi", spoil),
            bank_reference=f"FT{number:012d}",
        )
        delivery = SIMULATOR.delivery(notice, WEBHOOK_CREDENTIALS, now)
        path = f"/webhooks/{made.endpoint.endpoint_id}"
        requests.append(http_post(path, delivery.headers, delivery.body))
    return requests


def _must_be_good(*rounds: Figures) -> None:
    """Stop when anything but 200 was answered: a fast refusal is not a figure."""
    for figures in rounds:
        if set(figures.statuses) != {200}:
            raise SystemExit(f"a round was answered {figures.statuses}")


def _must_be_paid(wiring: Wiring, expected: int) -> None:
    """Stop when a webhook that was answered did not pay its request."""
    with wiring.engine.connect() as connection:
        paid = connection.execute(text("SELECT count(*) FROM allocations")).scalar()
    if paid != expected:
        raise SystemExit(f"{expected} webhooks were answered, {paid} requests are paid")


def _secret_keys() -> str:
    """Return the key that the maker's centre was sealed with, as the environment gives it."""
    import base64

    from tests.makers import SECRET_KEY

    return base64.b64encode(SECRET_KEY).decode()


def _beside(database_url: str, folder: Path) -> str:
    """Return the database of the bare route: a file of its own, or the same server."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{folder}/bare.db"
    return database_url.replace("postgresql://", "postgresql+psycopg://", 1)


def _free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _served(
    environ: dict[str, str], command: list[str], workers: int, bind: str = ""
) -> Iterator[int]:
    """Run a server until the measurement is over, and lend its port."""
    if not bind:
        bind = f"127.0.0.1:{_free_port()}"
        command = [*command, bind, str(workers), str(THREADS)]
    port = int(bind.rpartition(":")[2])
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        command, env=environ | {"PYTHONPATH": str(root)}, cwd=root, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server listens."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("a server of the benchmark did not start")
