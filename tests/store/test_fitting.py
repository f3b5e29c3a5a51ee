"""What no column can hold is refused by the name of its field, alike on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from payments.domain.errors import Invalid
from payments.services.issue_request import cancel_request
from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre

HALF = "\ud800"
"""Half of a surrogate pair: a str of Python, and no text of UTF-8."""


@pytest.fixture
def wiring(database_url: str, tmp_path: Path) -> Iterator[Wiring]:
    """The parts on a fresh database of each kind."""
    wiring = makers.a_wiring(makers.some_settings(database_url, tmp_path))
    yield wiring
    wiring.engine.dispose()


def refusal(wiring: Wiring, value: object, *, is_kept: bool = False) -> tuple[str, object]:
    """How the store refuses a value: the code and the field."""

    def write() -> None:
        with wiring.open_uow() as uow:
            (uow.replace if is_kept else uow.add)(value)
            uow.commit()

    with pytest.raises(Invalid) as refused:
        write()
    return refused.value.code, refused.value.facts["field"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "Q" * 81}, "text_too_long"),
        ({"name": "Quầy \0"}, "text_not_storable"),
        ({"name": f"Quầy {HALF}"}, "text_not_storable"),
        ({"display_token": "x" * 65}, "text_too_long"),
    ],
)
def test_a_text_that_does_not_fit_is_named(
    wiring: Wiring, centre: MadeCentre, changes: dict[str, Any], code: str
) -> None:
    (field,) = changes
    other = replace(centre.counter, counter_id="other", display_token="other")

    assert refusal(wiring, replace(other, **changes)) == (code, field)
    assert refusal(wiring, replace(centre.counter, **changes), is_kept=True) == (code, field)


@pytest.mark.parametrize("cutoff", [2**31, -(2**31) - 1, 10**30])
def test_a_whole_number_that_does_not_fit_is_named(
    wiring: Wiring, centre: MadeCentre, cutoff: int
) -> None:
    wrong = replace(centre.centre, cutoff_minutes=cutoff)

    assert refusal(wiring, wrong, is_kept=True) == ("number_out_of_range", "cutoff_minutes")


def test_an_amount_beyond_its_check_is_named_and_not_taken_for_done_before(
    wiring: Wiring, centre: MadeCentre
) -> None:
    standing = makers.a_request(wiring, centre)
    other = replace(standing.request, request_id="other", reference="HTR1", token="other")

    assert refusal(wiring, replace(other, attempt=2, total=10**13 + 1)) == (
        "number_out_of_range", "total",
    )  # fmt: skip
    assert refusal(wiring, replace(other, attempt=2, total=-1)) == ("number_out_of_range", "total")


def test_the_longest_text_of_a_column_is_kept(wiring: Wiring, centre: MadeCentre) -> None:
    with wiring.open_uow() as uow:
        uow.replace(replace(centre.counter, name="ầ" * 80))
        uow.commit()

    with wiring.engine.connect() as connection:
        assert (
            connection.execute(text("SELECT name FROM service_counters")).scalar_one() == "ầ" * 80
        )


def test_a_refused_value_leaves_nothing_half_done(wiring: Wiring, centre: MadeCentre) -> None:
    request_id = makers.a_request(wiring, centre).request.request_id

    def cancel() -> None:
        with wiring.open_uow() as uow:
            cancel_request(uow, wiring.world, centre.actor, request_id, "l" * 401)
            uow.commit()

    with pytest.raises(Invalid, match="reason"):
        cancel()
    with wiring.open_uow(write=False) as uow:
        assert not uow.requests.standing("HTR", request_id).is_cancelled


def test_what_is_looked_for_with_impossible_signs_is_no_reason_to_try_again(
    wiring: Wiring, centre: MadeCentre
) -> None:
    with pytest.raises(Invalid, match="value_not_storable"), wiring.open_uow(write=False) as uow:
        uow.requests.by_references("HTR", [f"HTR{HALF}"])
