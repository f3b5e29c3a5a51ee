"""The administrator's list of people: add, change, switch off, set a password."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.errors import Conflict, Invalid
from payments.domain.staff import Actor, Permission, Role, StaffUser
from payments.services import manage_staff as service
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires

pages = Blueprint("staff", __name__, url_prefix="/quan-tri/nguoi-dung")
Page = str | tuple[str, int] | Response


@pages.get("/")
@requires(Permission.MANAGE_STAFF)
def index() -> str:
    """List the centre's people."""
    with current_wiring().open_uow(write=False) as uow:
        people = uow.staff.all(current_user().centre_id)
    return render_template("admin/staff.html", people=people)


@pages.get("/them")
@requires(Permission.MANAGE_STAFF)
def new() -> str:
    """Show an empty form for a person."""
    return render_template("admin/staff_new.html", form=forms.Filled(), roles=list(Role))


@pages.post("/them")
@requires(Permission.MANAGE_STAFF)
def add() -> Page:
    """Add a person."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    person = service.NewPerson(
        username=request.form.get("username", ""),
        display_name=request.form.get("display_name", ""),
        role=request.form.get("role", ""),
        password=request.form.get("password", ""),
    )
    try:
        password = service.check_password(person.password, person.username)
        password_hash = wiring.passwords.hash(password)
        with wiring.open_uow() as uow:
            user = service.add_person(uow, wiring.world, actor, person, password_hash)
            uow.commit()
    except (Invalid, Conflict) as error:
        return forms.refused("admin/staff_new.html", error, roles=list(Role))
    flash(_("%(name)s can now sign in.", name=user.display_name), "good")
    return redirect(url_for("staff.index"), HTTPStatus.SEE_OTHER)


@pages.get("/<staff_id>")
@requires(Permission.MANAGE_STAFF)
def show(staff_id: str) -> str:
    """Show one person."""
    person = _person(staff_id)
    values = {"display_name": person.display_name, "role": person.role.value}
    if person.is_active:
        values["is_active"] = "yes"
    return render_template(
        "admin/staff_one.html", person=person, form=forms.Filled(values), roles=list(Role)
    )


@pages.post("/<staff_id>")
@requires(Permission.MANAGE_STAFF)
def change(staff_id: str) -> Page:
    """Change a person's name, role, or whether they may sign in."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    try:
        with wiring.open_uow() as uow:
            service.change_person(
                uow,
                wiring.world,
                actor,
                staff_id,
                display_name=forms.text("display_name"),
                role=forms.text("role"),
                is_active=forms.is_ticked("is_active"),
            )
            uow.commit()
    except (Invalid, Conflict) as error:
        return forms.refused(
            "admin/staff_one.html", error, person=_person(staff_id), roles=list(Role)
        )
    flash(_("The changes have been saved."), "good")
    return redirect(url_for("staff.index"), HTTPStatus.SEE_OTHER)


@pages.post("/<staff_id>/mat-khau")
@requires(Permission.MANAGE_STAFF)
def set_password(staff_id: str) -> Page:
    """Give a person another password; they are signed out everywhere."""
    wiring, actor, person = current_wiring(), Actor.of(current_user()), _person(staff_id)
    try:
        password = service.check_password(request.form.get("password", ""), person.username)
        password_hash = wiring.passwords.hash(password)
        with wiring.open_uow() as uow:
            service.set_password(uow, wiring.world, actor, staff_id, password_hash)
            uow.commit()
    except Invalid as error:
        return forms.refused("admin/staff_one.html", error, person=person, roles=list(Role))
    flash(_("The password of %(name)s has been changed.", name=person.display_name), "good")
    return redirect(url_for("staff.index"), HTTPStatus.SEE_OTHER)


def _person(staff_id: str) -> StaffUser:
    """Return a person of the administrator's own centre. Raises NotFound."""
    with current_wiring().open_uow(write=False) as uow:
        return uow.staff.get(current_user().centre_id, staff_id)
