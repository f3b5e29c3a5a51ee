"""Sets up the demo centre: its account, counters, people and fees, by the use cases of any centre.

Names of people, the account and the codes are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from payments.domain.centres import Field, Procedure, ServiceCounter
from payments.domain.errors import NotFound
from payments.domain.staff import Actor, Role, StaffUser
from payments.ports import UnitOfWork
from payments.services.import_fees import import_fees, preview_fees
from payments.services.manage_api_keys import create_api_key
from payments.services.manage_staff import NewPerson, add_person
from payments.services.read_fee_file import read_fee_rows
from payments.services.record_event import record
from payments.services.set_calendar import set_calendar_day
from payments.services.set_up_centre import add_counter, create_centre
from payments.wiring import Wiring
from reconciliation.demo.schedule import FIELDS, PROCEDURES, fee_file
from reconciliation.demo.year import HOLIDAYS, UNIT_CODE

CENTRE_ID: Final = "HTR"
PASSWORD: Final = "huong-tra-2021"  # noqa: S105 -- printed by the demo, which listens on this machine only.
ACTOR: Final = Actor(CENTRE_ID, "job:demo")
_PEOPLE: Final = (
    ("thungan1", "Thu ngân Một", Role.CASHIER),
    ("thungan2", "Thu ngân Hai", Role.CASHIER),
    ("thungan3", "Thu ngân Ba", Role.CASHIER),
    ("taichinh", "Kế toán Tài chính", Role.FINANCE),
    ("taichinh2", "Kế toán Tài chính Hai", Role.FINANCE),
    ("quantri", "Quản trị Hệ thống", Role.ADMINISTRATOR),
    ("kiemtoan", "Kiểm toán Nội bộ", Role.AUDITOR),
)


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """The people of the demo centre, and the counters of its cashiers, in the same order."""

    cashiers: tuple[StaffUser, ...]
    counters: tuple[ServiceCounter, ...]
    finance: StaffUser
    administrator: StaffUser
    auditor: StaffUser

    def counter_of(self, cashier: StaffUser) -> str:
        """Return the identifier of the counter where a cashier sits."""
        return self.counters[self.cashiers.index(cashier)].counter_id


def set_up(wiring: Wiring) -> str:
    """Set the centre up in an empty database, and return the key of the one-stop software.

    Raises Conflict when it is there already.
    """
    hashes = {username: wiring.passwords.hash(PASSWORD) for username, _, _ in _PEOPLE}
    with wiring.open_uow() as uow:
        create_centre(
            uow,
            wiring.world,
            actor_id=ACTOR.actor_id,
            centre_id=CENTRE_ID,
            name="Trung tâm Hành chính công Hương Trà (minh họa)",
            address="Phường Tứ Hạ, thị xã Hương Trà, tỉnh Thừa Thiên Huế",
            unit_code=UNIT_CODE,
            tax_code="",
            reference_prefix=CENTRE_ID,
        )
        uow.commit()
    with wiring.open_uow() as uow:
        for username, display_name, role in _PEOPLE:
            person = NewPerson(username, display_name, role.value, PASSWORD)
            add_person(uow, wiring.world, ACTOR, person, hashes[username])
        for number in (1, 2, 3):
            add_counter(uow, wiring.world, ACTOR, name=f"Quầy {number}")
        key = create_api_key(uow, wiring.world, ACTOR, name="Phần mềm một cửa (minh họa)")
        _post_fees(wiring, uow)
        for day in sorted(HOLIDAYS):
            set_calendar_day(uow, wiring.world, ACTOR, day, is_open=False, reason="Nghỉ lễ")
        uow.commit()
    return key.secret


def staff_of(uow: UnitOfWork) -> DemoStaff:
    """Return the people of the demo centre. Raises NotFound in another database."""
    people = {person.username: person for person in uow.staff.all(CENTRE_ID)}
    if any(username not in people for username, _, _ in _PEOPLE):
        raise NotFound("demo_centre_missing")
    return DemoStaff(
        cashiers=tuple(people[f"thungan{number}"] for number in (1, 2, 3)),
        counters=tuple(uow.centres.counters(CENTRE_ID)),
        finance=people["taichinh"],
        administrator=people["quantri"],
        auditor=people["kiemtoan"],
    )


def sign_ins() -> list[tuple[str, str]]:
    """Return who may sign in: user name and what they are."""
    return [(username, display_name) for username, display_name, _ in _PEOPLE]


def _post_fees(wiring: Wiring, uow: UnitOfWork) -> None:
    """Import the fee schedule as a file, and add what it cannot name: that which costs nothing."""
    rows = read_fee_rows(wiring.read_table("bieu-phi-minh-hoa.csv", fee_file()))
    preview = preview_fees(uow, CENTRE_ID, rows)
    import_fees(uow, wiring.world, ACTOR, rows, digest=preview.digest)
    fields = {field.field_code for field in uow.centres.fields(CENTRE_ID)}
    procedures = {known.procedure_code for known in uow.centres.procedures(CENTRE_ID)}
    for code, name in FIELDS.items():
        if code not in fields:
            uow.add(Field(CENTRE_ID, code, name))
            record(uow, wiring.world, ACTOR, "field.added", code, name=name)
    for known in PROCEDURES:
        if known.code not in procedures:
            uow.add(Procedure(CENTRE_ID, known.code, known.field_code, known.name))
            record(uow, wiring.world, ACTOR, "procedure.added", known.code, name=known.name)
