"""The audit log page: filters, and the proof that nothing was changed since."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from payments.wiring import Wiring
from tests import makers
from tests.flows.stage import Stage

LOG = "/quan-tri/nhat-ky/"


@pytest.fixture
def stage(wiring: Wiring, clock: makers.FixedClock, centre: makers.MadeCentre) -> Stage:
    """A centre where a request was issued and a transfer came."""
    stage = Stage(wiring, clock, centre)
    stage.announce(stage.pay(stage.request().request.reference))
    return stage


def test_the_log_shows_who_did_what_with_a_verified_chain(
    auditor: FlaskClient, stage: Stage
) -> None:
    page = auditor.get(LOG + "?lang=en").text

    assert "Transfer received" in page
    assert "Chain verified" in page
    assert "Người dùng cashier" in page


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ("action=transfer.received", True),
        ("action=day.closed", False),
        ("actor=endpoint:", True),
        ("actor=job:", False),
        ("actor=staff:HTR-thungan", False),
        ("day=2021-03-09", True),
        ("day=2021-03-10", False),
        ("before=1", False),
    ],
)
def test_the_log_is_narrowed_by_what_the_address_asks_for(
    auditor: FlaskClient, stage: Stage, query: str, is_shown: bool
) -> None:
    page = auditor.get(f"{LOG}?lang=en&{query}").text

    assert ("<b>Transfer received</b>" in page) is is_shown


def test_a_changed_event_is_shown_as_broken(
    auditor: FlaskClient, stage: Stage, wiring: Wiring
) -> None:
    with wiring.engine.begin() as connection:
        names = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit_events'")
        ).all()
        for (name,) in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE audit_events SET detail = '{}' WHERE seq = 2"))

    page = auditor.get(LOG + "?lang=en").text

    assert "The chain is broken" in page
    assert "fails" in page


def test_only_the_auditor_sees_the_log(finance: FlaskClient, centre: makers.MadeCentre) -> None:
    assert finance.get(LOG).status_code == 403


def test_a_day_that_is_no_day_is_refused(auditor: FlaskClient) -> None:
    assert auditor.get(LOG + "?day=tomorrow").status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
def test_a_day_out_of_reach_is_refused(auditor: FlaskClient, day: str) -> None:
    assert auditor.get(f"{LOG}?day={day}").status_code == 422
