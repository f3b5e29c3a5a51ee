"""People, sign-ins and vain attempts in the database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from payments.domain.errors import Conflict, Invalid, NotAuthenticated, Unavailable
from payments.domain.staff import Actor, Role
from payments.services import manage_staff
from payments.services import sign_in as service
from payments.wiring import Wiring
from tests import makers

NETWORK = "192.0.2.1"


@pytest.fixture
def clock() -> makers.FixedClock:
    return makers.FixedClock()


@pytest.fixture
def parts(database_url: str, tmp_path: Path, clock: makers.FixedClock) -> Iterator[Wiring]:
    wiring = makers.a_wiring(makers.some_settings(database_url, tmp_path), clock)
    makers.a_centre(wiring.engine)
    yield wiring
    wiring.engine.dispose()


def _sign_in(
    parts: Wiring, password: str = makers.PASSWORD, network: str = NETWORK
) -> service.SignedIn:
    attempt = service.Attempt("thungan", password, network)
    return service.sign_in(parts.open_uow, parts.world, parts.passwords, attempt)


def _resume(parts: Wiring, token: str) -> object:
    with parts.open_uow(write=False) as uow:
        return service.resume(uow, parts.world, token)


def test_a_sign_in_is_resumed_by_its_token_until_it_ends(
    parts: Wiring, clock: makers.FixedClock
) -> None:
    signed = _sign_in(parts)

    assert _resume(parts, signed.token) == (signed.user, signed.sign_in)
    assert _resume(parts, signed.sign_in.token_hash) is None
    clock.at += service.IDLE_AT_THE_COUNTER - timedelta(seconds=1)
    assert _resume(parts, signed.token) is not None
    clock.move(seconds=1)
    assert _resume(parts, signed.token) is None


def test_ended_sign_ins_are_swept_away_by_the_next(parts: Wiring, clock: makers.FixedClock) -> None:
    old = _sign_in(parts)
    clock.at += service.LONGEST
    _sign_in(parts)

    with parts.open_uow(write=False) as uow:
        assert uow.staff.sign_in(old.sign_in.token_hash) is None


def test_signing_out_wins_over_a_request_that_is_still_running(
    parts: Wiring, clock: makers.FixedClock
) -> None:
    signed = _sign_in(parts)
    clock.move(minutes=2)
    service.sign_out(parts.open_uow, parts.world, signed.user, signed.sign_in)

    service.touch(parts.open_uow, parts.world, signed.sign_in)

    assert _resume(parts, signed.token) is None


def test_vain_attempts_at_the_same_moment_are_all_counted(parts: Wiring) -> None:
    def guess(_: int) -> None:
        with pytest.raises(NotAuthenticated):
            _sign_in(parts, "sai mat khau", "198.51.100.1")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(guess, range(4)))

    with pytest.raises(NotAuthenticated):
        _sign_in(parts, "sai mat khau", "198.51.100.1")
    with pytest.raises(Unavailable, match="too_many_attempts"):
        _sign_in(parts, network="198.51.100.1")


def test_a_window_of_attempts_begins_anew(parts: Wiring, clock: makers.FixedClock) -> None:
    bucket = "look-up:192.0.2.1"
    counts = []
    for minutes in (0, 10, 10):
        clock.move(minutes=minutes)
        since = clock.now() - timedelta(minutes=15)
        with parts.open_uow() as uow:
            uow.staff.count_failure(bucket, now=clock.now(), since=since)
            counts.append(uow.staff.failures(bucket, since=since))
            uow.commit()

    assert counts == [1, 2, 1]


def test_a_user_name_exists_once_even_between_centres(parts: Wiring) -> None:
    makers.a_centre(parts.engine, "PHU")
    person = manage_staff.NewPerson("thungan", "Trùng tên", "cashier", "")

    with parts.open_uow() as uow, pytest.raises(Conflict, match="username_taken"):
        manage_staff.add_person(uow, parts.world, Actor("PHU", "job:test"), person, "")


@pytest.mark.parametrize(
    ("username", "name", "role", "code"),
    [
        ("ab", "Lan", "cashier", "username_wrong"),
        ("lan anh", "Lan", "cashier", "username_wrong"),
        ("thu-ngân", "Lan", "cashier", "username_wrong"),
        ("lan.anh", "  ", "cashier", "display_name_missing"),
        ("lan.anh", "Lan", "owner", "role_unknown"),
    ],
)
def test_a_person_that_cannot_be_is_refused_by_field(
    parts: Wiring, username: str, name: str, role: str, code: str
) -> None:
    person = manage_staff.NewPerson(username, name, role, "")

    with parts.open_uow() as uow, pytest.raises(Invalid) as refusal:
        manage_staff.add_person(uow, parts.world, Actor("HTR", "job:test"), person, "")

    assert refusal.value.code == code
    assert "field" in refusal.value.facts


def test_saving_a_person_unchanged_writes_no_audit_event(parts: Wiring) -> None:
    with parts.open_uow() as uow:
        manage_staff.change_person(
            uow,
            parts.world,
            Actor("HTR", "job:test"),
            "HTR-thungan",
            display_name="Người dùng cashier",
            role=Role.CASHIER.value,
            is_active=True,
        )
        assert uow.last_audit_event("HTR") is None
