"""A large statement file on the page: kept, shown on its way, and refused beyond the limit unread."""

from __future__ import annotations

import io
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from payments.wiring import Wiring
from reconciliation.domain.large_files import LargeFile
from reconciliation.jobs import go_on_with_imports
from reconciliation.services import import_file
from reconciliation.services.read_statement import MOST_BYTES
from reconciliation.web import large_imports
from reconciliation.web import statements as page
from tests import makers
from tests.flows.stage import Stage

FILES = "/tai-chinh/sao-ke"
_PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'


class Endless(io.RawIOBase):
    """An upload that never ends and counts what is taken of it."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer)).cast("B")
        begun = _PART[self.taken : self.taken + len(view)]
        view[:] = begun + b"1" * (len(view) - len(begun))
        self.taken += len(view)
        return len(view)


@pytest.fixture
def stage(wiring: Wiring, clock: makers.FixedClock, centre: makers.MadeCentre) -> Stage:
    """The centre of the application."""
    return Stage(wiring, clock, centre)


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file be too large for one transaction."""
    monkeypatch.setattr(page, "IN_ONE_GO", 100)
    monkeypatch.setattr(import_file, "IN_ONE_GO", 100)


def hand_in(browser: FlaskClient, body: bytes) -> TestResponse:
    browser.get(FILES)
    data = {"file": (io.BytesIO(body), "lon.csv"), "csrf_token": getattr(browser, "form_token", "")}
    return browser.post(FILES, data=data, content_type="multipart/form-data", follow_redirects=True)


def test_a_large_file_is_imported_beside_the_request(
    finance: FlaskClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_for(wiring: Wiring, file: LargeFile) -> None:
        thread = large_imports.go_on(wiring, file)
        assert thread is not None
        thread.join()

    monkeypatch.setattr(page, "go_on", wait_for)

    answer = hand_in(finance, stage.statement([stage.pay("khach")]))

    assert answer.status_code == 200
    assert "<progress" not in answer.text
    assert "khach" in answer.text
    assert stage.findings() == []


def test_the_jobs_go_on_with_what_a_killed_web_process_left(
    finance: FlaskClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "go_on", lambda wiring, file: (wiring, file))
    waiting = hand_in(finance, stage.statement([stage.pay("khach")]))
    address = waiting.request.path
    assert "<progress" in waiting.text
    assert "<progress" in finance.get(FILES).text
    assert go_on_with_imports(stage.wiring) == 0

    stage.clock.move(minutes=2)
    assert "has stopped" in finance.get(f"{address}?lang=en").text
    assert go_on_with_imports(stage.wiring) == 1

    assert "khach" in finance.get(address).text
    assert "<progress" not in finance.get(FILES).text


def test_a_large_file_that_does_not_add_up_shows_its_rule(
    finance: FlaskClient, stage: Stage
) -> None:
    body = stage.statement([stage.pay("khach")]).replace(b"0123499999", b"0999999999")
    hand_in(finance, body)
    stage.clock.move(minutes=2)
    go_on_with_imports(stage.wiring)

    shown = hand_in(finance, body)

    assert stage._rows("SELECT count(*) FROM statement_files")[0][0] == 1
    assert shown.status_code == 200


def test_an_upload_that_says_it_is_too_large_is_not_read_at_all(finance: FlaskClient) -> None:
    body = Endless()
    finance.get(FILES)

    answer = finance.post(
        FILES,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(2 * MOST_BYTES)},
    )

    assert answer.status_code == 413
    assert body.taken == 0


def test_an_upload_that_does_not_end_is_stopped_at_the_limit(
    finance: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.view_functions["finance.import_file"], "_thuphi_body_bytes", 300_000)
    body = Endless()

    answer = finance.post(
        FILES,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
        },
    )

    assert answer.status_code == 413
    assert body.taken <= 400_000
