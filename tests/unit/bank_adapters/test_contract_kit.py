"""The contract kit finds the faults that adapters are known to have."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

import pytest

from bank_adapters import sepay
from bank_adapters.sepay import SePay
from bank_adapters.signatures import hmac_text
from bank_adapters.testing import Sample, cases, flips, problems
from payments.domain.adapters import Answer, Credentials, Event
from payments.domain.bank_messages import BankReply, BankRequest, TransferNotice
from payments.domain.errors import Invalid, NotAuthenticated
from tests.bank_samples import SAMPLES

GOOD = SAMPLES["sepay, hmac"]


def first(request: BankRequest, name: str) -> str:
    values = [value for key, value in request.headers if key.lower() == name.lower()]
    return values[0] if values else ""


def expected(request: BankRequest, credentials: Credentials) -> list[str]:
    message = first(request, sepay.TIME_HEADER).encode("utf-8", "replace") + b"." + request.body
    secrets = credentials.secrets["hmac"] or ("",)
    return ["sha256=" + hmac_text(secret, message) for secret in secrets]


@dataclass(frozen=True)
class Careless(SePay):
    """SePay's adapter with another idea of proof; everything else is as it should be."""

    takes: Callable[[BankRequest, Credentials], bool] = lambda _request, _credentials: True

    def authenticate(self, request: BankRequest, credentials: Credentials, now: datetime) -> None:
        try:
            SePay.authenticate(self, request, credentials, now)
        except NotAuthenticated:
            if not self.takes(request, credentials):
                raise


@dataclass(frozen=True)
class ReadsLoosely(SePay):
    def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
        try:
            amount = int(json.loads(request.body)["transferAmount"])
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
            raise Invalid("field_malformed", field="transferAmount") from None
        (good,) = SePay.parse(self, BankRequest("POST", "", (), GOOD.request.body, ""), credentials)
        assert isinstance(good, TransferNotice)
        return (replace(good, amount=amount),)


@dataclass(frozen=True)
class AnswersWrongly(SePay):
    def reply(
        self, answer: Answer, request: BankRequest, credentials: Credentials, now: datetime
    ) -> BankReply:
        return BankReply(500, credentials.secrets["hmac"][0].encode())


def faults(adapter: SePay) -> set[str]:
    sample = replace(GOOD, adapter=adapter)
    return {case.name for case in cases(sample) if case.fault()}


CARELESS: dict[str, tuple[Callable[[BankRequest, Credentials], bool], str]] = {
    "takes everything": (lambda _request, _credentials: True, "signed with an empty hmac"),
    "takes what has no signature": (
        lambda request, _: first(request, sepay.SIGNATURE_HEADER) == "",
        "X-SePay-Signature missing",
    ),
    "looks at the first of two": (
        lambda request, known: first(request, sepay.SIGNATURE_HEADER) in expected(request, known),
        "X-SePay-Signature twice, the last wrong",
    ),
    "compares the beginning": (
        lambda request, known: any(
            whole.startswith(first(request, sepay.SIGNATURE_HEADER))
            for whole in expected(request, known)
        ),
        "X-SePay-Signature halved",
    ),
    "has no case": (
        lambda request, known: (
            first(request, sepay.SIGNATURE_HEADER).lower() in expected(request, known)
        ),
        "X-SePay-Signature in other case",
    ),
    "has no window": (
        lambda request, known: first(request, sepay.SIGNATURE_HEADER) in expected(request, known),
        "signed a year ahead",
    ),
    "signs with an empty secret": (
        lambda request, known: first(request, sepay.SIGNATURE_HEADER) in expected(request, known),
        "signed with an empty hmac and known so",
    ),
    "takes every method": (
        lambda request, known: (
            request.method != "POST"
            and first(request, sepay.SIGNATURE_HEADER) in expected(request, known)
        ),
        "by PUT",
    ),
    "takes any size": (
        lambda request, known: (
            len(request.body) > 65_536
            and first(request, sepay.SIGNATURE_HEADER) in expected(request, known)
        ),
        "a body of 65537 bytes",
    ),
}


@pytest.mark.parametrize(("takes", "found"), CARELESS.values(), ids=CARELESS.keys())
def test_a_careless_proof_is_found(
    takes: Callable[[BankRequest, Credentials], bool], found: str
) -> None:
    assert found in faults(Careless(takes=takes))


@pytest.mark.parametrize(
    "found",
    [
        "a key twice",
        "the amount twice",
        "NaN nobody asked for",
        "amount '150000.5' of 8",
        "amount 'true' of 4",
    ],
)
def test_loose_reading_is_found(found: str) -> None:
    assert found in faults(ReadsLoosely())


def test_a_wrong_answer_is_found() -> None:
    wrong = problems(replace(GOOD, adapter=AnswersWrongly()))

    assert "what was accepted is answered 500" in wrong
    assert "the answer to accepted shows a secret" in wrong


def test_an_adapter_that_refuses_its_own_provider_is_found() -> None:
    deaf = replace(GOOD, credentials=replace(GOOD.credentials, way="none"), proving=("hmac",))

    def seal_as_before(*_: object) -> object:
        return GOOD.good()

    assert problems(replace(deaf, seal=seal_as_before)) == ("the good request is refused",)  # type: ignore[arg-type] # what it signs does not matter


def test_a_flipped_bit_that_passes_is_found() -> None:
    assert flips(replace(GOOD, adapter=Careless()), 50, Random(1))


def test_the_adapter_itself_is_without_fault() -> None:
    assert faults(SePay()) == set()


def test_a_failure_that_is_no_refusal_is_not_hidden() -> None:
    @dataclass(frozen=True)
    class Breaks(SePay):
        def parse(self, request: BankRequest, credentials: Credentials) -> tuple[Event, ...]:
            raise KeyError("transferAmount")

    sample: Sample = replace(GOOD, adapter=Breaks())

    with pytest.raises(KeyError):
        problems(sample)
