"""Signing in and out: passwords checked slowly, vain attempts counted, sign-ins kept."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from payments.domain.errors import NotAuthenticated, Unavailable
from payments.domain.staff import Actor, Role, SignIn, StaffUser
from payments.ports import OpenUnitOfWork, Passwords, UnitOfWork, World
from payments.services.record_event import record

LONGEST = timedelta(hours=12)
IDLE = timedelta(minutes=30)
IDLE_AT_THE_COUNTER = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)

WINDOW = timedelta(minutes=15)
# Nobody is locked out for ever, and a stranger cannot lock out a cashier who sits elsewhere: the
# strict count is of one name from one network, and the wide ones stop guessing at scale.
TRIES_OF_ONE_NAME_FROM_ONE_NETWORK = 5
TRIES_OF_ONE_NAME = 50
TRIES_FROM_ONE_NETWORK = 100
MOST_PASSWORD_CHARACTERS = 128


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a person typed, and the network it came from."""

    username: str
    password: str
    network: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a fresh sign-in. ``token`` goes into the cookie and is kept nowhere."""

    user: StaffUser
    sign_in: SignIn
    token: str


def sign_in(
    open_uow: OpenUnitOfWork, world: World, passwords: Passwords, attempt: Attempt
) -> SignedIn:
    """Sign a person in.

    Works in transactions of its own: the slow hash holds none open, and a vain attempt is counted
    although it raises. Raises NotAuthenticated without telling whether the name or the password is
    wrong, and Unavailable after too many attempts.
    """
    user = prove_person(open_uow, world, passwords, attempt)
    limits = _limits(folded(attempt.username), attempt.network)
    return _open_sign_in(open_uow, world, user, next(iter(limits)))


def prove_person(
    open_uow: OpenUnitOfWork, world: World, passwords: Passwords, attempt: Attempt
) -> StaffUser:
    """Return the person who has typed their password, without signing them in anywhere.

    Works and raises as ``sign_in`` does.
    """
    username = folded(attempt.username)
    limits = _limits(username, attempt.network)
    with open_uow(write=False) as uow:
        _refuse_too_many(uow, world, limits)
        user = uow.staff.by_username(username)
    known_hash = user.password_hash if user is not None and user.is_active else ""
    typed = unicodedata.normalize("NFC", attempt.password[: MOST_PASSWORD_CHARACTERS + 1])
    is_right = passwords.verify(known_hash, typed)
    if user is None or not is_right:
        _count_failure(open_uow, world, limits)
        raise NotAuthenticated("sign_in_wrong")
    return user


def resume(uow: UnitOfWork, world: World, token: str) -> tuple[StaffUser, SignIn] | None:
    """Return who holds a token; None when it is unknown, old or idle, or the person is gone."""
    known = uow.staff.sign_in(token_hash(token))
    now = world.clock.now()
    if known is None or now >= known.expires_at:
        return None
    user = uow.staff.get(known.centre_id, known.staff_id)
    if not user.is_active or now - known.last_seen_at >= idle_limit(user.role):
        return None
    return user, known


def touch(open_uow: OpenUnitOfWork, world: World, known: SignIn) -> None:
    """Keep the time of the last request; at most one write a minute."""
    now = world.clock.now()
    if now - known.last_seen_at < SEEN_EVERY:
        return
    with open_uow() as uow:
        # Signing out in another tab wins: a row that is gone must not come back.
        if uow.staff.sign_in(known.token_hash) is not None:
            uow.replace(replace(known, last_seen_at=now))
            uow.commit()


def sign_out(open_uow: OpenUnitOfWork, world: World, user: StaffUser, known: SignIn) -> None:
    """End a sign-in."""
    with open_uow() as uow:
        uow.centres.lock(user.centre_id)
        uow.staff.forget_sign_in(known.token_hash)
        record(uow, world, Actor.of(user), "staff.signed_out", user.staff_id)
        uow.commit()


def idle_limit(role: Role) -> timedelta:
    """Return how long a sign-in of a role lives without a request."""
    return IDLE_AT_THE_COUNTER if role is Role.CASHIER else IDLE


def token_hash(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def folded(username: str) -> str:
    """Return a name as it is kept: NFC, lower case, without blanks around it."""
    return unicodedata.normalize("NFC", username).strip().lower()[:64]


def refuse_too_many(
    uow: UnitOfWork, now: datetime, bucket: str, most: int, window: timedelta = WINDOW
) -> None:
    """Raise Unavailable when something was tried in vain too often within the window."""
    if uow.staff.failures(bucket, since=now - window) >= most:
        raise Unavailable("too_many_attempts", minutes=int(window.total_seconds()) // 60)


def _limits(username: str, network: str) -> dict[str, int]:
    """Return the counted buckets, each with its limit; names are hashed, people mistype secrets."""
    name = hashlib.sha256(username.encode()).hexdigest()[:32]
    return {
        f"sign-in:both:{name}:{network}"[:128]: TRIES_OF_ONE_NAME_FROM_ONE_NETWORK,
        f"sign-in:name:{name}": TRIES_OF_ONE_NAME,
        f"sign-in:network:{network}"[:128]: TRIES_FROM_ONE_NETWORK,
    }


def _refuse_too_many(uow: UnitOfWork, world: World, limits: dict[str, int]) -> None:
    now = world.clock.now()
    for bucket, most in limits.items():
        refuse_too_many(uow, now, bucket, most)


def _count_failure(open_uow: OpenUnitOfWork, world: World, limits: dict[str, int]) -> None:
    now = world.clock.now()
    with open_uow() as uow:
        for bucket in limits:
            uow.staff.count_failure(bucket, now=now, since=now - WINDOW)
        uow.commit()


def _open_sign_in(open_uow: OpenUnitOfWork, world: World, user: StaffUser, bucket: str) -> SignedIn:
    """Keep a fresh sign-in, and forget the person's vain attempts from here."""
    now = world.clock.now()
    token = world.ids.token()
    fresh = SignIn(
        token_hash=token_hash(token),
        centre_id=user.centre_id,
        staff_id=user.staff_id,
        csrf_token=world.ids.token(),
        signed_in_at=now,
        last_seen_at=now,
        expires_at=now + LONGEST,
    )
    with open_uow() as uow:
        uow.centres.lock(user.centre_id)
        uow.staff.clear_failures(bucket)
        uow.staff.forget_expired_sign_ins(now)
        uow.add(fresh)
        record(uow, world, Actor.of(user), "staff.signed_in", user.staff_id)
        uow.commit()
    return SignedIn(user, fresh, token)
