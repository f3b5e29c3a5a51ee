"""Add people, change what they may do, and set passwords; every change is in the audit log."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from payments.domain.errors import Conflict, Invalid
from payments.domain.staff import Actor, Role, StaffUser
from payments.ports import OpenUnitOfWork, Passwords, UnitOfWork, World
from payments.services.record_event import record
from payments.services.sign_in import (
    MOST_PASSWORD_CHARACTERS,
    WINDOW,
    folded,
    refuse_too_many,
)

LEAST_PASSWORD_CHARACTERS = 10
LEAST_DIFFERENT_CHARACTERS = 5
TRIES_OF_PRESENT_PASSWORD = 5
_USERNAME = re.compile(r"[a-z0-9][a-z0-9.\-]{2,63}")
# The head of every list of stolen passwords, for the length that we accept.
_PLAIN = ("1234567890", "0123456789", "0987654321", "qwertyuiop", "matkhau123", "password12")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to add, as typed."""

    username: str
    display_name: str
    role: str
    password: str


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """A person's own change of password, as typed."""

    present: str
    wanted: str
    repeated: str


def add_person(
    uow: UnitOfWork, world: World, actor: Actor, person: NewPerson, password_hash: str
) -> StaffUser:
    """Add a person whose password was hashed before the transaction began.

    Raises Invalid for a name or role that cannot be, Conflict for a user name in use.
    """
    username = folded(person.username)
    if not _USERNAME.fullmatch(username):
        raise Invalid("username_wrong", field="username")
    display_name = _display_name(person.display_name)
    role = read_role(person.role)
    uow.centres.lock(actor.centre_id)
    if uow.staff.by_username(username) is not None:
        raise Conflict("username_taken", field="username")
    user = StaffUser(
        centre_id=actor.centre_id,
        staff_id=world.ids.new(),
        username=username,
        display_name=display_name,
        role=role,
        password_hash=password_hash,
        is_active=True,
        created_at=world.clock.now(),
    )
    uow.add(user)
    record(uow, world, actor, "staff.added", user.staff_id, username=username, role=role.value)
    return user


def change_person(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    staff_id: str,
    *,
    display_name: str,
    role: str,
    is_active: bool,
) -> StaffUser:
    """Change a person's name, role, or whether they may sign in; switched off means signed out.

    Raises Conflict when administrators would change their own role or switch themselves off, and
    while the person has a till open that nobody else could count.
    """
    wanted_role = read_role(role)
    uow.centres.lock(actor.centre_id)
    user = uow.staff.get(actor.centre_id, staff_id)
    changed = replace(
        user, display_name=_display_name(display_name), role=wanted_role, is_active=is_active
    )
    own = actor == Actor.of(user)
    if own and (changed.role is not user.role or not is_active):
        raise Conflict("own_account", field="role")
    if changed == user:
        return user
    stays = is_active and changed.role is user.role
    if not stays and uow.tills.open_session(user.centre_id, user.staff_id) is not None:
        raise Conflict("till_of_person_open", field="role")
    uow.replace(changed)
    if not is_active:
        uow.staff.forget_sign_ins_of(user.centre_id, user.staff_id)
    record(
        uow,
        world,
        actor,
        "staff.changed",
        user.staff_id,
        username=user.username,
        role=changed.role.value,
        role_before=user.role.value,
        is_active=is_active,
    )
    return changed


def set_password(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    staff_id: str,
    password_hash: str,
    *,
    keep: str = "",
) -> None:
    """Give a person another password; every sign-in of theirs ends, except ``keep``."""
    uow.centres.lock(actor.centre_id)
    user = uow.staff.get(actor.centre_id, staff_id)
    uow.replace(replace(user, password_hash=password_hash))
    uow.staff.forget_sign_ins_of(user.centre_id, user.staff_id, but=keep)
    record(uow, world, actor, "staff.password_set", user.staff_id, username=user.username)


def change_own_password(
    open_uow: OpenUnitOfWork,
    world: World,
    passwords: Passwords,
    user: StaffUser,
    change: PasswordChange,
    *,
    keep: str,
) -> None:
    """Change a person's own password after proving the present one.

    Works in transactions of its own, because a vain attempt is counted although it raises. Raises
    Invalid naming the field, and Unavailable after too many attempts.
    """
    bucket = f"password:{user.staff_id}"
    now = world.clock.now()
    with open_uow(write=False) as uow:
        refuse_too_many(uow, now, bucket, TRIES_OF_PRESENT_PASSWORD)
    if not passwords.verify(user.password_hash, composed(change.present)):
        with open_uow() as uow:
            uow.staff.count_failure(bucket, now=now, since=now - WINDOW)
            uow.commit()
        raise Invalid("password_wrong", field="present")
    check_password(change.wanted, user.username, field="wanted")
    if composed(change.wanted) != composed(change.repeated):
        raise Invalid("passwords_differ", field="repeated")
    password_hash = passwords.hash(composed(change.wanted))
    with open_uow() as uow:
        set_password(uow, world, Actor.of(user), user.staff_id, password_hash, keep=keep)
        uow.staff.clear_failures(bucket)
        uow.commit()


def check_password(password: str, username: str, field: str = "password") -> str:
    """Return a password in composed Unicode. Raises Invalid when it is short, long or plain."""
    text = composed(password)
    if len(text) < LEAST_PASSWORD_CHARACTERS:
        raise Invalid("password_too_short", field=field, least=LEAST_PASSWORD_CHARACTERS)
    if len(text) > MOST_PASSWORD_CHARACTERS:
        raise Invalid("password_too_long", field=field, most=MOST_PASSWORD_CHARACTERS)
    lowered = text.lower()
    is_plain = len(set(lowered)) < LEAST_DIFFERENT_CHARACTERS or lowered.startswith(_PLAIN)
    if is_plain or folded(username) in lowered:
        raise Invalid("password_too_plain", field=field)
    return text


def composed(password: str) -> str:
    """Return a password in NFC: keyboards compose Vietnamese letters differently."""
    return unicodedata.normalize("NFC", password)


def read_role(text: str) -> Role:
    """Return the role a form or command names. Raises Invalid."""
    try:
        return Role(text)
    except ValueError as error:
        raise Invalid("role_unknown", field="role") from error


def _display_name(text: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= 200:
        raise Invalid("display_name_missing", field="display_name")
    return name
