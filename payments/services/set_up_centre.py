"""Set up a centre: who it is, the account citizens pay into, its counters."""

from __future__ import annotations

import re

from payments.domain.banks import is_known
from payments.domain.business_day import MIDNIGHT_MINUTES
from payments.domain.centres import BankAccount, Centre, ServiceCounter
from payments.domain.errors import Conflict, Invalid
from payments.domain.reference_code import check_prefix
from payments.domain.staff import Actor
from payments.ports import UnitOfWork, World
from payments.services.record_event import record

_CENTRE_ID = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
_UNIT_CODE = re.compile(r"(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Z][0-9]{2}(?:\.[0-9]{2}){0,4}")
_TAX_CODE = re.compile(r"(?:[0-9]{10}(?:-?[0-9]{3})?)?")
_ACCOUNT_NUMBER = re.compile(r"[0-9A-Za-z]{1,19}")


def create_centre(
    uow: UnitOfWork,
    world: World,
    *,
    actor_id: str,
    centre_id: str,
    name: str,
    address: str,
    unit_code: str,
    tax_code: str,
    reference_prefix: str,
    cutoff_minutes: int = MIDNIGHT_MINUTES,
) -> Centre:
    """Create a centre. ``unit_code`` is its identifier in dossier codes, such as H57.12.

    ``cutoff_minutes`` after local midnight the next business day begins. Raises Invalid naming the
    field, Conflict when the identifier is taken.
    """
    _check("centre_id", _CENTRE_ID, centre_id)
    _check("unit_code", _UNIT_CODE, unit_code)
    _check("tax_code", _TAX_CODE, tax_code)
    check_prefix(reference_prefix)
    if not 1 <= cutoff_minutes <= MIDNIGHT_MINUTES:
        raise Invalid("time_wrong", field="cutoff_minutes")
    centre = Centre(
        centre_id=centre_id,
        name=_text("name", name, 200),
        address=_text("address", address, 200),
        unit_code=unit_code,
        tax_code=tax_code,
        reference_prefix=reference_prefix,
        cutoff_minutes=cutoff_minutes,
        created_at=world.clock.now(),
    )
    if any(known.centre_id == centre_id for known in uow.centres.all()):
        raise Conflict("centre_exists", centre=centre_id)
    uow.add(centre)
    actor = Actor(centre_id, actor_id)
    record(uow, world, actor, "centre.created", centre_id, name=centre.name, unit=unit_code)
    return centre


def add_account(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    *,
    bank_bin: str,
    account_number: str,
    holder: str,
) -> BankAccount:
    """Add a bank account of the centre; the first one is the one that citizens pay into.

    ``bank_bin`` is the bank's six digits. Raises Invalid naming the field, Conflict when the centre
    already has the account.
    """
    uow.centres.lock(actor.centre_id)
    if not is_known(bank_bin):
        raise Invalid("bank_unknown", field="bank", bin=bank_bin)
    _check("account_number", _ACCOUNT_NUMBER, account_number)
    known = uow.centres.accounts(actor.centre_id)
    if any((one.bank_bin, one.account_number) == (bank_bin, account_number) for one in known):
        raise Conflict("account_exists", account=account_number)
    account = BankAccount(
        centre_id=actor.centre_id,
        account_id=world.ids.new(),
        bank_bin=bank_bin,
        account_number=account_number,
        holder=_text("holder", holder, 70),
        is_collecting=not any(one.is_collecting for one in known),
        created_at=world.clock.now(),
    )
    uow.add(account)
    record(
        uow, world, actor, "account.added", account.account_id,
        bank=bank_bin, number=account_number, holder=account.holder,
    )  # fmt: skip
    return account


def add_counter(uow: UnitOfWork, world: World, actor: Actor, *, name: str) -> ServiceCounter:
    """Add a counter with the address of its citizen display. Raises Invalid and Conflict."""
    uow.centres.lock(actor.centre_id)
    counter = ServiceCounter(
        centre_id=actor.centre_id,
        counter_id=world.ids.new(),
        name=_text("name", name, 80),
        display_token=world.ids.token(),
    )
    if any(known.name == counter.name for known in uow.centres.counters(actor.centre_id)):
        raise Conflict("counter_exists", name=counter.name)
    uow.add(counter)
    record(uow, world, actor, "counter.added", counter.counter_id, name=counter.name)
    return counter


def _text(field: str, value: str, most: int) -> str:
    """Return a text on one line. Raises Invalid when it is empty or too long."""
    tidy = " ".join(value.split())
    if not 1 <= len(tidy) <= most:
        raise Invalid("text_length_wrong", field=field, limit=most)
    return tidy


def _check(field: str, shape: re.Pattern[str], value: str) -> None:
    """Raise Invalid unless the value has its shape."""
    if shape.fullmatch(value) is None:
        raise Invalid("code_malformed", field=field, found=value[:60])
