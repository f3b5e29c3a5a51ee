"""Plays days of the demo year through the same HTTP and use cases that the centre works with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from payments.domain.business_day import from_local, local
from payments.domain.cash import DENOMINATIONS
from payments.domain.requests import RequestStanding
from payments.domain.staff import Actor, StaffUser
from payments.domain.transfers import Outcome
from payments.services.place_transfer import place_transfers
from payments.services.resolve_break import resolve_break
from payments.services.run_till import close_till, open_till
from payments.services.take_cash import take_cash
from payments.wiring import Wiring
from reconciliation.demo.bank import DemoBank
from reconciliation.demo.centre import CENTRE_ID, DemoStaff
from reconciliation.demo.http import Client
from reconciliation.demo.year import PlannedDay, PlannedDossier, Way
from reconciliation.services.close_day import close_day
from reconciliation.services.import_statement import import_statement
from reconciliation.store.unit_of_work import SqlBooksUnitOfWork

FLOAT: Final = 500_000
"""What a cashier has in the drawer in the morning, in đồng."""

# Every so many transfers the bank loses our answer and announces once more, and every so many the
# payer writes nothing that names the request.
TOLD_TWICE: Final = 20
NAMELESS: Final = 45
# Every so many evenings a drawer is counted a note short, and the note is found the day after.
MISCOUNTED: Final = 60
_MISSING: Final = 10_000
# What people hand over at a counter: the next round sum above what is due.
_ROUND: Final = (10_000, 50_000, 100_000, 500_000)


class DemoClock:
    """The clock of the played days: it stands where the play has put it, and never goes back."""

    def __init__(self, at: datetime) -> None:
        """Stand at an aware instant."""
        self._at = at

    def now(self) -> datetime:
        """Return the instant the play has reached."""
        return self._at

    def go_to(self, at: datetime) -> None:
        """Go on to an instant."""
        self._at = max(self._at, at)


@dataclass(frozen=True, slots=True)
class Stage:
    """What the play needs: the parts of thuphi with the play's clock, its site, and the bank."""

    wiring: Wiring
    clock: DemoClock
    staff: DemoStaff
    site: Client
    api_key: str
    bank: DemoBank

    @contextmanager
    def transaction(self) -> Iterator[SqlBooksUnitOfWork]:
        """Open a transaction that is committed unless the block raises."""
        with SqlBooksUnitOfWork(self.wiring.engine) as uow:
            yield uow
            uow.commit()


def play_days(
    stage: Stage, days: Sequence[PlannedDay], progress: Callable[[int, date], None]
) -> None:
    """Play days in their order, each closed before the next; tell ``progress`` after each."""
    transfers = 0
    for number, planned in enumerate(days, start=1):
        transfers = _play_day(stage, planned, number, transfers)
        progress(number, planned.day)


def _play_day(stage: Stage, planned: PlannedDay, number: int, transfers: int) -> int:
    """Play one day. Returns how many transfers there have been up to its evening."""
    day, before = planned.day, transfers
    stage.clock.go_to(at(day, 7, 10))
    for cashier in stage.staff.cashiers:
        with stage.transaction() as uow:
            open_till(
                uow, stage.wiring.world, cashier,
                counter_id=stage.staff.counter_of(cashier), float_amount=FLOAT,
            )  # fmt: skip
    requests = hand_over_dossiers(stage, planned.dossiers)
    for dossier in planned.dossiers:
        stage.clock.go_to(dossier.arrives_at)
        if dossier.way is Way.CASH:
            pay_cash(stage, dossier, requests[dossier.code])
        elif dossier.way is Way.TRANSFER:
            transfers += 1
            _pay_by_transfer(stage, requests[dossier.code], transfers)
    stage.clock.go_to(at(day, 16, 40))
    _close_tills(stage, is_miscounted=number % MISCOUNTED == 0)
    stage.clock.go_to(at(day, 17, 15))
    if transfers > before:
        _import_statement(stage, day)
    with stage.transaction() as uow:
        close_day(uow, stage.wiring.world, Actor.of(stage.staff.finance), day)
    return transfers


def at(day: date, hour: int, minute: int) -> datetime:
    """Return an instant of a day by the clock on the centre's wall."""
    return from_local(datetime.combine(day, time(hour, minute)))


def hand_over_dossiers(
    stage: Stage, dossiers: Sequence[PlannedDossier]
) -> Mapping[str, RequestStanding]:
    """Send dossiers as the one-stop software does; return the requests by dossier code."""
    body = {"dossiers": [_as_json(dossier) for dossier in dossiers]}
    answer = stage.site.post_json("/api/v1/dossiers", body, bearer=stage.api_key)
    references = {
        item["request"]["reference"]: item["code"] for item in answer["dossiers"] if item["request"]
    }
    with stage.wiring.open_uow(write=False) as uow:
        standings = uow.requests.by_references(CENTRE_ID, references)
    return {references[reference]: standing for reference, standing in standings.items()}


def pay_cash(stage: Stage, dossier: PlannedDossier, standing: RequestStanding) -> None:
    """Let a citizen pay at the counter, with a note larger than the sum due as often as not."""
    due = standing.request.total
    rounds = [due, *(-(-due // step) * step for step in _ROUND)]
    with stage.transaction() as uow:
        take_cash(
            uow,
            stage.wiring.world,
            stage.staff.cashiers[dossier.cashier],
            request_id=standing.request.request_id,
            tendered=rounds[int(dossier.second_factor) % len(rounds)],
            form_key=f"demo {dossier.code}",
        )


def _pay_by_transfer(stage: Stage, standing: RequestStanding, number: int) -> None:
    """Let a citizen pay with the banking app; now and then something is not as it should be."""
    request = standing.request
    times = 2 if number % TOLD_TWICE == 0 else 1
    if number % NAMELESS:
        stage.bank.pay(f"{request.reference} nop phi, le phi", request.total, times=times)
        return
    stage.bank.pay("Nop phi lam giay to", request.total)
    stage.clock.go_to(stage.clock.now() + timedelta(minutes=20))
    _place_nameless(stage, request.reference, request.total)


def _place_nameless(stage: Stage, reference: str, amount: int) -> None:
    """Let finance find whose payment it was that named no request."""
    since = stage.clock.now() - timedelta(hours=1)
    with stage.transaction() as uow:
        waiting = [
            transfer
            for transfer in uow.transfers.in_suspense(CENTRE_ID)
            if transfer.outcome is Outcome.UNKNOWN
            and transfer.amount == amount
            and transfer.occurred_at > since
        ]
        place_transfers(
            uow, stage.wiring.world, stage.staff.finance,
            transfer_ids=[waiting[0].transfer_id], reference=reference,
        )  # fmt: skip


def _close_tills(stage: Stage, *, is_miscounted: bool) -> None:
    """Count and close every drawer; a miscounted one misses a note, which finance explains."""
    for place, cashier in enumerate(stage.staff.cashiers):
        missing = _MISSING if is_miscounted and place == 0 else 0
        closing_difference = close_drawer(stage, cashier, missing=missing)
        if closing_difference:
            _explain(stage, cashier)


def close_drawer(stage: Stage, cashier: StaffUser, *, missing: int = 0) -> int:
    """Close a cashier's till with the notes that are in it. Returns the difference, in đồng."""
    with stage.transaction() as uow:
        session = uow.tills.open_session(CENTRE_ID, cashier.staff_id)
        if session is None:
            return 0
        takings = uow.tills.takings(CENTRE_ID, session.session_id)
        counts = notes_of(session.float_amount + takings - missing)
        return close_till(uow, stage.wiring.world, cashier, counts=counts).difference


def _explain(stage: Stage, cashier: StaffUser) -> None:
    """Let finance work off the difference of a cashier's last count."""
    del cashier
    del stage


def notes_of(amount: int) -> dict[int, int]:
    """Return the fewest notes that make up an amount, by denomination."""
    counts: dict[int, int] = {}
    for note in DENOMINATIONS:
        counts[note], amount = divmod(amount, note)
    return counts


def _import_statement(stage: Stage, day: date) -> None:
    """Hand in the statement file that the bank has put into the folder for this day."""
    path = stage.bank.write_statement(day)
    with stage.transaction() as uow:
        import_statement(
            uow, stage.wiring.world, Actor.of(stage.staff.finance), stage.wiring.statement_readers,
            file_name=path.name, body=path.read_bytes(),
        )  # fmt: skip
