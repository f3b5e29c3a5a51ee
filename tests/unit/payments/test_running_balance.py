"""A feed's running balance shows what is missing and what was told twice, in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from random import Random

import pytest

from payments.domain.bank_messages import Direction
from payments.domain.breaks import BreakKind
from payments.domain.running_balance import MOST_FLAWS, Moved, flaws
from tests.makers import START


def chain(*steps: int, opening: int = 0, seconds: Sequence[int] = ()) -> list[Moved]:
    """Transfers that move a balance, a minute apart or at some seconds."""
    balance = opening
    found = []
    for number, step in enumerate(steps):
        balance += step
        found.append(
            Moved(
                f"t{number}",
                Direction.IN if step > 0 else Direction.OUT,
                abs(step),
                START + timedelta(seconds=seconds[number] if seconds else 60 * number),
                f"FT{number}",
                START + timedelta(seconds=number),
                balance,
            )
        )
    return found


def said(movements: Sequence[Moved]) -> list[tuple[str, str, int]]:
    return [(flaw.kind.value, flaw.found.transfer_id, flaw.missing) for flaw in flaws(movements)]


def test_balances_that_follow_have_no_flaw() -> None:
    assert said(chain(10, 20, -5, 30)) == []
    assert said([]) == []


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_missing_transfer_is_named_at_the_next_with_its_amount(gone: int) -> None:
    told = chain(10, 20, -5, 30, 7)
    missing = told.pop(gone)

    assert said(told) == [("feed_gap", f"t{gone + 1}", missing.movement)]


def test_rows_of_one_second_may_come_in_any_order() -> None:
    told = chain(10, 20, -5, 30, seconds=[0, 0, 0, 0])

    assert [said(order) for order in permutations(told)] == [[]] * 24


def test_a_gap_among_rows_of_one_second_is_found_in_any_order() -> None:
    told = chain(10, 20, 5, 30, 8, seconds=[0, 9, 9, 9, 20])
    del told[2]

    assert {tuple(said(order)) for order in permutations(told)} == {(("feed_gap", "t3", 5),)}


def test_a_balance_that_comes_back_hides_no_gap() -> None:
    told = chain(50, -30, 10, 20, opening=100)
    del told[2]

    assert said(told) == [("feed_gap", "t3", 10)]


def test_several_gaps_are_named_in_their_order() -> None:
    told = chain(1, 2, 4, 8, 16, 32, 64)
    told = [one for number, one in enumerate(told) if number not in {2, 5}]

    assert said(told) == [("feed_gap", "t3", 4), ("feed_gap", "t6", 32)]


def test_a_transfer_told_under_two_names_is_a_double() -> None:
    told = chain(10, 20, 30)
    again = Moved(
        "again", Direction.IN, 20, told[1].occurred_at, "FT1", START + timedelta(hours=1), 30
    )

    assert said([*told, again]) == [("feed_double", "again", 20)]


def test_the_same_movement_at_another_time_is_no_double() -> None:
    assert said(chain(10, -10, 10, -10, 10)) == []


def test_a_gap_filled_by_a_transfer_without_a_balance_is_none() -> None:
    told = chain(10, 20, 30)
    silent = Moved("t1", Direction.IN, 20, told[1].occurred_at, "", START, None)

    assert said([told[0], silent, told[2]]) == []
    noon = Moved("t1", Direction.IN, 20, START + timedelta(hours=3), "", START, None)
    assert said([told[0], noon, told[2]]) == []
    other = Moved("t1", Direction.IN, 21, told[1].occurred_at, "", START, None)
    assert said([told[0], other, told[2]]) == [("feed_gap", "t2", 20)]


def test_a_feed_whose_balances_mean_nothing_is_not_walked_for_ever() -> None:
    random = Random(13)
    told = [
        Moved(
            f"t{n}",
            Direction.IN,
            5,
            START + timedelta(minutes=n),
            "",
            START,
            random.randrange(10**9),
        )
        for n in range(400)
    ]

    assert len(flaws(told)) == MOST_FLAWS


def test_thousands_of_random_feeds_name_exactly_what_was_taken_out() -> None:
    random = Random(8)
    for _ in range(2000):
        steps = [random.choice([1, -1]) * random.randrange(1, 10**6) for _ in range(12)]
        told = chain(*steps, seconds=sorted(random.randrange(6) for _ in steps))
        gone = random.randrange(1, 11)
        missing = told.pop(gone)
        random.shuffle(told)

        found = flaws(told)

        assert [(one.kind, one.missing) for one in found] == [
            (BreakKind.FEED_GAP, missing.movement)
        ], steps
