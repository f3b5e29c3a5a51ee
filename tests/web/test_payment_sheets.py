"""Sheets to pay by: for a request, at the counter and at home; for an account, to put up."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
import typst
from flask.testing import FlaskClient

from payments.domain.centres import BankAccount
from payments.domain.requests import RequestStanding
from payments.domain.vietqr import parse
from payments.exports import typeset
from payments.exports.payment_sheet import Paper, PaymentSheet, _words, payment_sheet_pdf
from payments.web.qr_image import qr_svg
from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre
from tests.qr_pictures import opened, read_back
from tests.sessions import SignIn
from tests.told import tell

ASKED = PaymentSheet(
    centre="Trung tâm Hành chính công thị xã Hương Trà",
    bin="970436",
    account="0123499999",
    holder="TT HANH CHINH CONG HUONG TRA",
    amount=297_231_000,
    text="HTR30PTVCCN30N",
    expires_at=datetime(2021, 3, 16, 2, tzinfo=UTC),
    dossier="000.16.57.H57-210309-0042",
    link="https://thuphi.example/p/3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz",
)
LASTING = PaymentSheet(
    centre="Trung tâm Hành chính công thị xã Hương Trà",
    bin="970422",
    account="VQRQADAIJ5512",
    holder="TT HANH CHINH CONG HUONG TRA",
    place="Quầy 1",
)
# As long as the database lets them be.
LONGEST = PaymentSheet(
    centre=("Trung tâm Phục vụ hành chính công " * 9)[:200],
    bin="970449",
    account="9" * 19,
    holder="CONG TY TNHH " * 5,
    amount=499_977_777,
    text="W" * 25,
    expires_at=ASKED.expires_at,
    dossier="000.16.57.H57-210309-0042",
    place=("Quầy tiếp nhận số " * 9)[:80],
    link="https://thuphi.example/" + "x" * 60,
)


def sheet(asked: PaymentSheet, paper: Paper) -> bytes:
    return payment_sheet_pdf(asked, paper=paper, qr_svg=qr_svg(asked.qr_payload))


def facts(asked: PaymentSheet) -> dict[str, str]:
    words = _words(asked, Paper.A5)["facts"]
    assert isinstance(words, list)
    return {label: value for label, value, _kind in words}


def pages(document: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", document))


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("asked", [ASKED, LASTING, LONGEST], ids=["asked", "lasting", "longest"])
def test_the_code_on_the_paper_says_what_stands_beside_it(
    asked: PaymentSheet, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = typst.compile

    def as_picture(*arguments: object, **options: object) -> object:
        return compiled(*arguments, **options | {"format": "png", "ppi": 150.0})  # type: ignore[call-overload]

    monkeypatch.setattr(typst, "compile", as_picture)
    words = _words(asked, paper)
    image = opened(typeset.typeset("payment_sheet.typ", words, qr_svg=qr_svg(asked.qr_payload)))

    parsed = parse(read_back(image).text)
    assert (parsed.bin, parsed.account) == (asked.bin, asked.account)
    assert (parsed.amount, parsed.text) == (asked.amount, asked.text)
    long_side, short_side = {"a5": (210, 148), "a6": (148, 105)}[paper.value]
    assert (image.width, image.height) == pytest.approx(
        (long_side * 150 / 25.4, short_side * 150 / 25.4), abs=2
    )


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("asked", [ASKED, LASTING, LONGEST], ids=["asked", "lasting", "longest"])
def test_a_sheet_is_one_page_with_the_letters_of_the_package(
    asked: PaymentSheet, paper: Paper
) -> None:
    document = sheet(asked, paper)

    assert document.startswith(b"%PDF-")
    assert pages(document) == 1


def test_a_sheet_says_everything_a_payer_compares_or_types() -> None:
    assert facts(ASKED) == {
        "Chủ tài khoản": "TT HANH CHINH CONG HUONG TRA",
        "Số tài khoản": "0123499999",
        "Ngân hàng": "Vietcombank (Ngân hàng TMCP Ngoại Thương Việt Nam)",
        "Số tiền": "297.231.000\xa0₫",
        "Bằng chữ": "Hai trăm chín mươi bảy triệu hai trăm ba mươi mốt nghìn đồng",
        "Nội dung chuyển khoản": "HTR30PTVCCN30N",
        "Mã hồ sơ": "000.16.57.H57-210309-0042",
        "Hạn thanh toán": "16/03/2021 09:00",
    }
    assert _words(ASKED, Paper.A6)["centre"] == "Trung tâm Hành chính công thị xã Hương Trà"


def test_a_lasting_sheet_says_what_the_payer_has_to_type() -> None:
    assert facts(LASTING)["Số tiền"] == "Người nộp tự nhập"
    assert "nhập số tiền" in str(_words(LASTING, Paper.A5)["advice"])
    assert parse(LASTING.qr_payload).value("01") == "11"


def test_the_same_sheet_gives_the_same_bytes_and_is_set_once() -> None:
    first = sheet(ASKED, Paper.A6)

    assert sheet(ASKED, Paper.A6) is first
    payment_sheet_pdf.cache_clear()
    assert sheet(ASKED, Paper.A6) == first


@pytest.fixture
def standing(wiring: Wiring, centre: MadeCentre) -> RequestStanding:
    return makers.a_request(wiring, centre)


def test_cashier_and_citizen_print_the_same_sheet(
    cashier: FlaskClient, standing: RequestStanding
) -> None:
    request = standing.request
    for paper in Paper:
        at_counter = f"/quay/yeu-cau/{request.request_id}/phieu-{paper.value}.pdf"
        at_home = f"/p/{request.token}/phieu-{paper.value}.pdf"

        assert at_counter in cashier.get(f"/quay/yeu-cau/{request.request_id}").text
        assert at_counter in cashier.get(f"/quay/yeu-cau/{request.request_id}/phieu").text
        assert at_home in cashier.get(f"/p/{request.token}").text
        printed = cashier.get(at_counter)
        assert printed.mimetype == "application/pdf"
        assert f"{request.reference}-{paper.value}.pdf" in printed.headers["Content-Disposition"]
        assert printed.data.startswith(b"%PDF-")
        assert cashier.get(at_home).data == printed.data


def test_only_two_papers_are_printed(client: FlaskClient, standing: RequestStanding) -> None:
    answer = client.get(f"/p/{standing.request.token}/phieu-a4.pdf")

    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_a_paid_request_has_no_sheet(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre, standing: RequestStanding
) -> None:
    tell(wiring, centre, standing, 475_000)

    request = standing.request
    for address in (f"/quay/yeu-cau/{request.request_id}", f"/p/{request.token}"):
        assert "phieu-a5.pdf" not in cashier.get(address).text
        assert cashier.get(f"{address}/phieu-a5.pdf").status_code == HTTPStatus.CONFLICT


def test_a_request_of_another_centre_has_no_sheet_here(
    cashier: FlaskClient, wiring: Wiring
) -> None:
    theirs = makers.a_request(wiring, makers.a_centre(wiring.engine, "PBI"), number=9)

    address = f"/quay/yeu-cau/{theirs.request.request_id}/phieu-a5.pdf"
    assert cashier.get(address).status_code == HTTPStatus.NOT_FOUND


def test_every_account_has_a_lasting_code_with_sheets_for_every_counter(
    administrator: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    virtual = BankAccount(
        "HTR", "HTR-virtual", "970422", "VQRQADAIJ5512", "TT HCC", is_collecting=False,
        created_at=makers.START,
    )  # fmt: skip
    with wiring.open_uow() as uow:
        uow.add(virtual)
        uow.commit()

    page = administrator.get("/quan-tri/ma-qr/").text

    assert page.count('class="qr-code"') == 2
    payloads = re.findall(r"000201\w+[0-9A-F]{4}", page)
    assert {parse(payload).account for payload in payloads} == {"0123499999", "VQRQADAIJ5512"}
    assert {parse(payload).amount for payload in payloads} == {None}
    links = re.findall(r'href="(/quan-tri/ma-qr/HTR-[^"]+)"', page)
    assert len(links) == 2 * (2 * 2 + 1)
    for link in links:
        assert administrator.get(link).status_code == HTTPStatus.OK
    assert any("quay=HTR-q1" in link for link in links)


def test_lasting_codes_are_for_those_who_see_the_settings(
    client: FlaskClient, sign_in: SignIn, centre: MadeCentre
) -> None:
    sign_in(client)

    for rest in ("", "HTR-account/ma-qr.png", "HTR-account/phieu-a5.pdf"):
        assert client.get(f"/quan-tri/ma-qr/{rest}").status_code == HTTPStatus.FORBIDDEN


def test_accounts_and_counters_of_another_centre_have_no_sheet_here(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    makers.a_centre(wiring.engine, "PBI")

    for rest in (
        "PBI-account/phieu-a5.pdf",
        "PBI-account/ma-qr.png",
        "HTR-account/phieu-a5.pdf?quay=PBI-q1",
    ):
        assert administrator.get(f"/quan-tri/ma-qr/{rest}").status_code == HTTPStatus.NOT_FOUND
