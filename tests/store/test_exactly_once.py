"""Races on both databases: whatever comes at the same moment, money is credited exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from payments.domain.bank_messages import BankRequest, Direction, ReplyKind, TransferNotice
from payments.domain.cash import CashPayment
from payments.domain.centres import ServiceCounter
from payments.domain.dossiers import DossierSource
from payments.domain.errors import Conflict
from payments.domain.requests import RequestStanding
from payments.domain.staff import Role, StaffUser
from payments.services.hear_delivery import Delivery
from payments.services.receive_deliveries import Received, receive_deliveries
from payments.services.register_dossiers import NewDossier, register_dossiers
from payments.services.run_till import open_till
from payments.services.take_cash import take_cash
from payments.web.incoming import Incoming
from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre

THREADS = 8


@pytest.fixture
def wiring(database_url: str, tmp_path: Path) -> Iterator[Wiring]:
    """The parts of a running thuphi, on each of the two databases."""
    wiring = makers.a_wiring(makers.some_settings(database_url, tmp_path))
    yield wiring
    wiring.engine.dispose()


@pytest.fixture
def centre(wiring: Wiring) -> MadeCentre:
    return makers.a_centre(wiring.engine)


def at_once(work: Sequence[Callable[[], object]]) -> list[object]:
    """Do everything in threads that start together; an exception is an answer too."""
    barrier = Barrier(len(work))

    def run(task: Callable[[], object]) -> object:
        barrier.wait(10)
        try:
            return task()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def a_delivery(
    wiring: Wiring, centre: MadeCentre, remark: str, *, event_id: str = "1", amount: int = 475_000
) -> Delivery:
    """A proven delivery of one notice."""
    notice = TransferNotice(
        event_id, centre.account.account_number, Direction.IN, amount, "VND",
        wiring.world.clock.now(), remark, f"FT{event_id}",
    )  # fmt: skip
    request = BankRequest("POST", "", (), event_id.encode(), "127.0.0.1")
    return Delivery(centre.endpoint, centre.account, request, (notice,))


def by_itself(wiring: Wiring, delivery: Delivery) -> Received:
    """Take in one delivery in its own transaction, as another process would."""
    with wiring.open_uow() as uow:
        received = receive_deliveries(uow, wiring.world, [delivery])
        uow.commit()
    return received[0]


def numbers(wiring: Wiring, statement: str) -> int:
    with wiring.engine.connect() as connection:
        return int(connection.execute(text(statement)).scalar_one())


def credited(wiring: Wiring) -> tuple[int, int, int]:
    """How many transfers there are, and what they gave to requests and to the income."""
    return (
        numbers(wiring, "SELECT count(*) FROM transfers"),
        numbers(wiring, "SELECT coalesce(sum(amount), 0) FROM allocations"),
        -numbers(
            wiring, "SELECT coalesce(sum(amount), 0) FROM postings WHERE account = 'fee_income'"
        ),
    )


def books_balance(wiring: Wiring) -> bool:
    return numbers(wiring, "SELECT coalesce(sum(amount), 0) FROM postings") == 0


def gaps_in_the_audit_chain(wiring: Wiring) -> int:
    return numbers(wiring, "SELECT max(seq) - count(*) FROM audit_events")


def test_the_same_delivery_from_many_threads_credits_once(
    wiring: Wiring, centre: MadeCentre
) -> None:
    reference = makers.a_request(wiring, centre).request.reference
    delivery = a_delivery(wiring, centre, reference)
    deliveries = Incoming(wiring)

    answers = at_once([lambda: deliveries.receive(delivery)] * THREADS)

    said = sorted(str(getattr(answer, "reply", answer)) for answer in answers)
    assert said == [ReplyKind.ACCEPTED, *[ReplyKind.REPEATED] * (THREADS - 1)]
    assert credited(wiring) == (1, 475_000, 475_000)
    assert numbers(wiring, "SELECT count(*) FROM evidence") == THREADS
    assert numbers(wiring, "SELECT count(*) FROM bank_messages") == THREADS
    assert numbers(wiring, "SELECT count(*) FROM receipts") == 2
    assert books_balance(wiring)


def test_the_same_delivery_to_many_machines_credits_once(
    wiring: Wiring, centre: MadeCentre
) -> None:
    reference = makers.a_request(wiring, centre).request.reference
    delivery = a_delivery(wiring, centre, reference)
    machines = [Incoming(wiring) for _ in range(THREADS)]

    at_once([lambda machine=machine: machine.receive(delivery) for machine in machines])  # type: ignore[misc]  # mypy infers no lambda with a default

    assert credited(wiring) == (1, 475_000, 475_000)
    assert numbers(wiring, "SELECT count(*) FROM evidence") == THREADS
    assert gaps_in_the_audit_chain(wiring) == 0


def test_the_same_delivery_twice_in_one_batch_credits_once(
    wiring: Wiring, centre: MadeCentre
) -> None:
    reference = makers.a_request(wiring, centre).request.reference
    delivery = a_delivery(wiring, centre, reference)

    with wiring.open_uow() as uow:
        receive_deliveries(uow, wiring.world, [delivery] * 3)
        uow.commit()

    assert credited(wiring) == (1, 475_000, 475_000)


def test_two_transfers_for_one_request_pay_it_once_and_keep_the_other(
    wiring: Wiring, centre: MadeCentre
) -> None:
    reference = makers.a_request(wiring, centre).request.reference
    both = [a_delivery(wiring, centre, reference, event_id=event) for event in "12"]

    answers = at_once([lambda: by_itself(wiring, both[0]), lambda: by_itself(wiring, both[1])])

    assert [getattr(answer, "reply", answer) for answer in answers] == [ReplyKind.ACCEPTED] * 2
    assert credited(wiring) == (2, 475_000, 475_000)
    outcomes = "SELECT count(*) FROM transfers WHERE outcome = 'twice'"
    assert numbers(wiring, outcomes) == 1
    assert numbers(wiring, "SELECT count(*) FROM breaks") == 1
    suspense = "SELECT -sum(amount) FROM postings WHERE account = 'suspense'"
    assert numbers(wiring, suspense) == 475_000


def test_many_different_deliveries_at_once_are_all_credited(
    wiring: Wiring, centre: MadeCentre
) -> None:
    standings = [makers.a_request(wiring, centre, number=number) for number in range(1, 17)]
    deliveries = Incoming(wiring)
    work = [
        a_delivery(wiring, centre, standing.request.reference, event_id=str(number))
        for number, standing in enumerate(standings)
    ]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(deliveries.receive, work))

    assert {answer.recorded[0].transfer.outcome.value for answer in answers} == {"exact"}
    assert credited(wiring) == (16, 16 * 475_000, 16 * 475_000)
    assert numbers(wiring, "SELECT count(DISTINCT number) FROM receipts WHERE kind = 'phi'") == 16
    assert numbers(wiring, "SELECT max(number) FROM receipts WHERE kind = 'phi'") == 16
    assert gaps_in_the_audit_chain(wiring) == 0


def a_till(wiring: Wiring, centre: MadeCentre, username: str) -> StaffUser:
    """A cashier who has opened a till at a counter of their own."""
    person = makers.a_person(centre.centre_id, Role.CASHIER, username=username)
    counter = ServiceCounter(centre.centre_id, username, f"Quầy {username}", f"display-{username}")
    with wiring.open_uow() as uow:
        uow.add(person, counter)
        open_till(uow, wiring.world, person, counter_id=counter.counter_id, float_amount=0)
        uow.commit()
    return person


def pay_cash(
    wiring: Wiring, cashier: StaffUser, standing: RequestStanding, form_key: str
) -> object:
    with wiring.open_uow() as uow:
        taken = take_cash(
            uow, wiring.world, cashier,
            request_id=standing.request.request_id, tendered=500_000, form_key=form_key,
        )  # fmt: skip
        uow.commit()
    return taken


def test_two_cashiers_cannot_take_the_money_of_one_request_twice(
    wiring: Wiring, centre: MadeCentre
) -> None:
    standing = makers.a_request(wiring, centre)
    lan, mai = a_till(wiring, centre, "lan"), a_till(wiring, centre, "mai")

    answers = at_once([
        lambda: pay_cash(wiring, lan, standing, "form of lan"),
        lambda: pay_cash(wiring, mai, standing, "form of mai"),
    ])  # fmt: skip

    assert sum(isinstance(answer, Conflict) for answer in answers) == 1, answers
    assert numbers(wiring, "SELECT count(*) FROM cash_payments") == 1
    assert credited(wiring)[2] == 475_000
    assert books_balance(wiring)


def test_a_form_that_is_sent_twice_takes_the_money_once(wiring: Wiring, centre: MadeCentre) -> None:
    standing = makers.a_request(wiring, centre)
    lan = a_till(wiring, centre, "lan")

    at_once([lambda: pay_cash(wiring, lan, standing, "one form")] * 4)

    assert numbers(wiring, "SELECT count(*) FROM cash_payments") == 1
    assert numbers(wiring, "SELECT sum(amount) FROM cash_payments") == 475_000


def test_a_transfer_and_cash_at_the_same_moment_pay_once(
    wiring: Wiring, centre: MadeCentre
) -> None:
    standing = makers.a_request(wiring, centre)
    lan = a_till(wiring, centre, "lan")
    delivery = a_delivery(wiring, centre, standing.request.reference)

    answers = at_once([
        lambda: by_itself(wiring, delivery),
        lambda: pay_cash(wiring, lan, standing, "form"),
    ])  # fmt: skip

    assert isinstance(answers[0], Received)
    assert credited(wiring)[2] == 475_000
    assert numbers(wiring, "SELECT count(*) FROM receipts") == 2
    assert books_balance(wiring)


def test_the_same_dossier_sent_by_many_threads_gets_one_request(
    wiring: Wiring, centre: MadeCentre
) -> None:
    item = NewDossier(
        "1", "000.16.57.H57-210309-0001", "1.001", "Nguyễn Văn An", "1234",
        makers.START.date(), fees={},
    )  # fmt: skip

    def send() -> str:
        with wiring.open_uow() as uow:
            registered = register_dossiers(
                uow, wiring.world, centre.actor, DossierSource.API, [item]
            )
            uow.commit()
        standing = registered[0].standing
        return standing.request.reference if standing else ""

    references = at_once([send] * THREADS)

    assert len(set(references)) == 1, references
    assert numbers(wiring, "SELECT count(*) FROM payment_requests") == 1


def test_one_bad_delivery_does_not_keep_others_from_being_credited(
    wiring: Wiring, centre: MadeCentre
) -> None:
    standings = [makers.a_request(wiring, centre, number=number) for number in range(1, 5)]
    good = [
        a_delivery(wiring, centre, standing.request.reference, event_id=str(number))
        for number, standing in enumerate(standings)
    ]
    # An endpoint that no row stands for breaks the transaction it is in, whichever that is.
    bad = a_delivery(wiring, centre, "x", event_id="bad")
    bad = replace(bad, endpoint=replace(bad.endpoint, endpoint_id="nowhere"))
    deliveries = Incoming(wiring)

    answers = at_once([lambda one=one: deliveries.receive(one) for one in (*good, bad)])  # type: ignore[misc]  # mypy infers no lambda with a default

    assert isinstance(answers[-1], Exception)
    assert credited(wiring) == (4, 4 * 475_000, 4 * 475_000)


def write(wiring: Wiring, *values: object) -> None:
    """Write rows past every use case."""
    with wiring.open_uow() as uow:
        uow.add(*values)
        uow.commit()


def test_two_copies_of_one_transfer_row_cannot_exist(wiring: Wiring, centre: MadeCentre) -> None:
    received = by_itself(wiring, a_delivery(wiring, centre, "x"))
    copy = replace(received.recorded[0].transfer, transfer_id="another")

    with pytest.raises(Conflict):
        write(wiring, copy)


def test_two_cash_payments_of_one_form_cannot_exist(wiring: Wiring, centre: MadeCentre) -> None:
    lan = a_till(wiring, centre, "lan")
    pay_cash(wiring, lan, makers.a_request(wiring, centre), "one form")
    with wiring.open_uow(write=False) as uow:
        paid = uow.tills.payment_by_form(centre.centre_id, "one form")
    assert isinstance(paid, CashPayment)

    with pytest.raises(Conflict):
        write(wiring, replace(paid, cash_payment_id="another"))
