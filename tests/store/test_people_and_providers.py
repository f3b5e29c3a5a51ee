"""What must not happen while money depends on it: a cashier switched off, two providers on one account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bank_adapters.sepay import ADAPTER
from payments.domain.errors import Conflict
from payments.domain.staff import Actor, Role
from payments.services.manage_endpoints import add_endpoint, disable_endpoint
from payments.services.manage_staff import change_person
from payments.services.run_till import close_till, open_till
from payments.wiring import Wiring
from tests.makers import a_centre, a_wiring, some_settings

OTHER = replace(ADAPTER, name="other")


@pytest.fixture
def wiring(database_url: str, tmp_path: Path) -> Iterator[Wiring]:
    wiring = a_wiring(some_settings(database_url, tmp_path))
    yield wiring
    wiring.engine.dispose()


def test_a_cashier_with_an_open_till_is_not_switched_off(wiring: Wiring) -> None:
    made = a_centre(wiring.engine)
    administrator = Actor.of(made.staff[Role.ADMINISTRATOR])
    name, role = made.cashier.display_name, made.cashier.role.value
    with wiring.open_uow() as uow:
        open_till(
            uow, wiring.world, made.cashier, counter_id=made.counter.counter_id, float_amount=0
        )
        uow.commit()

    with wiring.open_uow() as uow, pytest.raises(Conflict, match="till_of_person_open"):
        change_person(
            uow, wiring.world, administrator, made.cashier.staff_id,
            display_name=name, role=role, is_active=False,
        )  # fmt: skip
    with wiring.open_uow() as uow:
        close_till(uow, wiring.world, made.cashier, counts={})
        off = change_person(
            uow, wiring.world, administrator, made.cashier.staff_id,
            display_name=name, role=role, is_active=False,
        )  # fmt: skip
        uow.commit()

    assert not off.is_active


def test_a_second_provider_waits_until_the_first_connection_is_closed(wiring: Wiring) -> None:
    made = a_centre(wiring.engine)
    administrator = Actor.of(made.staff[Role.ADMINISTRATOR])
    account_id = made.account.account_id

    with wiring.open_uow() as uow, pytest.raises(Conflict, match="account_has_provider"):
        add_endpoint(
            uow, wiring.world, wiring.secret_box, administrator, OTHER,
            account_id=account_id, way="hmac",
        )  # fmt: skip
    with wiring.open_uow() as uow:
        disable_endpoint(uow, wiring.world, administrator, endpoint_id=made.endpoint.endpoint_id)
        added = add_endpoint(
            uow, wiring.world, wiring.secret_box, administrator, OTHER,
            account_id=account_id, way="hmac",
        )  # fmt: skip
        uow.commit()

    assert added.secrets["hmac"]
