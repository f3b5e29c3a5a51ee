"""How well and how fast references are found in transfer texts: figures for docs/benchmarks.md.

All lines come from a seed, so every count is a fact; only the speed depends on the machine.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from random import Random

from payments.domain.dossier_codes import find_dossier_codes
from payments.domain.dossiers import Dossier, DossierSource
from payments.domain.fees import Channel, PayerClass
from payments.domain.reference_code import SYMBOLS
from payments.domain.references import find_references, new_reference
from payments.domain.requests import PaymentRequest, RequestStanding
from payments.services.record_tellings import _named
from tests.bench.garbage import GARBAGE
from tests.bench.remarks import delivered, line_without, mangled, payers_remark, slipped

Row = tuple[str, str, str, str]
PREFIX = "TPX"
AMOUNTS = (8_000, 25_000, 50_000, 100_000, 150_000, 450_000, 475_000, 1_200_000)
_DAY = datetime(2026, 9, 9, tzinfo=UTC)
_DOSSIER = Dossier(
    "HTR", "1", "H57-260909-0001", "H572609090001", "1.001", "NGUYEN VAN A", "0001",
    Channel.COUNTER, PayerClass.CITIZEN, date(2026, 9, 9), DossierSource.COUNTER, _DAY,
)  # fmt: skip


def open_requests(chance: Random, count: int) -> dict[str, int]:
    """Return the references of open requests and what each of them asks for."""
    amounts: dict[str, int] = {}
    while len(amounts) < count:
        amounts[new_reference(PREFIX, chance.randrange)] = chance.choice(AMOUNTS)
    return amounts


def named(text: str, amount: int, amounts: dict[str, int]) -> str | None:
    """Return the reference of the open request that a transfer is for, by the rule of the house."""
    found = find_references(text, PREFIX)
    standings = {
        one.reference: _standing(one.reference, amounts[one.reference])
        for one in found
        if one.reference in amounts
    }
    standing = _named(found, standings, amount)
    return standing.request.reference if standing else None


def _standing(reference: str, total: int) -> RequestStanding:
    """Return an open request, as the store would."""
    request = PaymentRequest(
        "HTR", reference, "1", 1, "1", reference, reference, total, _DAY, _DAY, "1"
    )
    return RequestStanding(request, _DOSSIER, (), 0, 0, is_cancelled=False)


def found_whole(count: int, seed: int = 1) -> int:
    """Return in how many mangled lines that carry a reference whole it is found unmended."""
    chance = Random(seed)
    found = 0
    for _ in range(count):
        reference = new_reference(PREFIX, chance.randrange)
        text = delivered(chance, payers_remark(chance, mangled(chance, reference)))
        hits = find_references(text, PREFIX, repair=False)
        found += reference in {one.reference for one in hits}
    return found


def mended_rightly(count: int, amounts: dict[str, int], seed: int = 2) -> int:
    """Return how many lines with one slip in the reference lead to the request that was meant."""
    chance = Random(seed)
    wanted = list(amounts)
    right = 0
    for _ in range(count):
        reference = chance.choice(wanted)
        text = delivered(chance, payers_remark(chance, slipped(chance, reference)))
        right += named(text, amounts[reference], amounts) == reference
    return right


def given_to_another(count: int, amounts: dict[str, int], seed: int = 3) -> int:
    """Return how many lines of every kind lead to an open request that was not meant.

    Of a hundred: 30 mangled, 40 with one slip, 10 with two, 5 cut, 10 of requests that are not open
    (half of them with a slip), 5 without any.
    """
    chance = Random(seed)
    wanted = list(amounts)
    wrong = 0
    for _ in range(count):
        meant: str | None = chance.choice(wanted)
        text = meant or ""
        amount = amounts[text]
        kind = chance.randrange(100)
        if kind >= 85:
            text, meant = new_reference(PREFIX, chance.randrange), None
        if kind < 30:
            text = mangled(chance, text)
        elif kind < 70 or kind >= 95:
            text = slipped(chance, text)
        elif kind < 80:
            text = slipped(chance, slipped(chance, text))
        elif kind < 85:
            text = text[: chance.randrange(4, len(text))]
        if 85 <= kind < 90:
            line = line_without(chance)
        else:
            line = delivered(chance, payers_remark(chance, text))
        wrong += named(line, amount, amounts) not in {meant, None}
    return wrong


def found_in_nothing(count: int, seed: int = 4) -> int:
    """Return how many lines without a reference give one that is exact or folded."""
    chance = Random(seed)
    return sum(
        bool(find_references(line_without(chance), PREFIX, repair=False)) for _ in range(count)
    )


def speed(count: int, seed: int = 5) -> tuple[float, float, float]:
    """Return remarks searched per second: whole ones, with mending, and the plain ``re`` floor.

    Of a hundred remarks 75 carry a reference as it is printed, 15 a mangled one, 10 none. The three
    take turns over the same remarks; of a few turns the best counts.
    """
    chance = Random(seed)
    texts = []
    for _ in range(min(count, 100_000)):
        kind = chance.randrange(100)
        text = new_reference(PREFIX, chance.randrange)
        text = mangled(chance, text) if kind >= 75 else text
        remark = delivered(chance, payers_remark(chance, text))
        texts.append(line_without(chance) if kind >= 90 else remark)
    floor = re.compile(rf"{PREFIX}[{SYMBOLS}]{{11}}").search
    searches: tuple[Callable[[str], object], ...] = (
        lambda text: find_references(text, PREFIX, repair=False),
        lambda text: find_references(text, PREFIX),
        floor,
    )
    best = [0.0 for _ in searches]
    for _ in range(max(3, count // len(texts))):
        for place, search in enumerate(searches):
            started = time.process_time()
            deque(map(search, texts), maxlen=0)
            best[place] = max(best[place], len(texts) / (time.process_time() - started))
    whole, mending, plain = best
    return whole, mending, plain


def rows() -> Iterator[Row]:
    """Yield the rows of the table. Some minutes."""
    found = found_whole(100_000)
    yield _share("references found in 100,000 mangled remarks that carry them whole", found, 99_990)
    amounts = open_requests(Random(6), 1_000_000)
    right = mended_rightly(100_000, amounts)
    yield _share("right request out of 1,000,000 open, 100,000 lines, one slip each", right, 99_900)
    wrong = given_to_another(1_000_000, amounts)
    yield ("given to another of 1,000,000 open requests, 1,000,000 lines", f"{wrong}", "0", "-")
    false = found_in_nothing(300_000)
    yield ("exact or folded references in 300,000 lines without any", f"{false}", "0", "-")
    whole, mending, floor = speed(1_000_000)
    limit = f"{floor:,.0f}/s (plain `re`, exact ones only, unchecked)"
    yield (
        "remarks searched for exact and folded references per second, one core",
        f"{whole:,.0f}/s", limit, f"{whole / floor:.2f}",
    )  # fmt: skip
    yield (
        "the same with mending", f"{mending:,.0f}/s", limit, f"{mending / floor:.2f}",
    )  # fmt: skip
    yield garbage_row()


def garbage_row() -> Row:
    """Return the row of the garbage that takes longest, dossier codes searched as well."""
    times = {}
    for name, text in GARBAGE.items():
        started = time.process_time()
        find_references(text, PREFIX)
        find_dossier_codes(text)
        times[name] = time.process_time() - started
    slowest = max(times, key=lambda name: times[name])
    what = f"1,000,000 characters of garbage, the worst of {len(times)} kinds ({slowest})"
    return (what, f"{times[slowest]:.2f} s", "1 s", f"{times[slowest]:.2f}")


def _share(what: str, count: int, goal: int) -> Row:
    """Return the row of a share of 100,000 lines."""
    return (what, f"{count / 1000:.3f} %", f"{goal / 1000:.2f} %", f"{count / goal:.2f}")
