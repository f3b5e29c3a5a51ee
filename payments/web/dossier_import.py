"""The page where a list of dossiers is brought in as a file, all of it or nothing."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.errors import Conflict, Invalid, PaymentsError
from payments.domain.staff import Actor, Permission
from payments.services.import_dossiers import import_dossiers
from payments.services.read_dossier_file import COLUMNS, FORM
from payments.services.register_dossiers import MAX_AT_ONCE, Registered
from payments.web import forms
from payments.web.access import UPLOAD_BYTES, body_limit, current_user, current_wiring, requires
from payments.web.errors import status_of
from payments.web.uploads import uploaded, wrongs

pages = Blueprint("dossier_import", __name__)


@pages.get("/quay/nhap-ho-so")
@requires(Permission.IMPORT_DOSSIERS)
def show() -> str:
    """Show the form and the columns that a file has."""
    return _page(asks_all=True)


@pages.post("/quay/nhap-ho-so")
@requires(Permission.IMPORT_DOSSIERS)
@body_limit(UPLOAD_BYTES)
def bring_in() -> Response | tuple[str, int]:
    """Register every dossier of the file, or name every row that is wrong."""
    asks_all = forms.is_ticked("asks_all")
    try:
        registered = _register(asks_all=asks_all)
    except (Invalid, Conflict) as error:
        return _page(asks_all=asks_all, error=error), status_of(error)
    fresh = [item for item in registered if item.is_new]
    flash(
        _(
            "%(new)s dossiers registered, %(requests)s payment requests issued, %(known)s were"
            " known before.",
            new=len(fresh),
            requests=sum(item.standing is not None for item in fresh),
            known=len(registered) - len(fresh),
        ),
        "good",
    )
    return redirect(url_for("dossier_import.show"), 303)


def _register(*, asks_all: bool) -> list[Registered]:
    """Register the dossiers of the uploaded table."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    return import_dossiers(
        wiring.open_uow,
        wiring.world,
        actor,
        wiring.read_table(*uploaded("file")),
        asks_all=asks_all,
        expires_in=timedelta(days=wiring.settings.request_days),
    )


def _page(*, asks_all: bool, error: PaymentsError | None = None) -> str:
    """Render the page, with what is wrong with the file that was sent."""
    return render_template(
        "counter/import.html",
        columns=[(name, words, name in FORM.required) for name, words in COLUMNS.items()],
        limit=MAX_AT_ONCE,
        wrongs=wrongs(error, COLUMNS) if error else (),
        asks_all=asks_all,
    )
