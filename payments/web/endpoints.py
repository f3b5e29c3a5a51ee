"""The administrator's page of connections: where banks announce transfers, and API keys."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.errors import Conflict, Invalid
from payments.domain.staff import Actor, Permission
from payments.services import manage_api_keys as service
from payments.store.queries_settings import api_key_by_id, api_keys, endpoint_rows
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import status_of

pages = Blueprint("endpoints", __name__, url_prefix="/quan-tri/ket-noi")


@pages.get("/")
@requires(Permission.SEE_SETTINGS)
def index() -> str:
    """List endpoints and keys."""
    return _page(forms.Filled())


# Who gives people access gives programs access too.
@pages.post("/khoa-api")
@requires(Permission.MANAGE_STAFF)
def create_key() -> str | tuple[str, int]:
    """Make a key and show it, this once."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    try:
        with wiring.open_uow() as uow:
            made = service.create_api_key(uow, wiring.world, actor, name=forms.text("name"))
            uow.commit()
    except Invalid as error:
        return _page(forms.Filled.sent(error)), status_of(error)
    # The answer to the form shows the key: a redirect would have to keep it somewhere.
    return _page(forms.Filled(), new_key=made.secret)


@pages.post("/khoa-api/<key_id>/thu-hoi")
@requires(Permission.MANAGE_STAFF)
def revoke_key(key_id: str) -> Response:
    """Stop taking a key from now on."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    with SqlUnitOfWork(wiring.engine) as uow:
        key = api_key_by_id(uow.session, actor.centre_id, key_id)
        try:
            service.revoke_api_key(uow, wiring.world, actor, key)
        except Conflict:
            # Two clicks revoke once.
            return redirect(url_for("endpoints.index"), 303)
        uow.commit()
    flash(_("The key “%(name)s” is no longer taken.", name=key.name), "good")
    return redirect(url_for("endpoints.index"), 303)


def _page(form: forms.Filled, new_key: str = "") -> str:
    """Render the page, with a key that was just made."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        endpoints = endpoint_rows(uow.session, centre_id)
        keys = api_keys(uow.session, centre_id)
    return render_template(
        "admin/endpoints.html",
        endpoints=endpoints,
        keys=keys,
        new_key=new_key,
        form=form,
        base_url=wiring.settings.base_url,
    )
