"""Tokens that a provider fetches: what we gave out is taken for a while, nothing else ever."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bank_adapters import sepay, tokens, vietqr_vn
from payments.domain.adapters import Answer, Credentials, TokenRequest
from payments.domain.bank_messages import BankRequest, ReplyKind
from payments.domain.errors import NotAuthenticated
from tests.bank_samples import SAMPLES

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
KEY, OTHER = "k" * 32, "o" * 32


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(claims: object, header: object = None, key: str = KEY) -> str:
    head = encoded(
        json.dumps(header or {"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode()
    )
    text = f"{head}.{encoded(json.dumps(claims).encode())}"
    return f"{text}.{encoded(hmac.digest(key.encode(), text.encode(), 'sha256'))}"


def good(**changes: object) -> dict[str, object]:
    start = int(NOW.timestamp())
    return {"aud": "vietqr_vn", "iat": start, "exp": start + 300} | changes


@pytest.mark.parametrize("seconds", [-300, 0, 1, 299])
def test_a_token_is_good_while_it_lasts(seconds: int) -> None:
    token = tokens.issue(KEY, "vietqr_vn", NOW, 300)

    tokens.check(token, "vietqr_vn", [OTHER, KEY], NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 300, 301, 86_400])
def test_a_token_is_not_good_for_longer(seconds: int) -> None:
    token = tokens.issue(KEY, "vietqr_vn", NOW, 300)

    with pytest.raises(NotAuthenticated, match="token_expired"):
        tokens.check(token, "vietqr_vn", [KEY], NOW + timedelta(seconds=seconds))


start = int(NOW.timestamp())
WRONG = {
    "empty": "",
    "one point": ".",
    "two points": "..",
    "another key": signed(good(), key=OTHER),
    "an empty key": signed(good(), key=""),
    "another adapter": signed(good(aud="sepay")),
    "no end": signed({"aud": "vietqr_vn", "iat": start}),
    "an end in words": signed(good(exp="9999999999")),
    "no start": signed({"aud": "vietqr_vn", "exp": start + 300}),
    "another algorithm": signed(good(), {"alg": "none", "typ": "JWT"}),
    "the algorithm in other case": signed(good(), {"alg": "hs256", "typ": "JWT"}),
    "a list of claims": signed([1]),
    "claims twice": signed(good()) + "." + signed(good()),
    "no signature": signed(good()).rpartition(".")[0] + ".",
    "padded": signed(good()) + "=",
    "without end": signed(good(more="x" * 2000)),
    "half a surrogate": signed(good())[:-1] + "\udc80",
}


@pytest.mark.parametrize("token", WRONG.values(), ids=WRONG.keys())
def test_what_we_did_not_write_is_no_token(token: str) -> None:
    with pytest.raises(NotAuthenticated, match="wrong_token"):
        tokens.check(token, "vietqr_vn", [KEY, "", " "], NOW)


@pytest.mark.parametrize("name", ["vietqr_vn", "sepay"])
def test_a_provider_that_fetches_its_token_is_let_in_with_it(name: str) -> None:
    call = SAMPLES[f"{name}, a call for a token"]
    announcement = SAMPLES[{"sepay": "sepay, oauth2_token"}.get(name, name)]
    asked = call.good()
    request = BankRequest("POST", "", asked.headers, asked.body, "192.0.2.1", asked.path)
    adapter = call.adapter
    known = replace(
        call.credentials, secrets={**announcement.credentials.secrets, **call.credentials.secrets}
    )

    adapter.authenticate(request, known, NOW)
    events = adapter.parse(request, known)
    reply = adapter.reply(Answer(ReplyKind.ACCEPTED, events), request, known, NOW)

    assert events == (TokenRequest(),)
    given = json.loads(reply.body)
    token = given["access_token"] if name == "vietqr_vn" else given["data"]["accessToken"]
    lasts = given["expires_in"] if name == "vietqr_vn" else given["data"]["expiredIn"]
    sent = announcement.request
    told = BankRequest(
        "POST", "", (("Authorization", f"Bearer {token}"),), sent.body, "192.0.2.1", sent.path
    )
    adapter.authenticate(told, known, NOW + timedelta(seconds=lasts - 1))
    with pytest.raises(NotAuthenticated, match="token_expired"):
        adapter.authenticate(told, known, NOW + timedelta(seconds=lasts))


def test_a_token_of_one_provider_does_not_let_another_in() -> None:
    known = Credentials("oauth2_token", {"oauth2_token": [KEY]})
    token = tokens.issue(KEY, "vietqr_vn", NOW, 300)
    request = BankRequest("POST", "", (("Authorization", f"Bearer {token}"),), b"{}", "192.0.2.1")

    with pytest.raises(NotAuthenticated, match="wrong_token"):
        sepay.ADAPTER.authenticate(request, known, NOW)


def test_sepay_gives_tokens_in_its_own_way_only() -> None:
    request = BankRequest("POST", "", (), b"{}", "192.0.2.1", "token")

    with pytest.raises(NotAuthenticated, match="wrong_path"):
        sepay.ADAPTER.authenticate(request, Credentials("hmac", {"hmac": [KEY]}), NOW)


@pytest.mark.parametrize("kind", [ReplyKind.NOT_AUTHENTICATED, ReplyKind.UNREADABLE])
def test_vietqr_vn_is_refused_a_token_in_its_own_words(kind: ReplyKind) -> None:
    request = BankRequest("POST", "", (), b"", "192.0.2.1", vietqr_vn.TOKEN_PATH)
    known = Credentials(vietqr_vn.WAY, {"token_key": [KEY], "password": [OTHER]})

    reply = vietqr_vn.ADAPTER.reply(Answer(kind), request, known, NOW)

    assert reply.status == 400
    assert json.loads(reply.body)["status"] == "FAILED"
