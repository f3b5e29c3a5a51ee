"""Measures the codes a payment reference could be: run it to see the table of decision 0002.

Every code gets the same seeded slips (substitution 60, swap 25, omission 15 in a hundred). Counted
are slips that pass unnoticed, and the words one slip away that also hold.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from payments.domain.reference_code import MODULUS

Word = tuple[int, ...]
SLIPS = 2_000
OPEN_REQUESTS = 1_000_000


@dataclass(frozen=True)
class Code:
    """A design: ``base`` symbols, ``drawn`` of them free, ``checks`` that follow, and its rule."""

    name: str
    base: int
    drawn: int
    checks: int
    holds: Callable[[Word], bool]

    def fresh(self, chance: random.Random) -> Word:
        """Return a random word of the code, its checks found by trial."""
        free = tuple(chance.randrange(self.base) for _ in range(self.drawn))
        for number in range(self.base**self.checks):
            word = free + digits(number, self.base, self.checks)
            if self.holds(word):
                return word
        return self.fresh(chance)


def digits(number: int, base: int, length: int) -> Word:
    """Write a number with a fixed count of digits."""
    return tuple(number // base**place % base for place in reversed(range(length)))


def by_remainder(name: str, base: int, drawn: int, checks: int, modulus: int) -> Code:
    """A code whose words are divisible by a modulus when read as a number."""

    def holds(word: Word) -> bool:
        remainder = 0
        for digit in word:
            remainder = (remainder * base + digit) % modulus
        return remainder == 0

    return Code(name, base, drawn, checks, holds)


def reed_solomon(name: str, prime: int, drawn: int, checks: int) -> Code:
    """A code over a prime field: the word, as a polynomial, is nought at 2, 4, 8, ..."""
    points = [pow(2, power, prime) for power in range(1, checks + 1)]

    def holds(word: Word) -> bool:
        for point in points:
            value = 0
            for digit in word:
                value = (value * point + digit) % prime
            if value:
                return False
        return True

    return Code(name, prime, drawn, checks, holds)


def slipped(word: Word, base: int, chance: random.Random) -> Word:
    """Return the word with one slip that changes it."""
    while True:
        kind, at = chance.random(), chance.randrange(len(word))
        if kind < 0.6:
            damaged = (*word[:at], chance.randrange(base), *word[at + 1 :])
        elif kind < 0.85:
            damaged = (*word[:at], *word[at : at + 2][::-1], *word[at + 2 :])
        else:
            damaged = (*word[:at], *word[at + 1 :])
        if damaged != word:
            return damaged


def neighbours(word: Word, base: int, length: int) -> Iterator[Word]:
    """Yield every word of the right length that one slip may have turned into this one."""
    for at in range(len(word) + 1):
        if len(word) < length:
            yield from ((*word[:at], digit, *word[at:]) for digit in range(base))
        elif at < length:
            yield from ((*word[:at], digit, *word[at + 1 :]) for digit in range(base))
            yield (*word[:at], *word[at : at + 2][::-1], *word[at + 2 :])


def measure(code: Code) -> str:
    """Return the code's row of the table."""
    chance = random.Random(2026)
    length = code.drawn + code.checks
    unnoticed = alone = others = 0
    for _ in range(SLIPS):
        word = code.fresh(chance)
        damaged = slipped(word, code.base, chance)
        unnoticed += len(damaged) == length and code.holds(damaged)
        held = {one for one in neighbours(damaged, code.base, length) if code.holds(one)}
        alone += held == {word}
        others += len(held - {word})
    strangers = others / SLIPS * OPEN_REQUESTS / code.base**code.drawn * 1_000_000
    return (
        f"| {code.name} | {length} | {unnoticed / SLIPS:.2%} | {alone / SLIPS:.1%} "
        f"| {others / SLIPS:.3f} | {strangers:,.1f} |"
    )


CODES = (
    by_remainder("9 digits + 2, mod 97", 10, 9, 2, 97),
    by_remainder("8 of 22 symbols + 1, mod 19", 22, 8, 1, 19),
    by_remainder("8 of 22 symbols + 2, mod 479", 22, 8, 2, 479),
    by_remainder("7 of 22 symbols + 3, mod 10,589", 22, 7, 3, MODULUS),
    by_remainder("8 of 22 symbols + 3, mod 10,589", 22, 8, 3, MODULUS),
    reed_solomon("8 of 23 symbols + 2, Reed-Solomon", 23, 8, 2),
    reed_solomon("8 of 23 symbols + 3, Reed-Solomon", 23, 8, 3),
)


if __name__ == "__main__":
    print("| code | length | unnoticed | right one alone | others | strangers in 1e6 |")
    for candidate in CODES:
        print(measure(candidate))
