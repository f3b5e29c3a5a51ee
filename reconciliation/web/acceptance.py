"""Accept a file that was kept apart: one person proposes with a reason, another one decides."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.errors import NotFound, PaymentsError
from payments.domain.staff import Permission
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from reconciliation.services.accept_file import (
    approve_acceptance,
    propose_acceptance,
    refuse_acceptance,
)
from reconciliation.store.unit_of_work import SqlBooks
from reconciliation.web.finance import open_books, pages
from reconciliation.web.statements import statement_context

Answer = str | tuple[str, int] | Response


@pages.post("/sao-ke/<file_id>/de-nghi")
@requires(Permission.IMPORT_STATEMENT)
def propose(file_id: str) -> Answer:
    """Ask that a file be believed."""
    wiring = current_wiring()

    def work(uow: SqlBooks) -> str:
        readers, reason = wiring.statement_readers, forms.text("reason")
        propose_acceptance(uow, wiring.world, current_user(), readers, file_id, reason)
        return file_id

    return _do(file_id, work, _("Proposed. Another person has to decide now."))


@pages.post("/sao-ke/<file_id>/duyet/<proposal_id>")
@requires(Permission.APPROVE_STATEMENT)
def decide(file_id: str, proposal_id: str) -> Answer:
    """Approve or refuse what another person has proposed."""
    wiring, officer = current_wiring(), current_user()

    def approve(uow: SqlBooks) -> str:
        readers = wiring.statement_readers
        return approve_acceptance(uow, wiring.world, officer, readers, proposal_id).file_id

    def refuse(uow: SqlBooks) -> str:
        refuse_acceptance(uow, wiring.world, officer, proposal_id, forms.text("words"))
        return file_id

    if request.form.get("answer") == "approve":
        return _do(file_id, approve, _("The file is accepted and booked."))
    return _do(file_id, refuse, _("The proposal is refused. The file stays kept apart."))


def _do(file_id: str, work: Callable[[SqlBooks], str], told: str) -> Answer:
    """Do one thing in a transaction, and lead to the file it leaves."""
    try:
        with open_books(write=True) as uow:
            shown = work(uow)
            uow.commit()
    except NotFound:
        raise
    except PaymentsError as error:
        return forms.refused("finance/statement.html", error, **statement_context(file_id))
    flash(told, "good")
    return redirect(url_for("finance.statement", file_id=shown), HTTPStatus.SEE_OTHER)
