"""A bank that posts from many threads while an administrator changes the secret it signs with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from itertools import count
from pathlib import Path
from threading import Barrier, Lock, Semaphore
from typing import TypeVar

from flask.testing import FlaskClient

from payments.domain.adapters import Credentials
from payments.domain.bank_messages import Direction, TransferNotice
from payments.domain.errors import Unavailable
from payments.domain.staff import Actor, Role
from payments.services.manage_endpoints import rotate_secrets
from payments.wiring import Wiring
from tests import makers, sessions
from tests.flows.stage import TOTAL, Stage

T = TypeVar("T")

GRACE = timedelta(minutes=40)
BETWEEN = timedelta(minutes=25)
"""Between two rounds: a secret lives through the round after its end, and is dead in the next."""

_PATIENCE_S = 300
_TRIES = 20
_DEAD = 4


@dataclass(frozen=True)
class Sent:
    """One delivery: the payment it tells of, whether its secret was good, and the answer."""

    payment: int
    is_good: bool
    status: int


@dataclass
class Rotating:
    """Rounds of deliveries to two processes' worth of applications on one database.

    ``good`` are the secrets that are taken through the whole round, the current one last; threads
    look at it again for every turn. ``dead`` are the last few whose grace is over.
    """

    stage: Stage
    wirings: Sequence[Wiring]
    sent: list[Sent] = field(default_factory=list)
    good: list[str] = field(default_factory=lambda: [makers.WEBHOOK_SECRET])
    dead: list[str] = field(default_factory=list)
    rotations: int = 0
    _ended_before: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _lock: Lock = field(default_factory=Lock)
    _turns: Semaphore = field(default_factory=lambda: Semaphore(0))

    @classmethod
    def on(cls, database_url: str, folder: Path) -> Rotating:
        """Set up a centre with an address that SePay posts to."""
        stage = Stage.on(database_url, folder)
        settings = makers.some_settings(database_url, folder)
        return cls(stage, [stage.wiring, makers.a_wiring(settings, stage.clock)])

    def close(self) -> None:
        """Give the databases back."""
        for wiring in self.wirings:
            wiring.engine.dispose()

    def play(self, *, rounds: int, threads: int, turns: int) -> None:
        """Post and rotate; in each round the secret is replaced ``turns`` times less one."""
        for _ in range(rounds):
            self._round(threads, turns)
            # Time goes by; what had been replaced before this round is dead in the next.
            self.stage.clock.at += BETWEEN
            self.dead = [*self.dead, *self.good[: self._ended_before]][-_DEAD:]
            self.good = self.good[self._ended_before :]
            self._ended_before = len(self.good) - 1

    def statuses(self, *, is_good: bool) -> Counter[int]:
        """Count the answers to what was signed with a good secret, or with a dead one."""
        return Counter(sent.status for sent in self.sent if sent.is_good is is_good)

    def _round(self, threads: int, turns: int) -> None:
        barrier = Barrier(threads + 1)
        apps = [sessions.make_app(wiring) for wiring in self.wirings]
        with ThreadPoolExecutor(threads + 1) as pool:
            work = [
                pool.submit(self._post, barrier, apps[place % 2].test_client(), turns)
                for place in range(threads)
            ]
            work.append(pool.submit(self._rotate, barrier, threads, turns - 1))
            for done in work:
                done.result(_PATIENCE_S)

    def _rotate(self, barrier: Barrier, threads: int, times: int) -> None:
        """Replace the secret again and again, in the midst of the turns of the others."""
        barrier.wait(_PATIENCE_S)
        for _ in range(times):
            for _ in range(threads):
                self._turns.acquire(timeout=_PATIENCE_S)
            # The bank is told after the commit; from here on it may sign with the new one.
            self.good.append(_patiently(self._renewed))
            self.rotations += 1

    def _renewed(self) -> str:
        stage = self.stage
        with stage.wiring.open_uow() as uow:
            renewed = rotate_secrets(
                uow,
                stage.wiring.world,
                stage.wiring.secret_box,
                Actor.of(stage.made.staff[Role.ADMINISTRATOR]),
                stage.wiring.adapters["sepay"],
                endpoint_id=stage.made.endpoint.endpoint_id,
                secrets={"hmac": ""},
                grace=GRACE,
            )
            uow.commit()
        return renewed.secrets["hmac"]

    def _post(self, barrier: Barrier, client: FlaskClient, turns: int) -> None:
        """Tell of a payment by each secret there is, and of the first one twice."""
        barrier.wait(_PATIENCE_S)
        for _ in range(turns):
            for place, secret in enumerate(tuple(self.good)):
                payment, reference = self._payment()
                self._send(client, payment, reference, secret, is_good=True)
                if place == 0:
                    # The bank missed our answer, and signs with what it has by now.
                    self._send(client, payment, reference, self.good[-1], is_good=True)
            for secret in tuple(self.dead):
                self._send(client, *self._payment(), secret, is_good=False)
            self._turns.release()

    def _payment(self) -> tuple[int, str]:
        """Ask somebody for their fees, as counters do meanwhile."""
        with self._lock:
            number = next(self._numbers)
        ask = partial(makers.a_request, self.stage.wiring, self.stage.made, number=number)
        standing = _patiently(ask)
        return number, standing.request.reference

    def _send(
        self, client: FlaskClient, payment: int, reference: str, secret: str, *, is_good: bool
    ) -> None:
        wiring, made = self.stage.wiring, self.stage.made
        now = wiring.world.clock.now()
        notice = TransferNotice(
            event_id=str(payment),
            account_number=made.account.account_number,
            direction=Direction.IN,
            amount=TOTAL,
            currency="VND",
            occurred_at=now,
            remittance_information=f"{reference} nop phi",
            bank_reference=f"FT{payment:09d}",
        )
        delivery = wiring.simulators["sepay"].delivery(
            notice, Credentials("hmac", {"hmac": (secret,)}), now
        )
        status, tries = HTTPStatus.SERVICE_UNAVAILABLE.value, 0
        # A busy database says 503, and every provider comes again; nothing else is repeated.
        while status == HTTPStatus.SERVICE_UNAVAILABLE and tries < _TRIES:
            tries += 1
            status = client.post(
                f"/webhooks/{made.endpoint.endpoint_id}",
                data=delivery.body,
                headers=list(delivery.headers),
                token=None,
            ).status_code
        self.sent.append(Sent(payment, is_good, status))


def _patiently(task: Callable[[], T]) -> T:
    """Do what a person does whom a busy database has asked to try again."""
    for _ in range(_TRIES):
        try:
            return task()
        except Unavailable:
            continue
    return task()


def outcome(rotating: Rotating) -> dict[str, object]:
    """What has become of the deliveries, to be compared with ``expected``."""
    stage = rotating.stage
    return {
        "answers to good secrets": set(rotating.statuses(is_good=True)),
        "answers to dead secrets": set(rotating.statuses(is_good=False)),
        "messages": stage.count("bank_messages"),
        "evidence": stage.count("evidence"),
        "transfers": stage.count("transfers"),
        "allocations": stage.count("allocations"),
        "balances": stage.balances(),
        "breaks": stage.count("breaks"),
        "findings": stage.findings(),
    }


def expected(rotating: Rotating) -> dict[str, object]:
    """All that was signed well is credited once; what a dead secret signed leaves no row."""
    good = [sent.payment for sent in rotating.sent if sent.is_good]
    payments = len(set(good))
    money = payments * TOTAL
    return {
        "answers to good secrets": {200},
        "answers to dead secrets": {401},
        "messages": len(good),
        "evidence": len(good),
        "transfers": payments,
        "allocations": payments,
        "balances": {"bank_clearing": money, "fee_income": -money},
        "breaks": 0,
        "findings": [],
    }
