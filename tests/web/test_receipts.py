"""Receipts: the check page and the PDF."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from payments.domain.receipts import Receipt, SeriesKind
from payments.exports.receipt_pdf import _words, receipt_pdf
from payments.store.queries_receipts import ReceiptSheet, receipt_sheet
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web.qr_image import qr_svg
from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre
from tests.told import tell

ADDRESS = "http://localhost/r/token"


@pytest.fixture
def receipts(wiring: Wiring, centre: MadeCentre) -> dict[SeriesKind, Receipt]:
    """The two receipts of a paid request, by kind."""
    standing = makers.a_request(wiring, centre)
    tell(wiring, centre, standing, 475_000)
    with wiring.open_uow(write=False) as uow:
        found = uow.receipts.of_request(centre.centre_id, standing.request.request_id)
    return {receipt.kind: receipt for receipt in found}


def sheet_of(wiring: Wiring, receipt: Receipt) -> ReceiptSheet:
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        return receipt_sheet(uow, receipt.token)


def test_the_check_page_says_what_the_paper_says(
    client: FlaskClient, receipts: dict[SeriesKind, Receipt]
) -> None:
    page = client.get(f"/r/{receipts[SeriesKind.PHI].token}").text

    for words in (
        "0000001",
        "PP-21E",
        "01BLP0-001",
        "450.000\xa0₫",
        "Bốn trăm năm mươi nghìn đồng",
        "09/03/2021",
    ):
        assert words in page
    assert "Nguyễn" not in page


def test_an_unknown_receipt_is_not_found(client: FlaskClient, centre: MadeCentre) -> None:
    assert client.get("/r/unknown").status_code == HTTPStatus.NOT_FOUND
    assert client.get("/r/unknown.pdf").status_code == HTTPStatus.NOT_FOUND


def test_the_receipt_downloads_as_a_pdf(
    client: FlaskClient, receipts: dict[SeriesKind, Receipt]
) -> None:
    answer = client.get(f"/r/{receipts[SeriesKind.LE_PHI].token}.pdf")

    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert "bien-lai-LL-21E-0000001.pdf" in answer.headers["Content-Disposition"]


def test_each_receipt_lists_the_fees_of_its_kind_only(
    wiring: Wiring, receipts: dict[SeriesKind, Receipt]
) -> None:
    phi = _words(sheet_of(wiring, receipts[SeriesKind.PHI]), ADDRESS)
    le_phi = _words(sheet_of(wiring, receipts[SeriesKind.LE_PHI]), ADDRESS)

    assert phi["lines"] == [["Phí thẩm định hồ sơ", "1", "450.000", "450.000"]]
    assert le_phi["lines"] == [["Lệ phí cấp giấy chứng nhận", "1", "25.000", "25.000"]]


def test_the_printed_words_follow_the_form(
    wiring: Wiring, receipts: dict[SeriesKind, Receipt]
) -> None:
    words = _words(sheet_of(wiring, receipts[SeriesKind.LE_PHI]), ADDRESS)

    assert words["number"] == "0000001"
    assert words["words"] == "Hai mươi lăm nghìn đồng chẵn./."
    assert words["date"] == "Ngày 09 tháng 03 năm 2021"
    assert words["payer"] == "Nguyễn Văn An"
    assert words["method"] == "Chuyển khoản"
    assert words["collector"] == ""


def test_a_cash_receipt_names_its_collector(
    cashier: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    cashier.post("/ca-thu/mo", data={"counter": "HTR-q1", "float_amount": "0"})
    standing = makers.a_request(wiring, centre, procedure="1.002")
    request_id = standing.request.request_id
    cashier.post(f"/quay/yeu-cau/{request_id}/tien-mat", data={"tendered": "8k", "form_key": "a"})
    with wiring.open_uow(write=False) as uow:
        [receipt] = uow.receipts.of_request("HTR", request_id)

    words = _words(sheet_of(wiring, receipt), ADDRESS)

    assert words["collector"] == centre.cashier.display_name
    assert words["method"] == "Tiền mặt"


def test_an_exemption_is_a_document_of_its_own(wiring: Wiring, centre: MadeCentre) -> None:
    standing = makers.a_request(wiring, centre, procedure="1.003")
    with wiring.open_uow(write=False) as uow:
        [receipt] = uow.receipts.of_request("HTR", standing.request.request_id)

    words = _words(sheet_of(wiring, receipt), ADDRESS)

    assert words["title"] == "Phiếu xác nhận miễn phí, lệ phí"
    assert words["words"] == "Không đồng./."
    assert words["total"] == "0"


def test_the_same_receipt_gives_the_same_bytes(
    wiring: Wiring, receipts: dict[SeriesKind, Receipt]
) -> None:
    sheet = sheet_of(wiring, receipts[SeriesKind.PHI])

    first, second = (
        receipt_pdf(sheet, check_address=ADDRESS, qr_svg=qr_svg(ADDRESS)) for _ in range(2)
    )

    assert first == second
