"""The contract kit: give it an adapter and one good request, and it generates the tests.

An adapter that passes takes nothing that its provider has not signed. The kit needs no test runner:
``cases`` are values to parametrize a test with, ``problems`` and ``flips`` return what is wrong.
``docs/adapters.md`` shows the tests that an adapter needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bank_adapters import forgeries
from bank_adapters.forgeries import Proof, Request
from payments.domain.adapters import Answer, Credentials, Event, TokenRequest
from payments.domain.bank_messages import (
    BankRequest,
    Direction,
    ReplyKind,
    TransferNotice,
    checked,
)
from payments.domain.errors import Invalid, NotAuthenticated
from payments.ports import BankAdapter, Delivery

BYTES: Final = "bytes"
"""The proof covers every byte of the body or the query: not one may change."""

MEANING: Final = "meaning"
"""The proof covers what is read: another spelling may pass, another meaning never."""

NOTHING: Final = "nothing"
"""A secret travels with the request and signs nothing: only the secret itself is tried."""

WINDOW = timedelta(seconds=300)

Seal = Callable[[Delivery, Credentials, datetime], Delivery]
"""Puts the provider's proof onto a request, as the provider would at that time."""

_PLACE: Final = "192.0.2.1"


@dataclass(frozen=True, slots=True)
class Sample:
    """One good request of a provider, before it is signed, and how the provider signs it.

    ``other`` are credentials of another centre, of the same way and shape. ``proofs`` name what
    ``seal`` adds, ``amount`` is the amount as it is written in the request, where it must stand
    once. ``signs_time`` says whether the proof is good for five minutes only. ``proving`` are the
    secrets that the proof depends on, by default all of the way. A request that tells of no money
    has an empty ``amount``. ``unsigned`` names attributes of
    a notice that the provider leaves out of its proof.
    """

    adapter: BankAdapter
    credentials: Credentials
    other: Credentials
    request: Delivery
    seal: Seal
    proofs: tuple[Proof, ...]
    amount: str
    now: datetime
    covers: str = BYTES
    signs_time: bool = False
    proving: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()

    def good(self) -> Delivery:
        """Return the request as the provider sends it now."""
        return self.seal(self.request, self.credentials, self.now)

    def events(self, case: Case) -> tuple[Event, ...] | None:
        """Return what the adapter reads, or None where it refuses. Other errors pass through."""
        sent = case.delivery
        request = BankRequest(sent.method, sent.query, sent.headers, sent.body, _PLACE, sent.path)
        try:
            self.adapter.authenticate(request, case.credentials, case.now)
            events = self.adapter.parse(request, case.credentials)
            return tuple(checked(e) if isinstance(e, TransferNotice) else e for e in events)
        except (NotAuthenticated, Invalid):
            return None

    def secrets(self) -> tuple[str, ...]:
        """Return the names of the secrets that the proof depends on."""
        return self.proving or self.adapter.declaration.way(self.credentials.way).secrets


@dataclass(frozen=True, slots=True)
class Case:
    """One request that must not pass, and what the adapter knows when it comes.

    ``may_mean_the_same`` lets it pass with the meaning of the good request, which is no harm
    where the provider signs a meaning; ``may_be_out`` lets it pass as money that leaves.
    """

    name: str
    sample: Sample
    delivery: Delivery
    credentials: Credentials
    now: datetime
    may_mean_the_same: bool = False
    may_be_out: bool = False

    def __str__(self) -> str:
        return self.name

    def fault(self) -> str:
        """Say what is wrong with how the adapter treats the request, or nothing."""
        events = self.sample.events(self)
        if events is None:
            return ""
        if self.may_mean_the_same and _is_the_same(self.sample, events):
            return ""
        if self.may_be_out and all(_is_out(event) for event in events):
            return ""
        return f"{self.name}: accepted as {events}"


def cases(sample: Sample) -> list[Case]:
    """Return the requests that must not pass, each with a name, for a parametrized test."""
    made = [
        *_wrong_requests(sample),
        *_wrong_secrets(sample),
        *(_wrong_times(sample) if sample.signs_time else ()),
    ]
    return list({case.name: case for case in made}.values())


def flips(sample: Sample, count: int, random: Random) -> tuple[str, ...]:
    """Flip one random bit of the signed request ``count`` times; return what passed wrongly."""
    good = sample.good()
    parts = forgeries.parts(sample.request, good, body_too=sample.covers != NOTHING)
    size = 8 * sum(len(part.value) for part in parts)
    wrong = []
    for _ in range(count):
        name, flipped = forgeries.flipped(good, parts, random.randrange(size))
        case = Case(name, sample, flipped, sample.credentials, sample.now, sample.covers == MEANING)
        if fault := case.fault():
            wrong.append(fault)
    return tuple(wrong)


def problems(sample: Sample) -> tuple[str, ...]:
    """Return what is wrong with the adapter's good side: it must read, rotate and answer."""
    return tuple(_problems(sample))


def _problems(sample: Sample) -> Iterator[str]:
    good = Case("the good request", sample, sample.good(), sample.credentials, sample.now)
    events = sample.events(good)
    if not events:
        yield "the good request is refused"
        return
    if sample.amount and sum(t.count(sample.amount) for t in _written(sample.request)) != 1:
        yield f"the amount {sample.amount} does not stand once in the request"
    lower = tuple((name.lower(), value) for name, value in good.delivery.headers)
    if sample.events(replace(good, delivery=good.delivery._replace(headers=lower))) != events:
        yield "names of headers have a case"
    both = replace(sample.credentials, secrets=_joined(sample))
    for owner in (sample.credentials, sample.other):
        sent = sample.seal(sample.request, owner, sample.now)
        if not sample.events(Case("rotation", sample, sent, both, sample.now)):
            yield "during a rotation one of the two secrets is refused"
    for moved in (-WINDOW, WINDOW) if sample.signs_time else ():
        sent = sample.seal(sample.request, sample.credentials, sample.now + moved)
        if not sample.events(Case("window", sample, sent, sample.credentials, sample.now)):
            yield f"a request signed {moved.total_seconds():+.0f} s from now is refused"
    yield from _wrong_replies(sample, events)
    yield from _wrong_declaration(sample, events)


def _wrong_replies(sample: Sample, events: tuple[Event, ...]) -> Iterator[str]:
    sent = sample.good()
    request = BankRequest(sent.method, sent.query, sent.headers, sent.body, _PLACE, sent.path)
    for kind in ReplyKind:
        told = () if kind in {ReplyKind.NOT_AUTHENTICATED, ReplyKind.UNREADABLE} else events
        reply = sample.adapter.reply(Answer(kind, told), request, sample.credentials, sample.now)
        if kind is ReplyKind.ACCEPTED and not 200 <= reply.status < 300:
            yield f"what was accepted is answered {reply.status}"
        secrets = (v for values in sample.credentials.secrets.values() for v in values)
        if not isinstance(events[0], TokenRequest) and any(
            secret.encode() in reply.body for secret in secrets
        ):
            yield f"the answer to {kind} shows a secret"


def _wrong_declaration(sample: Sample, events: tuple[Event, ...]) -> Iterator[str]:
    declaration = sample.adapter.declaration
    for way in declaration.ways:
        if not way.secrets:
            yield f"the way {way.name} takes no secret"
        for name in way.secrets:
            declaration.secret(name)
    if any(isinstance(event, TransferNotice) for event in events):
        missing = {"event_id", "amount", "account", "time"} - set(declaration.fields)
        if missing:
            yield f"the declaration does not say where {', '.join(sorted(missing))} stands"


def _wrong_requests(sample: Sample) -> Iterator[Case]:
    good, declared = sample.good(), sample.adapter.declaration

    def case(made: Request, *, same: bool = False, out: bool = False) -> Case:
        return Case(made.name, sample, made.delivery, sample.credentials, sample.now, same, out)

    for made in forgeries.wrong_methods(good, declared.methods):
        yield case(made)
    for proof in sample.proofs:
        for made in forgeries.wrong_proofs(good, proof):
            yield case(made, same=made.is_spelling and sample.covers == MEANING)
    yield case(Request("no proof at all", sample.request))
    if sample.covers != NOTHING:
        for made in forgeries.changed(good, sample.amount):
            yield case(made, same=sample.covers == MEANING)
    sizes = forgeries.too_large(sample.request, declared.max_body_bytes)
    for made in (*sizes, *forgeries.unreadable(sample.request, sample.amount)):
        yield case(Request(made.name, _resealed(sample, good, made.delivery)), out=made.is_minus)


def _wrong_secrets(sample: Sample) -> Iterator[Case]:
    mine, other = sample.credentials, sample.other
    good = sample.good()
    for name in sample.secrets():
        signing = replace(mine, secrets={**mine.secrets, name: other.secrets[name]})
        sent = sample.seal(sample.request, signing, sample.now)
        yield Case(f"{name} of another centre", sample, sent, mine, sample.now)
        for what, values in (("no", ()), ("an empty", ("",)), ("a blank", (" ",))):
            known = replace(mine, secrets={**mine.secrets, name: values})
            yield Case(f"{what} {name} is known", sample, good, known, sample.now)
            try:
                sent = sample.seal(sample.request, known, sample.now)
            except (IndexError, ValueError, Invalid):
                continue  # Nobody can sign with it, so nobody can send it.
            yield Case(f"signed with {what} {name} and known so", sample, sent, known, sample.now)
            yield Case(f"signed with {what} {name}", sample, sent, mine, sample.now)
    sent = sample.seal(sample.request, other, sample.now)
    yield Case("all of another centre", sample, sent, mine, sample.now)
    yield Case("the old secret after its grace", sample, good, other, sample.now)
    yield Case("an unknown way", sample, good, replace(mine, way="none"), sample.now)
    yield Case("an empty way", sample, good, replace(mine, way=""), sample.now)


def _wrong_times(sample: Sample) -> Iterator[Case]:
    second = timedelta(seconds=1)
    for what, moved in (
        ("301 s", WINDOW + second),
        ("6 minutes", timedelta(minutes=6)),
        ("an hour", timedelta(hours=1)),
        ("7 hours", timedelta(hours=7)),
        ("a day", timedelta(days=1)),
        ("a year", timedelta(days=365)),
    ):
        for side, at in (("old", sample.now - moved), ("ahead", sample.now + moved)):
            sent = sample.seal(sample.request, sample.credentials, at)
            yield Case(f"signed {what} {side}", sample, sent, sample.credentials, sample.now)
    replayed = sample.now + WINDOW + second
    yield Case("sent again later", sample, sample.good(), sample.credentials, replayed)


def _resealed(sample: Sample, good: Delivery, request: Delivery) -> Delivery:
    try:
        return sample.seal(request, sample.credentials, sample.now)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError, Invalid):
        # What the provider cannot sign comes with the proof of the good request.
        return request._replace(headers=good.headers)


def _joined(sample: Sample) -> dict[str, tuple[str, ...]]:
    mine, other = sample.credentials.secrets, sample.other.secrets
    return {
        name: (*mine[name], *other[name]) if name in sample.secrets() else tuple(mine[name])
        for name in mine
    }


def _written(request: Delivery) -> tuple[str, str]:
    return request.query, request.body.decode("utf-8", "replace")


def _is_the_same(sample: Sample, events: tuple[Event, ...]) -> bool:
    good = Case("", sample, sample.good(), sample.credentials, sample.now)
    expected = sample.events(good)
    return expected is not None and [_meaning(sample, event) for event in events] == [
        _meaning(sample, event) for event in expected
    ]


def _meaning(sample: Sample, event: Event) -> tuple[object, ...]:
    names = (field.name for field in fields(event) if field.name not in sample.unsigned)
    return type(event), *(getattr(event, name) for name in names)


def _is_out(event: Event) -> bool:
    return isinstance(event, TransferNotice) and event.direction is Direction.OUT
