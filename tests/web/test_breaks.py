"""Working off differences: the list and its filters, one difference, placing money, explaining."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from payments.domain.breaks import BreakKind
from payments.wiring import Wiring
from tests import makers
from tests.flows.stage import Stage

LIST, WAITING = "/tai-chinh/chenh-lech", "/tai-chinh/cho-xac-dinh"


@pytest.fixture
def stage(wiring: Wiring, clock: makers.FixedClock, centre: makers.MadeCentre) -> Stage:
    """The centre of the application, with a bank that tells of transfers."""
    return Stage(wiring, clock, centre)


@pytest.fixture
def unknown(stage: Stage) -> str:
    """A transfer of 475.000 whose text names no request; its break."""
    stage.request()
    stage.announce(stage.pay("NGUYEN VAN A chuyen tien"))
    return stage.break_ids(BreakKind.UNKNOWN)[0]


def test_the_list_shows_open_differences_with_their_text(
    finance: FlaskClient, unknown: str
) -> None:
    page = finance.get(LIST).text

    assert f"{LIST}/{unknown}" in page
    assert "NGUYEN VAN A chuyen tien" in page


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ("kind=unknown", True),
        ("kind=short", False),
        ("day=2021-03-09", True),
        ("day=2021-03-08", False),
        ("age=7", False),
        ("state=resolved", False),
        ("state=all", True),
        ("kind=no-such-kind&page=x&age=-1", True),
    ],
)
def test_the_list_is_narrowed_by_what_the_address_asks_for(
    finance: FlaskClient, unknown: str, query: str, is_shown: bool
) -> None:
    assert (f"{LIST}/{unknown}" in finance.get(f"{LIST}?{query}").text) is is_shown


def test_a_difference_gets_older(
    finance: FlaskClient, unknown: str, clock: makers.FixedClock
) -> None:
    clock.move(minutes=10)
    assert f"{LIST}/{unknown}" not in finance.get(f"{LIST}?age=1").text
    clock.move(days=1)
    fresh = finance.get(f"{LIST}?age=1", follow_redirects=False)

    # The sign-in of yesterday has ended: the guest is led to the form.
    assert fresh.status_code == 303


def test_a_difference_shows_the_raw_text_and_the_bank_message(
    finance: FlaskClient, unknown: str
) -> None:
    page = finance.get(f"{LIST}/{unknown}").text

    assert "NGUYEN VAN A chuyen tien" in page
    assert "SHA-256" in page


def test_open_requests_of_the_same_amount_are_suggested(
    finance: FlaskClient, stage: Stage, unknown: str
) -> None:
    other = stage.request("1.002")

    page = finance.get(f"{LIST}/{unknown}").text

    assert "000.16.57.H57-210309-0001" in page
    assert other.request.reference not in page


def test_a_reference_that_names_a_paid_request_is_shown_with_its_state(
    finance: FlaskClient, stage: Stage
) -> None:
    standing = stage.request()
    stage.announce(stage.pay(standing.request.reference))
    stage.announce(stage.pay(standing.request.reference))

    page = finance.get(f"{LIST}/{stage.break_ids(BreakKind.TWICE)[0]}").text

    assert standing.request.reference in page
    assert "Đã thanh toán" in page


def test_money_is_placed_on_the_request_whose_reference_is_typed(
    finance: FlaskClient, stage: Stage
) -> None:
    standing = stage.request()
    stage.announce(stage.pay("khong co ma"))
    broken = stage.break_ids(BreakKind.UNKNOWN)[0]

    page = finance.post(
        f"{LIST}/{broken}/phan-bo",
        data={"reference": f" {standing.request.reference.lower()} "},
        follow_redirects=True,
    )

    assert page.status_code == 200
    assert stage.state(standing) == "paid"
    assert stage.open_breaks() == []
    assert stage.findings() == []


def test_money_that_does_not_cover_a_request_is_refused_with_the_reason(
    finance: FlaskClient, stage: Stage
) -> None:
    standing = stage.request()
    stage.announce(stage.pay("khong co ma", 100_000))
    broken = stage.break_ids(BreakKind.UNKNOWN)[0]

    page = finance.post(f"{LIST}/{broken}/phan-bo", data={"reference": standing.request.reference})

    assert page.status_code == 409
    assert "475.000" in page.text
    assert stage.state(standing) == "open"


def test_a_reference_that_names_nothing_is_refused_beside_its_field(
    finance: FlaskClient, unknown: str
) -> None:
    page = finance.post(f"{LIST}/{unknown}/phan-bo", data={"reference": "HTRXXXXXXX"})

    assert page.status_code == 422
    assert 'id="reference-error"' in page.text


def test_a_difference_is_explained_with_words_and_leaves_the_list(
    finance: FlaskClient, stage: Stage, unknown: str
) -> None:
    page = finance.post(
        f"{LIST}/{unknown}/giai-trinh",
        data={"explanation": "Đã gọi người nộp, chờ hoàn tiền"},
        follow_redirects=True,
    )

    assert "Đã gọi người nộp, chờ hoàn tiền" in page.text
    assert stage.open_breaks() == []


def test_an_explanation_without_words_is_refused(
    finance: FlaskClient, stage: Stage, unknown: str
) -> None:
    page = finance.post(f"{LIST}/{unknown}/giai-trinh", data={"explanation": "   "})

    assert page.status_code == 422
    assert 'id="explanation-error"' in page.text
    assert stage.open_breaks() == [BreakKind.UNKNOWN]


def test_a_difference_explained_before_is_not_explained_again(
    finance: FlaskClient, unknown: str
) -> None:
    finance.post(f"{LIST}/{unknown}/giai-trinh", data={"explanation": "một"})

    page = finance.post(f"{LIST}/{unknown}/giai-trinh", data={"explanation": "hai"})

    assert page.status_code == 409
    assert "hai" not in page.text.split("history")[0].split("remark")[-1][:40]


def test_a_till_difference_shows_what_was_counted_and_expected(
    finance: FlaskClient, stage: Stage
) -> None:
    stage.open_till()
    stage.take_cash(stage.request())
    stage.close_till(970_000)

    page = finance.get(f"{LIST}/{stage.break_ids(BreakKind.CASH_SHORT)[0]}").text

    assert "970.000" in page
    assert "975.000" in page


def test_an_auditor_sees_a_difference_without_its_buttons(
    auditor: FlaskClient, unknown: str
) -> None:
    page = auditor.get(f"{LIST}/{unknown}")

    assert page.status_code == 200
    assert "giai-trinh" not in page.text
    assert auditor.post(f"{LIST}/{unknown}/giai-trinh", data={}).status_code == 403


def test_an_unknown_difference_is_not_found(finance: FlaskClient) -> None:
    assert finance.get(f"{LIST}/nothing").status_code == 404
    assert finance.post(f"{LIST}/nothing/phan-bo", data={"reference": "X"}).status_code == 404
    assert finance.post(f"{LIST}/nothing/giai-trinh", data={"explanation": "x"}).status_code == 404


def test_money_waiting_is_listed_until_it_is_placed(finance: FlaskClient, stage: Stage) -> None:
    standing = stage.request()
    stage.announce(stage.pay("khong co ma"))
    assert "khong co ma" in finance.get(WAITING).text
    broken = stage.break_ids(BreakKind.UNKNOWN)[0]

    finance.post(f"{LIST}/{broken}/phan-bo", data={"reference": standing.request.reference})

    assert "khong co ma" not in finance.get(WAITING).text


def test_a_text_from_a_payer_is_shown_as_text_and_never_as_markup(
    finance: FlaskClient, stage: Stage
) -> None:
    stage.announce(stage.pay("<script>alert(1)</script>"))
    broken = stage.break_ids(BreakKind.UNKNOWN)[0]

    for address in (LIST, WAITING, f"{LIST}/{broken}"):
        assert "<script>alert" not in finance.get(address).text
