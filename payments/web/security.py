"""What forms and answers carry so that other sites can neither act for a person nor look in."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, current_app, g, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from payments.domain.errors import Forbidden
from payments.web.access import (
    current_sign_in,
    current_wiring,
    form_cookie,
    policy_of,
    session_cookie,
)
from payments.wiring import Wiring

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FORM_FIELD = "csrf_token"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# A request that a page of ours makes is same-origin; one that the person types comes from "none".
_OWN_SITES = {"same-origin", "none"}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Links of citizens hold a secret; other sites shall not see them.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
# What a provider gives one household or device of IPv6 (RFC 6177).
_NETWORK_BITS = 64
_ONLY_HTTPS = ("Strict-Transport-Security", f"max-age={365 * 24 * 60 * 60}; includeSubDomains")


def install(app: Flask, wiring: Wiring) -> None:
    """Check forms before the views, put the headers on every answer. After access.install."""
    app.before_request(check_form)
    app.after_request(keep_form_token)
    app.wsgi_app = shielded(app.wsgi_app, headers(over_https=wiring.settings.cookies_are_secure))  # type: ignore[method-assign, assignment] # Flask's documented way.
    app.jinja_env.globals.update(csrf=csrf, csrf_token=form_token)


def check_form() -> None:
    """Refuse an unsafe request that no page of ours has made. Raises Forbidden."""
    if request.method in _SAFE_METHODS or request.endpoint is None:
        return
    declared = policy_of(current_app, request.endpoint)
    if declared is None or declared.proves_itself:
        return
    if not _is_from_here():
        raise Forbidden("form_from_elsewhere")
    given = request.form.get(FORM_FIELD) or request.headers.get("X-CSRF-Token", "")
    known = _known_token()
    if not known or not hmac.compare_digest(given.encode(), known.encode()):
        raise Forbidden("form_expired")


def form_token() -> str:
    """Return the token that a form of this browser must send back.

    A signed-in browser has one in the database; a guest gets a cookie to compare with.
    """
    known = _known_token()
    if not known:
        known = g.new_form_token = current_wiring().world.ids.token()
    return known


def csrf() -> Markup:
    """Return the hidden field that every form of a template carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORM_FIELD, form_token())


def headers(*, over_https: bool) -> tuple[tuple[str, str], ...]:
    """Return the security headers of this service, and that nothing is stored."""
    always = (*HEADERS.items(), ("Cache-Control", "no-store"))
    return (*always, _ONLY_HTTPS) if over_https else always


def shielded(app: WSGIApplication, extra: Sequence[tuple[str, str]]) -> WSGIApplication:
    """Put headers on every answer of an application that does not say otherwise by itself.

    It stands outside the application, so that no error page of anybody can be without them.
    """
    named = [(name.lower(), (name, value)) for name, value in extra]

    def run(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, given: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401 -- passed on as it came.
            known = {name.lower() for name, _ in given}
            return start_response(
                status, given + [header for name, header in named if name not in known], *rest
            )

        return app(environ, start)

    return run


def keep_form_token(response: Response) -> Response:
    """Give a guest's browser the form token that this page was the first to need."""
    if fresh := g.get("new_form_token"):
        set_private_cookie(response, form_cookie(), fresh)
    return response


def set_private_cookie(response: BaseResponse, name: str, value: str) -> None:
    """Set a cookie that scripts cannot read and that ends with the browser."""
    response.set_cookie(
        name,
        value,
        httponly=True,
        secure=current_wiring().settings.cookies_are_secure,
        samesite="Lax",
        path="/",
    )


def begin_session(response: BaseResponse, token: str) -> None:
    """Give the browser its token, and drop the guest's form cookie: both rotate at sign-in."""
    set_private_cookie(response, session_cookie(), token)
    _drop(response, form_cookie())


def end_session(response: BaseResponse) -> None:
    """Take the token from the browser, and what it has stored of our pages."""
    _drop(response, session_cookie())
    response.headers["Clear-Site-Data"] = '"cache"'


def network() -> str:
    """Return the network a request comes from, for counting attempts: IPv4 whole, IPv6 its /64."""
    try:
        address = ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _NETWORK_BITS), strict=False))


def _drop(response: BaseResponse, name: str) -> None:
    secure = current_wiring().settings.cookies_are_secure
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")


def _known_token() -> str:
    sign_in = current_sign_in()
    if sign_in is not None:
        return sign_in.csrf_token
    fresh = cast("str", g.get("new_form_token", ""))
    return fresh or request.cookies.get(form_cookie(), "")


def _is_from_here() -> bool:
    """Say whether the browser tells that a page of ours has made the request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in _OWN_SITES
    origin = request.headers.get("Origin")
    return origin is None or origin in {
        current_wiring().settings.base_url,
        request.host_url.rstrip("/"),
    }
