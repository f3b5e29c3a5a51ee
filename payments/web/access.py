"""Who may open which page: every route declares it, or the service does not start."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask, Request, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from payments.domain.errors import Forbidden, Invalid, NotAuthenticated, NotFound, Unavailable
from payments.domain.staff import Permission, SignIn, StaffUser
from payments.services.sign_in import resume, touch
from payments.wiring import Wiring

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

DEFAULT_BODY_BYTES = 64 * 1024
UPLOAD_BYTES = 20 * 1024 * 1024

REFUSED = "thuphi.refused"
"""Where a request that was refused before it came to the application carries the error."""

_POLICY = "_thuphi_policy"
_BODY = "_thuphi_body_bytes"
_WIRING = "thuphi"
V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route demands. With ``permission`` a signed-in person; otherwise by name.

    ``proves_itself`` marks routes whose sender signs each request, so that no form token is asked.
    """

    name: str
    permission: Permission | None = None
    proves_itself: bool = False


def public(view: V) -> V:
    """Let everybody open the page."""
    return _declared(view, Policy("public"))


def requires(permission: Permission) -> Callable[[V], V]:
    """Let signed-in people open the page whose role carries the permission."""
    return lambda view: _declared(view, Policy(permission.value, permission))


def policy(name: str) -> Callable[[V], V]:
    """Declare that the view itself proves the sender of each request, by the named rule."""
    return lambda view: _declared(view, Policy(name, proves_itself=True))


api_key_required = policy("api_key")


def body_limit(size: int) -> Callable[[V], V]:
    """Let the view read bodies of up to ``size`` bytes instead of 64 kB."""

    def mark(view: V) -> V:
        setattr(view, _BODY, size)
        return view

    return mark


def install(app: Flask, wiring: Wiring) -> None:
    """Hand the parts to the application and put the guard before every request."""
    app.extensions[_WIRING] = wiring
    app.config["MAX_CONTENT_LENGTH"] = DEFAULT_BODY_BYTES
    _sign_messages(app, wiring)
    app.before_request(guard)
    if app.has_static_folder:
        public(app.view_functions["static"])


def check_routes(app: Flask) -> None:
    """Raise Invalid naming every route that has not declared who may open it."""
    naked = sorted(
        rule.rule for rule in app.url_map.iter_rules() if policy_of(app, rule.endpoint) is None
    )
    if naked:
        raise Invalid("routes_without_policy", routes=naked)


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """Return what the view of an endpoint has declared."""
    return cast("Policy | None", getattr(app.view_functions.get(endpoint), _POLICY, None))


def guard() -> None:
    """Refuse a request that its route's policy does not allow. Runs before every view.

    Raises NotAuthenticated for guests, Forbidden for people whose role does not carry the
    permission, NotFound for an address that no text of ours can be part of, and what the door for
    banks has refused a request with.
    """
    if holds_a_nul(request.environ):
        raise NotFound("page_unknown")
    if (refused := request.environ.get(REFUSED)) is not None:
        raise refused
    if request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    request.max_content_length = getattr(view, _BODY, DEFAULT_BODY_BYTES)
    # Files go to the disk as they come; fields are held, so they may be no larger than a form.
    request.max_form_memory_size = min(request.max_content_length, UPLOAD_BYTES)
    declared = policy_of(current_app, request.endpoint)
    if declared is None:
        raise Forbidden("not_permitted")
    if declared.permission is not None:
        user = visitor()
        if user is None:
            raise NotAuthenticated("not_signed_in")
        if not user.may(declared.permission):
            raise Forbidden("not_permitted")


def holds_a_nul(environ: WSGIEnvironment) -> bool:
    """Say whether an address holds the sign that no text of ours does.

    PostgreSQL would take it for a fault of its own.
    """
    return "\0" in environ["PATH_INFO"] or "%00" in environ.get("QUERY_STRING", "")


def current_wiring() -> Wiring:
    """Return the parts this application works with."""
    return cast("Wiring", current_app.extensions[_WIRING])


def current_user() -> StaffUser:
    """Return the signed-in person. Raises NotAuthenticated when there is none."""
    user = visitor()
    if user is None:
        raise NotAuthenticated("not_signed_in")
    return user


def visitor() -> StaffUser | None:
    """Return the signed-in person, or None for a guest. The role is read anew in each request."""
    _load()
    return cast("StaffUser | None", g.visitor)


def current_sign_in() -> SignIn | None:
    """Return the sign-in of this browser, or None for a guest."""
    _load()
    return cast("SignIn | None", g.sign_in)


def session_cookie() -> str:
    """Return the name of the cookie with the token; over HTTPS the browser pins it to this host."""
    return _pinned("thuphi")


def form_cookie() -> str:
    """Return the name of the cookie that guests' forms are compared with."""
    return _pinned("thuphi_form")


def _pinned(name: str) -> str:
    return f"__Host-{name}" if current_wiring().settings.cookies_are_secure else name


def _load() -> None:
    """Look up the sign-in once a request."""
    if "visitor" in g:
        return
    g.visitor = g.sign_in = None
    token = request.cookies.get(session_cookie(), "")
    if not token:
        return
    wiring = current_wiring()
    with wiring.open_uow(write=False) as uow:
        resumed = resume(uow, wiring.world, token)
    if resumed is None:
        return
    g.visitor, g.sign_in = resumed
    # What a page fetches by itself must not keep an abandoned desk signed in.
    if request.headers.get("Sec-Fetch-Dest") != "empty" or request.method != "GET":
        _remember_activity(wiring, resumed[1])


def _remember_activity(wiring: Wiring, sign_in: SignIn) -> None:
    """Keep the time of the last request, at most once a minute."""
    try:
        touch(wiring.open_uow, wiring.world, sign_in)
    except Unavailable:
        # A busy database shall not turn a page that only reads into an error.
        return


def _sign_messages(app: Flask, wiring: Wiring) -> None:
    """Set up the signed cookie that carries "saved" from one page to the next, and nothing else."""
    keys = [
        hmac.new(key, b"thuphi flash messages", hashlib.sha256).digest()
        for key in wiring.settings.secret_keys
    ]
    secure = wiring.settings.cookies_are_secure
    app.session_interface = _Messages()
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        SESSION_COOKIE_NAME="__Host-thuphi_said" if secure else "thuphi_said",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )


class _Messages(SecureCookieSessionInterface):
    """Flask's signed cookie, without preparing to check the signature of a cookie not sent."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie says, which is nothing when there is none."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def _declared(view: V, declared: Policy) -> V:
    setattr(view, _POLICY, declared)
    return view
