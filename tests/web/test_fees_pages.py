"""The public list of fees, and the administrator's import with its preview."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from payments.wiring import Wiring
from tests import makers
from tests.makers import MadeCentre

HEADER = (
    "Mã lĩnh vực;Lĩnh vực;Mã thủ tục;Thủ tục;Mã phí;Tên phí;Loại;Mức thu;Đơn vị;Căn cứ;Áp dụng từ\n"
)
CHANGED = (
    HEADER
    + "HT;Hộ tịch;1.002;Cấp bản sao trích lục hộ tịch;F3;Lệ phí cấp bản sao;lệ phí;9.000;bản;"
    "minh họa;01/03/2021\n"
)
HIDDEN = re.compile(r'name="(file_name|content|digest)" value="([^"]*)"')


def send(client: FlaskClient, text: str) -> TestResponse:
    """Send a schedule for a preview."""
    file = (io.BytesIO(text.encode()), "bieu-phi.csv")
    return client.post("/quan-tri/bieu-phi/xem-truoc", data={"file": file})


def confirm(client: FlaskClient, page: TestResponse, **changes: str) -> TestResponse:
    """Press the button of a preview."""
    return client.post("/quan-tri/bieu-phi/ap-dung", data=dict(HIDDEN.findall(page.text)) | changes)


def amounts(wiring: Wiring) -> list[int]:
    with wiring.open_uow(write=False) as uow:
        return [item.amount for item in uow.centres.fee_items("HTR") if item.fee_code == "F3"]


def test_everybody_sees_the_fees_in_force(client: FlaskClient) -> None:
    response = client.get("/phi-le-phi")

    assert response.status_code == 200
    for word in (
        "Đất đai",
        "Cấp giấy chứng nhận quyền sử dụng đất",
        "450.000",
        "minh họa",
        "01/01/2020",
    ):
        assert word in response.text


def test_the_list_speaks_both_languages(client: FlaskClient) -> None:
    assert "Fees and charges" in client.get("/phi-le-phi?lang=en").text
    assert "Legal basis" not in client.get("/phi-le-phi?lang=vi").text


@pytest.mark.parametrize(
    "q", ["khai sinh", "KHAI SINH", "Đăng ký khai", "dang ky KHAI", "1.003", "f4"]
)
def test_a_search_needs_no_marks_and_no_capitals(client: FlaskClient, q: str) -> None:
    response = client.get("/phi-le-phi", query_string={"q": q})

    assert "Đăng ký khai sinh đúng hạn" in response.text
    assert "Cấp bản sao trích lục" not in response.text


def test_a_search_that_finds_nothing_says_so_without_running_what_was_typed(
    client: FlaskClient,
) -> None:
    response = client.get("/phi-le-phi", query_string={"q": "<script>x"})

    assert response.status_code == 200
    assert "<script>x" not in response.text
    assert "&lt;script&gt;x" in response.text


def test_a_fee_that_is_not_yet_in_force_is_not_shown(
    administrator: FlaskClient, client: FlaskClient, wiring: Wiring
) -> None:
    later = CHANGED.replace("01/03/2021", "01/12/2021")

    confirm(administrator, send(administrator, later))

    assert amounts(wiring) == [8_000, 9_000]
    assert "9.000" not in client.get("/phi-le-phi").text


def test_with_several_centres_each_has_its_own_list(client: FlaskClient, wiring: Wiring) -> None:
    makers.a_centre(wiring.engine, "PHD")

    response = client.get("/phi-le-phi?centre=PHD")

    assert '<option value="PHD" selected>' in response.text


def test_a_preview_shows_old_and_new_and_changes_nothing(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    response = send(administrator, CHANGED)

    assert response.status_code == 200
    assert "8.000" in response.text
    assert "9.000" in response.text
    assert amounts(wiring) == [8_000]


def test_a_confirmed_preview_changes_the_schedule(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    response = confirm(administrator, send(administrator, CHANGED))

    assert (response.status_code, response.location) == (303, "/quan-tri/bieu-phi")
    assert amounts(wiring) == [8_000, 9_000]
    assert "9.000" in administrator.get("/phi-le-phi").text


def test_a_preview_that_is_confirmed_twice_changes_the_schedule_once(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    page = send(administrator, CHANGED)

    answers = [confirm(administrator, page).status_code for _ in range(2)]

    assert answers == [303, 409]
    assert amounts(wiring) == [8_000, 9_000]


def test_a_file_that_was_changed_behind_the_preview_is_refused(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    page, other = (
        send(administrator, CHANGED),
        send(administrator, CHANGED.replace("9.000", "90.000")),
    )
    forged = dict(HIDDEN.findall(other.text))["content"]

    response = confirm(administrator, page, content=forged)

    assert response.status_code == 409
    assert amounts(wiring) == [8_000]


@pytest.mark.parametrize("content", ["", "no base64!", "QUJD"])
def test_a_form_that_carries_no_file_is_refused(
    administrator: FlaskClient, wiring: Wiring, content: str
) -> None:
    response = confirm(administrator, send(administrator, CHANGED), content=content)

    assert response.status_code == 422
    assert amounts(wiring) == [8_000]


def test_every_wrong_row_is_named(administrator: FlaskClient) -> None:
    wrong = CHANGED.replace("9.000", "chín nghìn") + CHANGED.removeprefix(HEADER).replace(
        "lệ phí;9", "thuế;9"
    )

    response = send(administrator, wrong)

    assert response.status_code == 422
    assert "chín nghìn" in response.text
    assert "thuế" in response.text


@pytest.mark.parametrize(("lang", "column"), [("vi", "“loại”"), ("en", "kind")])
def test_a_wrong_word_is_named_by_the_column_that_the_reader_knows(
    administrator: FlaskClient, lang: str, column: str
) -> None:
    administrator.get(f"/?lang={lang}")

    response = send(administrator, CHANGED.replace("lệ phí;9", "thuế;9"))

    assert column in response.text


def test_a_schedule_of_a_thousand_rows_can_be_confirmed(
    administrator: FlaskClient, wiring: Wiring
) -> None:
    row = CHANGED.removeprefix(HEADER)
    basis = "Nghị quyết minh họa " + "rất dài " * 20
    rows = "".join(
        row.replace("F3", f"X{number}").replace("minh họa", basis) for number in range(1_000)
    )

    response = confirm(administrator, send(administrator, HEADER + rows))

    assert response.status_code == 303
    with wiring.open_uow(write=False) as uow:
        assert len(uow.centres.fee_items("HTR")) == 1_004


def test_a_missing_file_is_asked_for(administrator: FlaskClient) -> None:
    assert administrator.post("/quan-tri/bieu-phi/xem-truoc").status_code == 422


def test_who_may_only_look_cannot_change(auditor: FlaskClient, wiring: Wiring) -> None:
    assert auditor.get("/quan-tri/bieu-phi").status_code == 200
    assert 'type="file"' not in auditor.get("/quan-tri/bieu-phi").text
    assert send(auditor, CHANGED).status_code == 403
    assert auditor.post("/quan-tri/bieu-phi/ap-dung").status_code == 403


def test_a_cashier_has_no_business_with_the_schedule(cashier: FlaskClient) -> None:
    assert cashier.get("/quan-tri/bieu-phi").status_code == 403


def test_a_centre_without_fees_says_so(
    client: FlaskClient, wiring: Wiring, centre: MadeCentre
) -> None:
    response = client.get("/phi-le-phi?q=khong-co-gi")

    assert response.status_code == 200
