"""Connections are opened, rotated and closed on the command line, and requests are judged there."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from bank_adapters.signatures import hmac_text
from tests import makers
from tests.cli.answers import Run, answer
from tests.told import tell
from wsgi import main

SECRET = "whsec_0123456789abcdef01234567"
KEY = "khoa-api-thu-nghiem-01"
BODY = json.dumps(
    {
        "id": 92704,
        "transactionDate": "2026-03-02 14:59:58",
        "accountNumber": "0123499999",
        "content": "TPH7K2M4 nộp lệ phí",
        "transferType": "in",
        "transferAmount": 2_277_000,
        "referenceCode": "FT1",
    }
).encode()
STAMP = "1772438400"
NOW = "2026-03-02T15:00:00+07:00"


def written(tmp_path: Path, secrets: object) -> str:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps(secrets), encoding="utf-8")
    return str(file)


def signed(body: bytes = BODY, secret: str = SECRET, end: str = "\r\n") -> bytes:
    signature = hmac_text(secret, STAMP.encode() + b"." + body)
    lines = [
        "POST /webhooks/anything HTTP/1.1",
        "Content-Type: application/json",
        f"X-SePay-Timestamp:  {STAMP} ",
        f"X-SePay-Signature: sha256={signature}",
        "",
        "",
    ]
    return end.join(lines).encode() + body


def checked(request: bytes, secrets_file: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Judge a request without any environment, and return the exit status and the report."""
    result = CliRunner(env={}).invoke(
        main, ["adapters", "check", "sepay", "--secrets", secrets_file, *words], input=request
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    if result.exit_code == 2:
        return 2, {"error": result.stderr}
    return result.exit_code, json.loads(result.stdout)


def test_a_connection_shows_its_secret_once(run: Run, created: str) -> None:
    made = answer(run("adapters", "add", "sepay", "--way", "hmac"))

    assert made["address"].endswith(f"/webhooks/{made['id']}")
    assert len(made["hmac"]) >= 24
    listed = run("adapters", "list").stdout
    assert f"{made['id']}\tsepay\thmac\t0123499999\topen\tnever" in listed
    assert made["hmac"] not in listed


def test_a_provider_s_own_secret_comes_by_a_file(run: Run, created: str) -> None:
    made = run(
        "adapters", "add", "sepay", "--way", "api_key", "--secrets", "-",
        stdin='{"api_key": "0123456789abcdef"}',
    )  # fmt: skip

    assert answer(made)["api_key"] == "0123456789abcdef"


@pytest.mark.parametrize(
    "given",
    [
        '{"hmac": "short"}',
        '{"hmac": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}',
        '{"hmac": "0123456789 0123456789 abcdef"}',
        '{"hmac": ""}',
        '{"hmac": 1}',
        '{"other": "0123456789abcdef0123456789abcdef"}',
        "[]",
        "{}",
        "",
    ],
)
def test_a_weak_or_unknown_secret_is_refused(run: Run, created: str, given: str) -> None:
    run("adapters", "add", "sepay", "--way", "hmac", "--secrets", "-", stdin=given, status=1)

    assert run("adapters", "list").stdout == ""


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("x", "--way", "hmac"), "sepay"),
        (("sepay", "--way", "x"), "hmac"),
        (("sepay",), "api_key"),
        (("sepay", "--way", "hmac", "--setting", "shop=1"), "addresses"),
        (("sepay", "--way", "hmac", "--setting", "addresses=10.0.0.300"), "10.0.0.300"),
        (("sepay", "--way", "hmac", "--setting", "addresses=0.0.0.0/0"), "0.0.0.0/0"),
        (("sepay", "--way", "hmac", "--setting", "addresses"), "setting_without_value"),
    ],
)
def test_what_is_wrong_is_named_with_what_there_is(
    run: Run, created: str, words: tuple[str, ...], named: str
) -> None:
    assert named in run("adapters", "add", *words, status=1).output
    assert run("adapters", "list").stdout == ""


def test_a_connection_is_tested_configured_rotated_and_closed(run: Run, created: str) -> None:
    made = answer(run("adapters", "add", "sepay", "--way", "hmac"))

    assert "nothing was recorded" in run("adapters", "test", made["id"]).stdout
    run("adapters", "configure", made["id"], "--setting", "addresses=103.255.238.0/24")
    renewed = answer(run("adapters", "rotate", made["id"]))
    assert "nothing was recorded" in run("adapters", "test", made["id"]).stdout
    run("adapters", "disable", made["id"])

    assert renewed["hmac"] != made["hmac"]
    assert "\tclosed\t" in run("adapters", "list").stdout
    run("adapters", "disable", made["id"], status=1)
    run("adapters", "rotate", made["id"], status=1)


def test_what_a_bank_has_sent_is_listed_and_read_again(
    run: Run, sqlite_url: str, tmp_path: Path
) -> None:
    wiring = makers.a_wiring(makers.some_settings(sqlite_url, tmp_path))
    made = makers.a_centre(wiring.engine)
    tell(wiring, made, makers.a_request(wiring, made), 475_000)
    with wiring.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER bank_messages_no_update")
        connection.exec_driver_sql("UPDATE bank_messages SET body = ?", (BODY,))
    wiring.engine.dispose()

    message_id, _, *told = run("adapters", "deliveries").stdout.rstrip("\n").split("\t")
    assert told[:3] == ["sepay", "0123499999", "accepted"]
    assert run("adapters", "deliveries", "--verdict", "unreadable").stdout == ""
    assert run("adapters", "deliveries", "--event", "1").stdout.startswith(message_id)
    assert run("adapters", "replay", message_id).stdout.endswith("1 transfers recorded\n")
    assert run("adapters", "replay", message_id).stdout.endswith("0 transfers recorded\n")
    assert "delivery_unknown" in run("adapters", "replay", "nobody", status=1).output


@pytest.mark.parametrize("minutes", ["-1", "43201"])
def test_a_grace_is_at_most_thirty_days(run: Run, created: str, minutes: str) -> None:
    made = answer(run("adapters", "add", "sepay", "--way", "hmac"))

    refused = run("adapters", "rotate", made["id"], "--grace-minutes", minutes, status=1)

    assert "grace_out_of_range" in refused.output


def test_every_provider_is_described_without_a_database() -> None:
    def describe(*names: str) -> Any:  # noqa: ANN401 -- JSON.
        result = CliRunner(env={}).invoke(main, ["adapters", "describe", *names])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    listed = describe()

    assert "sepay" in {one["name"] for one in listed}
    for one in listed:
        told = describe(one["name"])
        secrets = {secret["name"]: secret["meaning"] for secret in told["secrets"]}
        assert all(secrets.values())
        assert all(name in secrets for way in told["ways"] for name in way["secrets"])
        assert told["fields"]["amount"]
        assert told["source"]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_request_is_judged_without_a_database(tmp_path: Path, end: str) -> None:
    secrets = written(tmp_path, {"hmac": ["another-secret-of-24-signs", SECRET], "api_key": KEY})

    status, report = checked(signed(end=end), secrets, "--now", NOW)

    assert (status, report["authenticated"], report["way"]) == (0, True, "hmac")
    (event,) = report["events"]
    assert event["amount"] == 2_277_000
    assert (event["direction"], event["status"]) == ("in", "booked")
    assert event["occurred_at"] == "2026-03-02T07:59:58+00:00"
    assert event["remittance_information"] == "TPH7K2M4 nộp lệ phí"
    assert report["reply"]["body"] == '{"success": true}'


def test_a_time_without_a_zone_is_vietnam_s(tmp_path: Path) -> None:
    secrets = written(tmp_path, {"hmac": SECRET})

    assert checked(signed(), secrets, "--now", "2026-03-02T15:00:00")[0] == 0
    assert checked(signed(), secrets, "--now", "2026-03-02T08:00:00Z")[0] == 0
    status, report = checked(signed(), secrets, "--now", "2026-03-02T15:06:00")
    assert (status, report["reason"]) == (1, "outside_time_window")
    assert checked(signed(), secrets, "--now", "yesterday")[0] == 2


def test_a_refusal_says_why_in_each_way(tmp_path: Path) -> None:
    status, report = checked(
        signed(), written(tmp_path, {"hmac": SECRET[::-1], "api_key": KEY}), "--now", NOW
    )

    assert (status, report["authenticated"], report["events"]) == (1, False, [])
    assert report["reasons"]["hmac"]["code"] == "wrong_signature"
    assert report["reasons"]["api_key"] == {"code": "header_missing", "header": "Authorization"}
    assert report["reply"]["status"] == 401

    only = written(tmp_path, {"hmac": SECRET[::-1], "api_key": KEY, "way": "hmac"})
    assert checked(signed(), only, "--now", NOW)[1]["reason"] == "wrong_signature"


def test_an_authentic_body_that_cannot_be_read_names_its_field(tmp_path: Path) -> None:
    secrets = written(tmp_path, {"hmac": SECRET})
    body = BODY.replace(b"2277000", b'"2277000"')

    status, report = checked(signed(body), secrets, "--now", NOW)

    assert (status, report["authenticated"], report["events"]) == (1, True, [])
    assert report["error"] == {"code": "field_not_whole_number", "field": "transferAmount"}
    assert report["reply"]["status"] == 400


def test_a_list_of_addresses_is_held_here_too(tmp_path: Path) -> None:
    secrets = written(tmp_path, {"hmac": SECRET, "addresses": "103.255.238.0/24 2001:db8::/32"})

    def status(address: str) -> int:
        return checked(signed(), secrets, "--now", NOW, "--address", address)[0]

    assert [status(one) for one in ("103.255.238.9", "::ffff:103.255.238.9", "2001:db8::1")] == [
        0
    ] * 3
    assert [status(one) for one in ("103.255.239.9", "", "x", "2001:db9::1")] == [1] * 4


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (signed().replace(b"POST", b"GET"), "wrong_method"),
        (signed().replace(b"application/json", b"text/plain"), "content_type_not_declared"),
        (signed(BODY + b" " * 70_000), "body_too_large"),
    ],
)
def test_what_the_service_turns_away_is_turned_away_here(
    tmp_path: Path, request_: bytes, reason: str
) -> None:
    status, report = checked(request_, written(tmp_path, {"hmac": SECRET}), "--now", NOW)

    assert status == 1
    assert report["reason"].startswith(reason)


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (b"", "line 1"),
        (b"POST / HTTP/1.1", "line 1"),
        (b"POST / HTTP/1.1\r\nA: b\r\n", "line 3"),
        (b"POST /\r\n\r\n", "line 1"),
        (b"\r\n\r\n", "line 1"),
        (b"POST  / HTTP/1.1\r\n\r\n", "line 1"),
        (b"POST / HTTP/1.1\r\nA b\r\n\r\n", "line 2"),
        (b"POST / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "line 3"),
    ],
)
def test_a_request_that_is_none_is_named_by_its_line(
    tmp_path: Path, request_: bytes, named: str
) -> None:
    status, report = checked(request_, written(tmp_path, {"hmac": SECRET}))

    assert status == 2
    assert named in report["error"]


@pytest.mark.parametrize(
    ("secrets", "named"),
    [
        ([], "secrets_not_object"),
        ({}, "secrets_incomplete"),
        ({"key": "x"}, "known=addresses, api_key, api_token, hmac, oauth2_client_id"),
        ({"hmac": ""}, "hmac"),
        ({"hmac": []}, "hmac"),
        ({"hmac": 5}, "hmac"),
        ({"hmac": SECRET, "way": "api_key"}, "api_key"),
        ({"hmac": SECRET, "way": "x"}, "way_unknown"),
        ({"hmac": SECRET, "addresses": 5}, "addresses"),
    ],
)
def test_secrets_that_cannot_be_used_are_named(tmp_path: Path, secrets: object, named: str) -> None:
    status, report = checked(signed(), written(tmp_path, secrets))

    assert status == 2
    assert named in report["error"]


def test_no_bytes_end_in_a_traceback(tmp_path: Path) -> None:
    random, secrets = Random(4), written(tmp_path, {"hmac": SECRET, "api_key": KEY})
    whole = signed()
    for _ in range(300):
        changed = bytearray(whole)
        for _ in range(random.randint(1, 3)):
            changed[random.randrange(len(changed))] = random.randrange(256)
        status, report = checked(bytes(changed), secrets, "--now", NOW)
        assert status in {0, 1, 2}
        assert status != 0 or changed.endswith(BODY), report
