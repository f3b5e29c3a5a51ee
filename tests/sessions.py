"""Browsers for tests: they keep cookies, and put the form token into what they post."""

from __future__ import annotations

import re
from typing import Any, Protocol

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from payments.domain.staff import Role
from payments.wiring import Wiring
from tests.makers import PASSWORD, USERNAMES
from wsgi import create_app

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class SignIn(Protocol):
    """The fixture ``sign_in``."""

    def __call__(self, client: FlaskClient, role: Role = Role.CASHIER) -> FlaskClient:
        """Sign a browser in and return it."""
        ...


class Browser(FlaskClient):
    """A browser that sends the form token of the last page it saw, unless told ``token=None``."""

    form_token = ""

    def open(self, *args: Any, token: str | None = "", **options: Any) -> TestResponse:  # noqa: ANN401 -- werkzeug's own signature.
        method = str(options.get("method", "GET")).upper()
        if method not in {"GET", "HEAD"} and token is not None and "json" not in options:
            data = options.get("data")
            if data is None or isinstance(data, dict):
                options["data"] = {"csrf_token": token or self._token(), **(data or {})}
        response = super().open(*args, **options)
        if any("thuphi=" in cookie for cookie in response.headers.getlist("Set-Cookie")):
            # The token rotates when a session begins and is void when it ends.
            self.form_token = ""
        if response.mimetype == "text/html" and (found := TOKEN.search(response.text)):
            self.form_token = found[1]
        return response

    def _token(self) -> str:
        if not self.form_token:
            self.get("/tai-khoan", follow_redirects=True)
        return self.form_token


def make_app(wiring: Wiring) -> Flask:
    """Make the application as production does, with test browsers."""
    app = create_app(wiring)
    app.testing = True
    app.test_client_class = Browser
    return app


def sign_in(client: FlaskClient, role: Role = Role.CASHIER, username: str = "") -> FlaskClient:
    """Sign a browser in as the person of a role (or another name) by the form, as people do."""
    response = client.post(
        "/dang-nhap", data={"username": username or USERNAMES[role], "password": PASSWORD}
    )
    if response.status_code != 303:
        raise AssertionError(f"signing in was answered {response.status_code}: {response.text}")
    return client
