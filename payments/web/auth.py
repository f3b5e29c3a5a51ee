"""Signing in and out, and a person's own password."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.errors import Invalid, NotAuthenticated, Unavailable
from payments.domain.staff import Permission
from payments.services import manage_staff
from payments.services import sign_in as service
from payments.web import forms
from payments.web.access import (
    current_sign_in,
    current_user,
    current_wiring,
    public,
    requires,
    visitor,
)
from payments.web.navigation import first_page, has_page
from payments.web.security import begin_session, end_session, network

pages = Blueprint("auth", __name__)
Page = str | tuple[str, int] | Response


@pages.get("/")
@public
def home() -> Response:
    """Lead staff to their first page, and everybody else to the look-up."""
    if visitor() is not None:
        return redirect(first_page())
    return redirect(url_for("public.look_up" if has_page("public.look_up") else "auth.sign_in"))


@pages.get("/dang-nhap")
@public
def sign_in() -> Page:
    """Show the form to sign in."""
    if visitor() is not None:
        return redirect(_target())
    return render_template("auth/sign_in.html", form=forms.Filled(), target=_target())


@pages.post("/dang-nhap")
@public
def enter() -> Page:
    """Check the name and the password, and begin a session."""
    wiring = current_wiring()
    attempt = service.Attempt(
        username=forms.text("username"),
        password=request.form.get("password", ""),
        network=network(),
    )
    try:
        signed = service.sign_in(wiring.open_uow, wiring.world, wiring.passwords, attempt)
    except (Invalid, NotAuthenticated, Unavailable) as error:
        return forms.refused("auth/sign_in.html", error, target=_target())
    before = current_sign_in()
    if before is not None:
        # A browser holds one sign-in; the one it leaves must not stay usable.
        service.sign_out(wiring.open_uow, wiring.world, current_user(), before)
    g.visitor, g.sign_in = signed.user, signed.sign_in
    response = redirect(_target(), HTTPStatus.SEE_OTHER)
    begin_session(response, signed.token)
    return response


@pages.post("/dang-xuat")
@requires(Permission.OWN_ACCOUNT)
def leave() -> Response:
    """End the session, here and in the database."""
    wiring, known = current_wiring(), current_sign_in()
    if known is not None:
        service.sign_out(wiring.open_uow, wiring.world, current_user(), known)
    response = redirect(url_for("auth.sign_in"), HTTPStatus.SEE_OTHER)
    end_session(response)
    return response


@pages.get("/tai-khoan")
@requires(Permission.OWN_ACCOUNT)
def account() -> str:
    """Show the person's own account."""
    return render_template("auth/account.html", form=forms.Filled())


@pages.post("/tai-khoan")
@requires(Permission.OWN_ACCOUNT)
def change_password() -> Page:
    """Change the person's own password; other browsers of theirs are signed out."""
    wiring, known = current_wiring(), current_sign_in()
    change = manage_staff.PasswordChange(
        present=request.form.get("present", ""),
        wanted=request.form.get("wanted", ""),
        repeated=request.form.get("repeated", ""),
    )
    try:
        manage_staff.change_own_password(
            wiring.open_uow,
            wiring.world,
            wiring.passwords,
            current_user(),
            change,
            keep=known.token_hash if known else "",
        )
    except (Invalid, Unavailable) as error:
        return forms.refused("auth/account.html", error)
    flash(_("Your password has been changed."), "good")
    return redirect(url_for("auth.account"), HTTPStatus.SEE_OTHER)


def _target() -> str:
    """Return the page to go to after signing in: an address of ours, never another site's."""
    target = request.values.get("next", "")
    is_ours = target.startswith("/") and target[1:2] not in {"/", "\\"} and target.isprintable()
    return target if is_ours else url_for("auth.home")
