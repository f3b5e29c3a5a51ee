"""The fee schedule: for everybody to read, for the administrator to bring in with a preview."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.business_day import business_date
from payments.domain.errors import Conflict, Invalid, PaymentsError
from payments.domain.staff import Actor, Permission
from payments.services.import_fees import ChangeKind, FeePreview, import_fees, preview_fees
from payments.services.read_fee_file import COLUMNS, FORM, FeeRow, read_fee_rows
from payments.web import forms
from payments.web.access import body_limit, current_user, current_wiring, public, requires
from payments.web.errors import status_of
from payments.web.fee_list import FieldOfFees, fees_of, searched
from payments.web.i18n import N_, sentence_of
from payments.web.uploads import uploaded, wrongs

pages = Blueprint("fees", __name__)

MOST_BYTES = 1024 * 1024
_MOST_FORM_BYTES = 2 * MOST_BYTES
"""A form with a file of the largest size in base64, a third longer than the file."""

CHANGE_WORDS = {
    ChangeKind.NEW: N_("New"),
    ChangeKind.CHANGED: N_("Changed"),
    ChangeKind.ENDED: N_("Ended"),
    ChangeKind.UNCHANGED: N_("Unchanged"),
}
_COLOURS = {ChangeKind.NEW: "good", ChangeKind.CHANGED: "attention", ChangeKind.ENDED: "bad"}


@pages.get("/phi-le-phi")
@public
def public_list() -> str:
    """Show everybody the fees in force today, by field and procedure."""
    wiring = current_wiring()
    today, wanted = business_date(wiring.world.clock.now()), request.args.get("q", "")[:100]
    with wiring.open_uow(write=False) as uow:
        centres = uow.centres.all()
        chosen = [centre for centre in centres if centre.centre_id == request.args.get("centre")]
        centre = next(iter(chosen or centres), None)
        fields = fees_of(uow, centre.centre_id, today) if centre else []
    return render_template(
        "public/fees.html",
        centres=centres,
        centre=centre,
        today=today,
        q=wanted,
        fields=searched(fields, wanted),
    )


@pages.get("/quan-tri/bieu-phi")
@requires(Permission.SEE_SETTINGS)
def index() -> str:
    """Show the schedule in force, and the form that brings in another."""
    return _index()


@pages.post("/quan-tri/bieu-phi/xem-truoc")
@requires(Permission.MANAGE_FEES)
@body_limit(_MOST_FORM_BYTES)
def preview() -> str | tuple[str, int]:
    """Show what a file would change; nothing is changed yet."""
    try:
        file_name, body = uploaded("file", MOST_BYTES)
        with current_wiring().open_uow(write=False) as uow:
            shown = preview_fees(uow, current_user().centre_id, _rows(file_name, body))
    except Invalid as error:
        return _index(error), status_of(error)
    return _preview(shown, file_name, body)


@pages.post("/quan-tri/bieu-phi/ap-dung")
@requires(Permission.MANAGE_FEES)
@body_limit(_MOST_FORM_BYTES)
def apply() -> Response | tuple[str, int]:
    """Do what the preview has shown; if anything has changed since, show that instead."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    try:
        rows = _rows(request.form.get("file_name", ""), _carried())
        with wiring.open_uow() as uow:
            done = import_fees(uow, wiring.world, actor, rows, digest=forms.required("digest"))
            uow.commit()
    except (Invalid, Conflict) as error:
        return _index(error), status_of(error)
    changed = sum(done.counts.values()) - done.counts[ChangeKind.UNCHANGED]
    flash(_("The fee schedule has been changed: %(count)s entries.", count=changed), "good")
    return redirect(url_for("fees.index"), 303)


def _rows(file_name: str, body: bytes) -> Sequence[FeeRow]:
    """Read the rows of a file. Raises Invalid or InvalidFile."""
    return read_fee_rows(current_wiring().read_table(file_name, body))


def _carried() -> bytes:
    """Return the file that the preview's form carries. Raises Invalid when it was tampered with."""
    try:
        return base64.b64decode(request.form.get("content", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("form_key_missing") from error


def _index(error: PaymentsError | None = None) -> str:
    """Render the schedule in force, with what is wrong with a file that was sent."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    today = business_date(wiring.world.clock.now())
    with wiring.open_uow(write=False) as uow:
        fields: list[FieldOfFees] = fees_of(uow, centre_id, today)
    return render_template(
        "admin/fees.html",
        fields=fields,
        today=today,
        columns=[(name, words, name in FORM.required) for name, words in COLUMNS.items()],
        wrongs=wrongs(error, COLUMNS) if error else (),
    )


def _preview(shown: FeePreview, file_name: str, body: bytes) -> str:
    """Render what a file would change, with the form that carries it on."""
    order = [ChangeKind.CHANGED, ChangeKind.ENDED, ChangeKind.NEW, ChangeKind.UNCHANGED]
    return render_template(
        "admin/fees_preview.html",
        preview=shown,
        changes=sorted(shown.changes, key=lambda change: order.index(change.kind)),
        words={kind: sentence_of(word) for kind, word in CHANGE_WORDS.items()},
        colours={kind: _COLOURS.get(kind, "quiet") for kind in ChangeKind},
        file_name=file_name,
        content=base64.b64encode(body).decode("ascii"),
    )
