"""A pretended bank for demo and tests: it spoils texts as banks do, and signs as its provider does.

The shapes of the lines and their shares were measured on real statements; they are kept beside this
file in ``remark_shapes.json``. A spoiled text always still holds every letter and digit the payer
wrote, in order, so that a reference in it can be found again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, Final

from bank_adapters.statements.writing import vietcombank_csv
from payments.domain.adapters import Credentials, Declaration
from payments.domain.bank_messages import Statement, TransferNotice
from payments.domain.business_day import local
from payments.domain.errors import Invalid
from payments.ports import Delivery, Terms

_SOME_DAY: Final = datetime(2024, 9, 10, tzinfo=UTC)
"""The last day of the measured statements, used when no time is given."""

_DIGITS: Final = "0123456789"
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEX: Final = "0123456789abcdef"
_LEAST: Final = 32
_ALL: Final = _DIGITS + _CAPITALS + _CAPITALS.lower()

# Times a line repeats, all in Vietnam's time; banks agree on nothing but that.
_TIMES: Final[Mapping[str, str]] = {
    "ddmmyy": "%d%m%y",
    "mmddyy": "%m%d%y",
    "yymmdd": "%y%m%d",
    "yyyymmdd": "%Y%m%d",
    "dd/mm/yyyy": "%d/%m/%Y",
    "hhmmss": "%H%M%S",
    "hh:mm:ss": "%H:%M:%S",
    "hh": "%H",
    "mmddhhmmss": "%m%d%H%M%S",
    "yyyy": "%Y",
    "ddd": "%j",
}

_PARTIES: Final[Mapping[str, Callable[[Random], str]]] = {
    "NAME": lambda random: random.choice(("NGUYEN VAN A", "TRAN THI B", "LE VAN C", "PHAM THI D")),
    "OWNER": lambda random: "TRUNG TAM HCC " + _draw(random, _CAPITALS, 1),
    "acct": lambda random: "00" + _draw(random, _DIGITS, 11),
    "to": lambda random: "00" + _draw(random, _DIGITS, 11),
    "va": lambda random: "1" + _draw(random, _DIGITS, 16),
    "phone": lambda random: "09000" + _draw(random, _DIGITS, 5),
    "alias": lambda random: "CT" + _draw(random, _DIGITS, 4),
    "bin6": lambda random: random.choice(("970422", "970415", "970405", "970436", "970407")),
}

_ALPHABETS: Final[Mapping[str, str]] = {
    "d": _DIGITS,
    "t": _DIGITS,
    "A": _CAPITALS,
    "a": _CAPITALS + _CAPITALS.lower(),
    "an": _DIGITS + _CAPITALS,
}

_BLANK = re.compile(r"\{([^{}]+)\}")
_COUNTED = re.compile(r"(d|t|A|an|a)([0-9]+)")


@dataclass(frozen=True, slots=True)
class Shape:
    """How one channel of one bank writes its lines. Shares are parts per thousand."""

    bank: str
    channel: str
    weight: int
    shape: str
    tails: Sequence[tuple[int, str]] = ()
    ends: Sequence[tuple[int, str]] = ()
    blank_at: Sequence[tuple[int, int]] = ()
    cut_at: int = 10_000
    spelt_out: bool = False


Write = Callable[[TransferNotice, Credentials], Delivery]
"""Writes a notice as the provider would, before it is signed. Raises Invalid if it could not."""

Seal = Callable[[Delivery, Credentials, datetime], Delivery]
"""Puts the provider's proof onto a request, as the provider would at that (aware) time."""


DrawSecrets = Callable[[Random], tuple[Mapping[str, str], Mapping[str, str]]]
"""Draws the secrets that a provider gives to a centre, and those that it keeps for itself."""

VIETCOMBANK: Final = "970436"


@dataclass(frozen=True, slots=True)
class SimulatedBank:
    """A simulator. It holds no state; whoever calls brings the random numbers and the time.

    ``write`` and ``seal`` are the two halves of what the provider does; the contract kit signs
    forged requests with the second. ``settings`` are agreed on with every centre. ``draw`` is for
    secrets that are not just digits. ``bank_bin`` is the bank of its accounts. ``keeps_order`` is
    for gateways: the first word of a text is an order number there, which reaches us whole.
    """

    name: str
    write: Write
    seal: Seal
    settings: Mapping[str, str] = field(default_factory=dict)
    draw: DrawSecrets | None = None
    bank_bin: str = VIETCOMBANK
    keeps_order: bool = False

    def terms(self, declaration: Declaration, random: Random) -> Terms:
        """Return what a centre has to know to open a connection, by the adapter's first way.

        Secrets that the provider gives are hexadecimal digits from ``random`` unless ``draw`` says
        otherwise; no two centres get the same if it is a good source.
        """
        way = declaration.ways[0]
        given: Mapping[str, str] = {}
        kept: Mapping[str, str] = {}
        if self.draw is not None:
            given, kept = self.draw(random)
        else:
            known = (declaration.secret(name) for name in way.secrets)
            given = {
                secret.name: _draw(random, _HEX, max(secret.least, _LEAST))
                for secret in known
                if not secret.is_drawn
            }
        return Terms(way.name, self.bank_bin, self.settings, given, kept)

    def mangle(
        self, text: str, random: Random, *, bank: str = "", at: datetime | None = None
    ) -> str:
        """Return the payer's text as the receiving bank would pass it on.

        ``bank`` is a name of ``banks()`` or empty for any of them. ``at`` is aware. The same
        seed gives the same line. Raises Invalid for a bank that has no measured shape.
        """
        if self.keeps_order:
            order, _, words = text.partition(" ")
            return f"{order} {_spoil(words, random, spelt_out=False)}".rstrip()
        shapes = [shape for shape in _measured()[0] if bank in {"", shape.bank}]
        if not shapes:
            raise Invalid("unknown_simulated_bank", field="bank")
        shape = random.choices(shapes, [shape.weight for shape in shapes])[0]
        moment = at or _SOME_DAY + timedelta(seconds=random.randrange(86_400))
        return _line(shape, text, random, moment)

    def delivery(self, notice: TransferNotice, credentials: Credentials, now: datetime) -> Delivery:
        """Return the provider's signed request for a notice; ``now`` (aware) is the signed time.

        Raises Invalid when the provider could not send it: another currency, an unknown way, a
        secret that is not there.
        """
        if notice.currency != "VND":
            raise Invalid("currency_not_simulated", field="currency")
        for name in credentials.secrets:
            if not credentials.values(name):
                raise Invalid("secret_missing", field=name)
        return self.seal(self.write(notice, credentials), credentials, now)

    def statement_file(self, statement: Statement) -> tuple[str, bytes]:
        """Return the statement as Vietcombank's CSV, named after the account and its last day."""
        days = [entry.booked_on for entry in statement.entries]
        last = statement.period_to or max(days, default=_SOME_DAY.date())
        name = f"sao-ke-{statement.account_number}-{last:%Y%m%d}.csv"
        return name, vietcombank_csv(statement)


def banks() -> tuple[str, ...]:
    """Return the names of the banks whose shapes were measured."""
    return tuple(sorted({shape.bank for shape in _measured()[0]}))


@cache
def _measured() -> tuple[tuple[Shape, ...], Mapping[str, int]]:
    source = files("bank_adapters").joinpath("remark_shapes.json")
    document: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return tuple(Shape(**shape) for shape in document["shapes"]), document["letters"]


def _line(shape: Shape, text: str, random: Random, at: datetime) -> str:
    before, _, behind = shape.shape.partition("{r}")
    # A trace that stands twice in a line is the same trace.
    drawn: dict[str, str] = {}
    head = _fill(before, random, at, drawn)
    remark = _spoil(text, random, spelt_out=shape.spelt_out)
    rest = _pick(shape.tails, random) + behind + _pick(shape.ends, random)
    tail = _fill(rest, random, at, drawn)
    line, keep = head + remark + tail, len(head) + len(remark)
    for first, last in shape.blank_at:
        column = random.randint(first, last)
        if column < len(line):
            line = f"{line[:column]} {line[column:]}"
            keep += column < keep
    # Only what stands behind the payer's text is cut: the text itself stays whole.
    return line[: max(keep, shape.cut_at)]


def _spoil(text: str, random: Random, *, spelt_out: bool) -> str:
    """Take marks and punctuation off the payer's text, and now and then its case."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    spoiled = "".join(_letter(letter, spelt_out=spelt_out) for letter in plain)
    letters = _measured()[1]
    drawn = random.randrange(1000)
    if drawn < letters["upper"]:
        return spoiled.upper()
    return spoiled.lower() if drawn < letters["upper"] + letters["lower"] else spoiled


def _letter(letter: str, *, spelt_out: bool) -> str:
    if letter.isascii() and (letter.isalnum() or letter in " .,"):
        return letter
    if spelt_out and letter in "!&?":
        return f"asc({ord(letter)})"
    return " " if letter.isspace() else ""


def _pick(choices: Sequence[tuple[int, str]], random: Random) -> str:
    drawn = random.randrange(1000)
    for share, text in choices:
        drawn -= share
        if drawn < 0:
            return text
    return ""


def _fill(shape: str, random: Random, at: datetime, drawn: dict[str, str]) -> str:
    for name in _BLANK.findall(shape):
        if name not in drawn:
            drawn[name] = _value(name, random, local(at))
    return _BLANK.sub(lambda blank: drawn[blank[1]], shape)


def _value(name: str, random: Random, moment: datetime) -> str:
    if name in _TIMES:
        return moment.strftime(_TIMES[name])
    if name in _PARTIES:
        return _PARTIES[name](random)
    if name == "y":
        return f"{moment:%Y}"[-1]
    if name == "ft":
        return f"FT{moment:%y%j}{_draw(random, _DIGITS, 9)}"
    counted = _COUNTED.fullmatch(name)
    if counted is None:
        raise Invalid("unknown_blank_in_shape", field=name)
    return _draw(random, _ALPHABETS[counted[1]], int(counted[2]))


def _draw(random: Random, alphabet: str, count: int) -> str:
    return "".join(random.choices(alphabet, k=count))
