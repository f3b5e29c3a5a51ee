"""Every address of the service: who may open it, and that forms of other sites open none."""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Flask
from werkzeug.routing import Rule

from payments.web.access import policy_of

# A new page that everybody may open is a decision, so it is written down here.
OPEN_TO_EVERYBODY = {
    "auth.enter",
    "auth.home",
    "auth.sign_in",
    "display.display_state",
    "display.display_stream",
    "display.show",
    "fees.public_list",
    "health.live",
    "health.ready",
    "public.look_up",
    "public.look_up_post",
    "public.payment",
    "public.payment_qr_png",
    "public.payment_qr_svg",
    "public.payment_sheet",
    "public.payment_state",
    "public.payment_stream",
    "receipts.check",
    "receipts.pdf",
    "returns.show",
    "static",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def test_the_pages_open_to_everybody_are_those_we_decided_on(app: Flask) -> None:
    public = {rule.endpoint for rule in _rules(app) if _name(app, rule) == "public"}

    assert public == OPEN_TO_EVERYBODY


def test_a_guest_is_turned_away_from_every_other_page(app: Flask) -> None:
    guarded = [rule for rule in _rules(app) if _needs_a_person(app, rule)]
    client = app.test_client()

    let_in = [
        rule.rule
        for rule in guarded
        if "GET" in (rule.methods or ())
        and client.get(_address(rule)).status_code
        not in {HTTPStatus.SEE_OTHER, HTTPStatus.UNAUTHORIZED}
    ]

    assert guarded
    assert let_in == []


def test_no_form_of_another_site_is_accepted_anywhere(app: Flask) -> None:
    client = app.test_client()
    accepted = []
    for rule in _rules(app):
        declared = policy_of(app, rule.endpoint)
        assert declared is not None
        if declared.proves_itself:
            continue
        for method in sorted(UNSAFE & set(rule.methods or ())):
            answer = client.open(
                _address(rule), method=method, token=None, headers={"Sec-Fetch-Site": "cross-site"}
            )
            turned_away = (HTTPStatus.FORBIDDEN, HTTPStatus.SEE_OTHER, HTTPStatus.UNAUTHORIZED)
            if answer.status_code not in turned_away:
                accepted.append((rule.rule, method, answer.status_code))

    assert accepted == []


def test_routes_that_prove_their_sender_themselves_turn_away_those_who_do_not(app: Flask) -> None:
    client = app.test_client()

    answers = {
        (rule.rule, method): client.open(_address(rule), method=method, token=None).status_code
        for rule in _rules(app)
        if (declared := policy_of(app, rule.endpoint)) and declared.proves_itself
        for method in sorted((UNSAFE | {"GET"}) & set(rule.methods or ()))
    }

    refused = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
    assert {place: status for place, status in answers.items() if status not in refused} == {}


def test_addresses_are_in_one_style(app: Flask) -> None:
    odd = [
        rule.rule
        for rule in _rules(app)
        if not re.fullmatch(r"/(?:[a-z0-9.\-]+|[a-z0-9_.\-]*<[^<>/]+>[a-z.]*|/)*", rule.rule)
    ]

    assert odd == []


def _rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def _name(app: Flask, rule: Rule) -> str:
    declared = policy_of(app, rule.endpoint)
    return declared.name if declared else ""


def _needs_a_person(app: Flask, rule: Rule) -> bool:
    declared = policy_of(app, rule.endpoint)
    return declared is not None and declared.permission is not None


def _address(rule: Rule) -> str:
    """Return an address that fits the rule: the first of a choice, else the digit 1."""
    chosen = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
    return re.sub(r"<[^>]+>", "1", chosen)
