"""Plays days of the demo year through the same HTTP and use cases that the centre works with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from payments.domain.breaks import BreakKind
from payments.domain.business_day import from_local
from payments.domain.cash import DENOMINATIONS
from payments.domain.requests import RequestStanding
from payments.domain.staff import Actor, StaffUser
from payments.services.place_transfer import place_transfers
from payments.services.resolve_break import resolve_break
from payments.services.run_till import close_till, open_till
from payments.services.take_cash import take_cash
from payments.wiring import Wiring
from reconciliation.demo.bank import DemoBank
from reconciliation.demo.centre import CENTRE_ID, DemoStaff
from reconciliation.demo.connections import MAIN
from reconciliation.demo.courier import Manners
from reconciliation.demo.loopback import Client
from reconciliation.demo.year import PlannedDay, PlannedDossier, Way
from reconciliation.services.close_day import close_day
from reconciliation.services.import_statement import import_statement
from reconciliation.store.queries_breaks import BreakFilter, break_list, waiting_money
from reconciliation.store.unit_of_work import SqlBooks

FLOAT: Final = 500_000
"""What a cashier has in the drawer in the morning, in đồng."""

# Every so many transfers the provider loses our answer and announces once more, every so many its
# queue stands still, and every so many the payer writes nothing that names the request.
TOLD_TWICE: Final = 19
TOLD_LATE: Final = 13
NAMELESS: Final = 45
LATEST: Final = timedelta(minutes=20)
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

    def wait(self, span: timedelta) -> None:
        """Let time go by."""
        self._at += span

    def go_to(self, at: datetime) -> None:
        """Go on to an instant."""
        self._at = max(self._at, at)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a play needs: the parts of thuphi, its people, its site, and its banks by provider."""

    wiring: Wiring
    staff: DemoStaff
    site: Client
    api_key: str
    banks: Mapping[str, DemoBank]

    @property
    def bank(self) -> DemoBank:
        """The bank of the account that citizens are shown."""
        return self.banks[MAIN]

    @contextmanager
    def transaction(self) -> Iterator[SqlBooks]:
        """Open a transaction that is committed unless the block raises."""
        with SqlBooks(self.wiring.engine) as uow:
            yield uow
            uow.commit()


class DayPlayer:
    """Plays days one after the other, each closed before the next."""

    def __init__(self, stage: Stage, clock: DemoClock) -> None:
        """Play on a stage whose parts all go by the given clock."""
        self._stage = stage
        self._clock = clock
        self._days = 0
        self._transfers = 0
        self._providers = tuple(stage.banks)
        self._paid_by: set[str] = set()

    def play(self, planned: PlannedDay) -> None:
        """Play a day from the opening of the tills to the closing of the day."""
        stage, day = self._stage, planned.day
        self._days += 1
        self._paid_by.clear()
        self._clock.go_to(at(day, 7, 10))
        for cashier in stage.staff.cashiers:
            open_drawer(stage, cashier)
        requests = hand_over_dossiers(stage, planned.dossiers)
        for dossier in planned.dossiers:
            self._clock.go_to(dossier.arrives_at)
            if dossier.way is Way.CASH:
                pay_cash(stage, dossier, requests[dossier.code])
            elif dossier.way is Way.TRANSFER:
                self._pay_by_transfer(requests[dossier.code])
        self._clock.go_to(at(day, 16, 40))
        self._close_drawers()
        self._clock.go_to(at(day, 17, 15))
        for provider in sorted(self._paid_by):
            _import_statement(stage, stage.banks[provider], day)
        with stage.transaction() as uow:
            close_day(uow, stage.wiring.world, Actor.of(stage.staff.finance), day)

    def _pay_by_transfer(self, standing: RequestStanding) -> None:
        """Let a citizen pay by banking app; now and then something is not as it should be.

        The providers take turns, so that every one of them announces through the whole year.
        """
        request = standing.request
        self._transfers += 1
        provider = self._providers[(self._transfers - 1) % len(self._providers)]
        self._paid_by.add(provider)
        bank = self._stage.banks[provider]
        if self._transfers % NAMELESS:
            manners = Manners(
                times=2 if self._transfers % TOLD_TWICE == 0 else 1,
                latest=LATEST if self._transfers % TOLD_LATE == 0 else timedelta(),
            )
            bank.pay(f"{request.reference} nop phi, le phi", request.total, manners)
            return
        bank.pay("Nop phi lam giay to", request.total)
        self._clock.go_to(self._clock.now() + timedelta(minutes=20))
        _place_nameless(self._stage, request.reference, request.total)

    def _close_drawers(self) -> None:
        """Count and close every drawer; one that misses a note is explained by finance."""
        for place, cashier in enumerate(self._stage.staff.cashiers):
            is_miscounted = place == 0 and self._days % MISCOUNTED == 0
            if close_drawer(self._stage, cashier, missing=_MISSING if is_miscounted else 0):
                self._clock.go_to(self._clock.now() + timedelta(minutes=5))
                _explain_shortage(self._stage)


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
        item["request"]["reference"]: item["dossier"]
        for item in answer["dossiers"]
        if item["request"]
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


def _place_nameless(stage: Stage, reference: str, amount: int) -> None:
    """Let finance find whose payment it was that named no request."""
    with stage.transaction() as uow:
        waiting = waiting_money(uow.session, CENTRE_ID, limit=100)
        transfer_ids = [money.transfer_id for money in waiting if money.rest == amount]
        place_transfers(
            uow,
            stage.wiring.world,
            stage.staff.finance,
            transfer_ids=transfer_ids[-1:],
            reference=reference,
        )


def open_drawer(stage: Stage, cashier: StaffUser) -> None:
    """Open a cashier's till with its float."""
    with stage.transaction() as uow:
        open_till(
            uow,
            stage.wiring.world,
            cashier,
            counter_id=stage.staff.counter_of(cashier),
            float_amount=FLOAT,
        )


def close_drawer(stage: Stage, cashier: StaffUser, *, missing: int = 0) -> int:
    """Close a cashier's till with the notes that are in it. Returns the difference, in đồng."""
    with stage.transaction() as uow:
        session = uow.tills.open_session(CENTRE_ID, cashier.staff_id)
        if session is None:
            return 0
        takings = uow.tills.takings(CENTRE_ID, session.session_id)
        counts = notes_of(session.float_amount + takings - missing)
        return close_till(uow, stage.wiring.world, cashier, counts=counts).difference


def _explain_shortage(stage: Stage) -> None:
    """Let finance work off the shortages of tills in the work list."""
    wanted = BreakFilter(kind=BreakKind.CASH_SHORT)
    with stage.transaction() as uow:
        for known in break_list(uow.session, CENTRE_ID, wanted, limit=10):
            resolve_break(
                uow,
                stage.wiring.world,
                Actor.of(stage.staff.finance),
                known.break_id,
                "Thu ngân trả thừa tiền thối, đã lập biên bản",
            )


def notes_of(amount: int) -> dict[int, int]:
    """Return the fewest notes that make up an amount, by denomination."""
    counts: dict[int, int] = {}
    for note in DENOMINATIONS:
        counts[note], amount = divmod(amount, note)
    return counts


def _import_statement(stage: Stage, bank: DemoBank, day: date) -> None:
    """Hand in the statement file that a bank has put into the folder for this day."""
    path = bank.write_statement(day)
    with stage.transaction() as uow:
        import_statement(
            uow,
            stage.wiring.world,
            Actor.of(stage.staff.finance),
            stage.wiring.statement_readers,
            file_name=path.name,
            body=path.read_bytes(),
        )


def _as_json(dossier: PlannedDossier) -> dict[str, object]:
    """Write a dossier as the JSON API takes it."""
    item: dict[str, object] = {
        "code": dossier.code,
        "procedure": dossier.procedure_code,
        "applicant": dossier.applicant,
        "second_factor": dossier.second_factor,
        "received_on": dossier.received_on.isoformat(),
        "channel": dossier.channel.value,
        "payer_class": dossier.payer_class.value,
    }
    if dossier.fee_code:
        item["fees"] = [{"code": dossier.fee_code, "quantity": dossier.quantity}]
    return item
