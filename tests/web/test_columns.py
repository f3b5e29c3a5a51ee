"""A table whose header says nothing is explained once by a person, and known ever after."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from payments.wiring import Wiring
from tests import makers
from tests.web.test_finance import STATEMENTS, hand_in

ROWS = "alpha;beta;gamma;delta\n2021-03-09;nop phi;{first};A1\n2021-03-09;rut;-5000;A{last}\n"


def odd(first: int = 50_000, last: int = 2) -> bytes:
    """A statement under a header of words that no bank prints."""
    return ROWS.format(first=first, last=last).encode()


def kept_file(browser: FlaskClient) -> str:
    """Hand the file in, and return the address of the page that names its columns."""
    page = hand_in(browser, odd()).get_data(as_text=True)
    found = re.search(rf"{STATEMENTS}/[0-9a-f]{{32}}/cot", page)
    assert found is not None
    return found[0]


def named(account: str) -> dict[str, str]:
    columns = {
        "column-0": "date",
        "column-1": "text",
        "column-2": "amount",
        "column-3": "reference",
    }
    return {"first_row": "2", "account": account, **columns, "name": "Kế toán"}


def counted(wiring: Wiring, table: str) -> int:
    with wiring.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one())


@pytest.fixture
def account(centre: makers.MadeCentre) -> str:
    return centre.account.account_id


def test_the_page_shows_the_rows_and_what_comes_of_them(finance: FlaskClient, account: str) -> None:
    address = kept_file(finance)

    assert "alpha" in finance.get(address).get_data(as_text=True)
    page = finance.get(address, query_string=named(account)).get_data(as_text=True)
    assert "50.000" in page
    assert "-5.000" in page.replace("\u2212", "-")


def test_an_import_by_named_columns_is_remembered_for_the_next_file(
    finance: FlaskClient, wiring: Wiring, account: str
) -> None:
    address = kept_file(finance)
    token = getattr(finance, "form_token", "")

    done = finance.post(address, data={**named(account), "csrf_token": token})

    assert done.status_code == 303
    assert counted(wiring, "statement_profiles") == 1
    assert counted(wiring, "statement_entries") == 2
    hand_in(finance, odd(60_000, 3), "moi.csv")
    assert counted(wiring, "statement_entries") == 4


def test_a_file_that_was_imported_by_its_columns_is_not_told_as_waiting_any_more(
    finance: FlaskClient, account: str
) -> None:
    address = kept_file(finance)
    assert "nay đã có trong sổ" not in finance.get(STATEMENTS).get_data(as_text=True)

    finance.post(address, data=named(account))

    listed = finance.get(STATEMENTS).get_data(as_text=True)
    assert listed.count("nay đã có trong sổ") == 1
    assert "badge bad" not in listed


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"column-0": ""},
        {"column-1": "date"},
        {"first_row": "x"},
        {"column-2": "text", "column-1": "amount"},
        {"account": "another"},
    ],
)
def test_a_wrong_mapping_writes_nothing(
    finance: FlaskClient, wiring: Wiring, account: str, changes: dict[str, str]
) -> None:
    address = kept_file(finance)
    token = getattr(finance, "form_token", "")

    refused = finance.post(address, data={**named(account), **changes, "csrf_token": token})

    assert refused.status_code == 422
    assert counted(wiring, "statement_profiles") == counted(wiring, "statement_entries") == 0


def test_a_file_in_the_books_cannot_be_mapped_again(finance: FlaskClient, account: str) -> None:
    address = kept_file(finance)
    token = getattr(finance, "form_token", "")
    finance.post(address, data={**named(account), "csrf_token": token})

    assert finance.get(address).status_code == 409


def test_an_auditor_names_no_columns(auditor: FlaskClient) -> None:
    assert auditor.get(f"{STATEMENTS}/{'0' * 32}/cot").status_code == 403
