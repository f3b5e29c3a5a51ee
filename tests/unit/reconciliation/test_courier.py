"""What goes wrong between a provider and us goes wrong alike for every provider, and by a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_adapters.registry import installed_adapters, installed_simulators
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import BankRequest, TransferNotice
from payments.domain.errors import NotAuthenticated, Unavailable
from payments.ports import BankAdapter, BankSimulator, Delivery
from reconciliation.demo.courier import MOST_TRIES, PROMPT, Courier, Manners, turns
from tests.bank_notices import a_notice
from tests.makers import FixedClock

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
REFERENCE = "TPH7K2M4QX9"
WORDS = f"{REFERENCE} nộp lệ phí cấp giấy phép"
SIMULATORS = installed_simulators()
ADAPTERS = installed_adapters()
NAMES = sorted(SIMULATORS)
each = pytest.mark.parametrize("name", NAMES)


@dataclass
class Line:
    """A centre at the end of the line: it proves what comes, and reads it."""

    adapter: BankAdapter
    simulator: BankSimulator
    credentials: Credentials
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    busy: int = 0
    heard: list[TransferNotice] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    came_at: list[datetime] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, seed: int = 1) -> Line:
        adapter, simulator = ADAPTERS[name], SIMULATORS[name]
        terms = simulator.terms(adapter.declaration, Random(seed))
        names = adapter.declaration.way(terms.way).secrets
        ours = {one: f"0123456789abcdef{one}0123456789abcdef" for one in names}
        secrets = {one: (value,) for one, value in {**ours, **terms.given, **terms.kept}.items()}
        return cls(adapter, simulator, Credentials(terms.way, secrets, terms.settings))

    @property
    def account(self) -> str:
        named = self.adapter.declaration.account_setting
        return self.credentials.settings.get(named, "1021000002021")

    def post(self, path: str, sent: Delivery) -> int:
        self.paths.append(path)
        if self.busy:
            self.busy -= 1
            return 503
        request = BankRequest(
            sent.method, sent.query, sent.headers, sent.body, "192.0.2.1", sent.path
        )
        try:
            self.adapter.authenticate(request, self.credentials, self.clock.now())
        except NotAuthenticated:
            return 401
        for event in self.adapter.parse(request, self.credentials):
            assert isinstance(event, TransferNotice)
            self.heard.append(event)
        self.came_at.append(self.clock.now())
        return 200

    def wait(self, span: timedelta) -> None:
        self.clock.at += span

    def carry(self, count: int, manners: Manners, seed: int = 1) -> int:
        random = Random(seed)
        notices = [
            a_notice(
                event_id=f"2606100000{number}",
                bank_reference=f"2606100000{number}",
                account_number=self.account,
                balance_after=None,
                remittance_information=self.simulator.mangle(WORDS, random, at=NOW),
            )
            for number in range(1, count + 1)
        ]
        courier = Courier(self.simulator, self.clock, random, self.post, self.wait)
        return courier.carry(notices, "/webhooks/x", self.credentials, manners)


@each
def test_a_prompt_line_tells_each_once_in_order(name: str) -> None:
    line = Line.of(name)

    assert line.carry(5, PROMPT) == 5
    assert [notice.bank_reference for notice in line.heard] == [
        f"2606100000{number}" for number in range(1, 6)
    ]
    assert {notice.account_number for notice in line.heard} == {line.account}


@each
def test_a_bad_line_repeats_delays_and_disorders_and_loses_nothing(name: str) -> None:
    line = Line.of(name)

    assert line.carry(6, Manners(times=3, latest=timedelta(hours=2), in_disorder=True)) == 18

    numbers = [notice.bank_reference for notice in line.heard]
    assert {number: numbers.count(number) for number in set(numbers)} == {
        f"2606100000{number}": 3 for number in range(1, 7)
    }
    assert list(dict.fromkeys(numbers)) != sorted(set(numbers))
    assert line.came_at == sorted(line.came_at)
    assert timedelta() < line.came_at[-1] - NOW <= timedelta(hours=2)


@each
def test_one_seed_gives_one_course_of_events(name: str) -> None:
    manners = Manners(times=2, latest=timedelta(hours=1), in_disorder=True)
    lines = [Line.of(name), Line.of(name), Line.of(name)]
    for line, seed in zip(lines, (7, 7, 8), strict=True):
        line.carry(6, manners, seed)

    assert lines[0].heard == lines[1].heard
    assert lines[0].came_at == lines[1].came_at
    assert lines[0].came_at != lines[2].came_at


@each
def test_the_reference_survives_what_the_bank_does_to_the_text(name: str) -> None:
    random = Random(20260302)
    lines = {SIMULATORS[name].mangle(WORDS, random, at=NOW) for _ in range(200)}

    assert len(lines) > 1
    for line in lines:
        assert REFERENCE in "".join(sign for sign in line.upper() if sign.isalnum())
        assert line.isascii()


@pytest.mark.parametrize("name", ["vnpay", "momo", "zalopay", "bidv", "payment_platform"])
def test_an_order_number_reaches_us_whole(name: str) -> None:
    random = Random(20260302)

    for _ in range(200):
        assert SIMULATORS[name].mangle(WORDS, random, at=NOW).split(" ")[0] == REFERENCE


@each
def test_a_busy_centre_is_tried_again(name: str) -> None:
    line = Line.of(name)
    line.busy = MOST_TRIES - 1

    line.carry(1, PROMPT)

    assert len(line.heard) == 1
    assert len(line.paths) == MOST_TRIES


@each
def test_an_announcement_that_is_not_taken_is_told(name: str) -> None:
    line = Line.of(name)
    line.busy = MOST_TRIES

    with pytest.raises(Unavailable, match="webhook_not_accepted"):
        line.carry(1, PROMPT)
    deaf = Line.of(name)
    deaf.adapter = ADAPTERS["thueapi" if name != "thueapi" else "pay2s"]
    with pytest.raises(Unavailable, match="webhook_not_accepted"):
        deaf.carry(1, PROMPT)
    assert len(deaf.paths) == 1


@each
def test_the_terms_of_two_centres_share_no_secret(name: str) -> None:
    declaration = ADAPTERS[name].declaration
    one, other = (SIMULATORS[name].terms(declaration, Random(seed)) for seed in (1, 2))

    assert not set(one.given.values()) & set(other.given.values())
    assert one.settings == other.settings
    needed = {setting.name for setting in declaration.settings if setting.is_needed}
    assert needed <= set(one.settings)


@given(
    count=st.integers(0, 12),
    times=st.integers(1, 4),
    latest=st.timedeltas(timedelta(), timedelta(hours=3)),
    is_exact=st.booleans(),
    in_disorder=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_turns_are_in_time_and_complete(
    count: int, times: int, latest: timedelta, seed: int, *, is_exact: bool, in_disorder: bool
) -> None:
    manners = Manners(times, latest, is_exact=is_exact, in_disorder=in_disorder)

    planned = turns(count, manners, Random(seed))

    assert sorted(turn.place for turn in planned) == sorted(list(range(count)) * times)
    assert [turn.after for turn in planned] == sorted(turn.after for turn in planned)
    assert all(timedelta() <= turn.after <= latest for turn in planned)
    if is_exact:
        assert {turn.after for turn in planned} <= {latest}
    if in_disorder and latest == timedelta() and count > 1:
        assert list(dict.fromkeys(turn.place for turn in planned)) != list(range(count))
