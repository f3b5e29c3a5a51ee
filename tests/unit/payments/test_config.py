"""Settings that are wrong stop the start and are named; nothing is guessed."""

from __future__ import annotations

import base64

import pytest

from payments.config import Settings
from payments.domain.errors import InvalidFile

KEY = base64.b64encode(bytes(range(32))).decode()


def _settings(**changes: str) -> Settings:
    changed = {f"THUPHI_{name}": value for name, value in changes.items()}
    return Settings.from_environment({"THUPHI_SECRET_KEYS": KEY} | changed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWS_PLAIN_HTTP", "perhaps"),
        ("BASE_URL", "thuphi.example"),
        ("BASE_URL", "ftp://thuphi.example"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "http://[::1"),
        ("BASE_URL", "http://thuphi.example:99999"),
        ("BASE_URL", "http://thuphi.example:0"),
        ("BASE_URL", "http://somebody:secret@thuphi.example"),
        ("BASE_URL", "http://thuphi.example"),
        ("BASE_URL", "http://192.168.1.10:8000"),
        ("BASE_URL", "http://[2001:db8::1]"),
        ("BASE_URL", "http://127.0.0.1.thuphi.example"),
        ("BASE_URL", "http://localhost.thuphi.example"),
        ("BASE_URL", "https://thuphi.example/path"),
        ("BASE_URL", "https://thuphi.example?x=1"),
        ("BASE_URL", "https://thuphi.example#x"),
        ("BIND", "127.0.0.1"),
        ("BIND", "127.0.0.1:0"),
        ("BIND", "unix:"),
        ("CLOSE_AT", "24:00"),
        ("CLOSE_AT", "1²:00"),
        ("CLOSE_AT", "٠٥:٠٠"),
        ("DATABASE_URL", "mysql://somewhere/thuphi"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("IS_DEMO", "maybe"),
        ("REQUEST_DAYS", "0"),
        ("SECRET_KEYS", ""),
        ("SECRET_KEYS", "c2hvcnQ="),
        ("SECRET_KEYS", base64.b64encode(bytes(32)).decode()),
        ("THREADS", "٤٨"),
        ("WORKERS", "0"),
        ("WOKERS", "2"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        _settings(**{name: value})

    assert [problem.where for problem in refused.value.problems] == [f"THUPHI_{name}"]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidFile) as refused:
        _settings(WORKERS="none", BIND="here", CLOSE_AT="noon")

    named = {problem.where for problem in refused.value.problems}
    assert named == {"THUPHI_WORKERS", "THUPHI_BIND", "THUPHI_CLOSE_AT"}


def test_good_settings_are_taken_as_they_are() -> None:
    settings = _settings(
        BASE_URL="https://thuphi.example:8443/",
        CLOSE_AT="17:30",
        DATABASE_URL="postgresql://thuphi@db/thuphi",
    )

    assert settings.base_url == "https://thuphi.example:8443"
    assert settings.cookies_are_secure
    assert settings.close_at == 17 * 60 + 30
    assert settings.database_url == "postgresql+psycopg://thuphi@db/thuphi"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000",
        "http://127.9.9.9",
        "http://[::1]:8000",
        "http://LocalHost",
        "http://thuphi.localhost",
        "https://thuphi.example",
    ],
)
def test_what_stays_on_this_machine_needs_no_encryption(address: str) -> None:
    assert _settings(BASE_URL=address).base_url == address


def test_plain_http_over_a_network_has_to_be_allowed() -> None:
    settings = _settings(BASE_URL="http://thuphi.example", ALLOWS_PLAIN_HTTP="yes")

    assert settings.base_url == "http://thuphi.example"
    assert not settings.cookies_are_secure


def test_the_refusal_of_plain_http_says_what_would_help() -> None:
    with pytest.raises(InvalidFile, match=r"https.*THUPHI_ALLOWS_PLAIN_HTTP=yes"):
        _settings(BASE_URL="http://thuphi.example")
