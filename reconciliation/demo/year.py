"""The year 2021 of the demo centre: who comes on which day, for what, and how they pay.

Planned from one seed, so that every demo plays the same year. The totals are those that were
reported for the year: 11,721 dossiers in 17 fields, 594,462,000 đồng of which 12,562,000 cashless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from random import Random
from typing import Final

from payments.domain.business_day import day_bounds
from payments.domain.fees import Channel, PayerClass
from reconciliation.demo.people import invented_name, last_four
from reconciliation.demo.schedule import FEES, PROCEDURES

YEAR: Final = 2021
SEED: Final = 2021
UNIT_CODE: Final = "000.00.16.H57"
CASHIERS: Final = 3

# Public holidays of 2021 that fell on, or were moved to, a day of the week: New Year, Tết, the
# Hùng Kings, Reunification and Labour Day, National Day.
HOLIDAYS: Final = frozenset(
    {
        date(2021, 1, 1),
        *(date(2021, 2, day) for day in (10, 11, 12, 15, 16)),
        date(2021, 4, 21),
        date(2021, 4, 30),
        date(2021, 5, 3),
        date(2021, 9, 2),
        date(2021, 9, 3),
    }
)
# More people come on Mondays than on Fridays: parts of a hundred, Monday first.
_WEEK: Final = (125, 105, 98, 92, 80)
# Minutes after midnight: the mornings and afternoons in which dossiers are taken.
_DESK_HOURS: Final = (range(7 * 60 + 30, 11 * 60), range(13 * 60 + 30, 16 * 60))


class Way(Enum):
    """How a dossier of the year is paid."""

    CASH = "cash"
    TRANSFER = "transfer"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Visit:
    """A dossier of the year before its day: what for, and how it is paid."""

    procedure_code: str
    fee_code: str
    quantity: int
    amount: int
    way: Way


@dataclass(frozen=True, slots=True)
class PlannedDossier:
    """A dossier as the one-stop software will send it, and how its citizen pays.

    ``fee_code`` is empty when nothing is asked for. ``amount`` is whole đồng; ``cashier`` counts
    from 0; ``arrives_at`` is an instant in UTC.
    """

    code: str
    procedure_code: str
    applicant: str
    second_factor: str
    received_on: date
    channel: Channel
    payer_class: PayerClass
    fee_code: str
    quantity: int
    amount: int
    way: Way
    cashier: int
    arrives_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A working day with its dossiers in the order in which they come."""

    day: date
    dossiers: tuple[PlannedDossier, ...]


def plan_year(seed: int = SEED) -> tuple[PlannedDay, ...]:
    """Return the working days of the year with all their dossiers; the same for the same seed."""
    random = Random(seed)  # noqa: S311 -- the plan has to repeat itself; nothing secret is drawn.
    days = working_days()
    weights = [_WEEK[day.weekday()] for day in days]
    visits: dict[date, list[Visit]] = {day: [] for day in days}
    for visit in all_visits():
        visits[random.choices(days, weights)[0]].append(visit)
    return tuple(PlannedDay(day, _dossiers(day, visits[day], random)) for day in days)


def working_days(year: int = YEAR) -> list[date]:
    """Return the year's Mondays to Fridays without its holidays."""
    first = date(year, 1, 1)
    every = (first + timedelta(days=number) for number in range(366))
    return [
        day
        for day in every
        if day.year == year and day.weekday() < len(_WEEK) and day not in HOLIDAYS
    ]


def all_visits() -> Iterator[Visit]:
    """Yield the year's dossiers in the order of the schedule."""
    for fee in FEES:
        for number in range(fee.dossiers):
            amount = fee.amount * fee.quantity
            way = Way.TRANSFER if number < fee.cashless else Way.CASH if amount else Way.NOTHING
            yield Visit(fee.procedure_code, fee.code, fee.quantity, amount, way)
    for procedure in PROCEDURES:
        for _ in range(procedure.free):
            yield Visit(procedure.code, "", 0, 0, Way.NOTHING)


def _dossiers(day: date, visits: list[Visit], random: Random) -> tuple[PlannedDossier, ...]:
    """Give the day's visits their citizens, their times and their numbers."""
    random.shuffle(visits)
    minutes = [minute for hours in _DESK_HOURS for minute in hours]
    arrivals = sorted(60 * random.choice(minutes) + random.randrange(60) for _ in visits)
    return tuple(
        planned_dossier(day, number, second, visit, random)
        for number, (second, visit) in enumerate(zip(arrivals, visits, strict=True), start=1)
    )


def planned_dossier(
    day: date, number: int, second: int, visit: Visit, random: Random
) -> PlannedDossier:
    """Return the day's nth dossier, its citizen drawn by chance; ``second`` is after midnight."""
    is_online = visit.way is Way.TRANSFER
    is_business = visit.fee_code == "KD-HOKD"
    return PlannedDossier(
        code=f"{UNIT_CODE}-{day:%y%m%d}-{number:04d}",
        procedure_code=visit.procedure_code,
        applicant=invented_name(random),
        second_factor=last_four(random),
        received_on=day,
        channel=Channel.ONLINE if is_online else Channel.COUNTER,
        payer_class=PayerClass.HOUSEHOLD_BUSINESS if is_business else PayerClass.CITIZEN,
        fee_code=visit.fee_code,
        quantity=visit.quantity,
        amount=visit.amount,
        way=visit.way,
        cashier=random.randrange(CASHIERS),
        arrives_at=day_bounds(day)[0] + timedelta(seconds=second),
    )
