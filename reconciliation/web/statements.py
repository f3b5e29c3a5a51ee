"""Bank statements: hand a file in, see what became of it, and what each line proves."""

from __future__ import annotations

import io
from collections.abc import Sequence
from http import HTTPStatus
from typing import BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.bank_messages import Statement
from payments.domain.errors import Invalid, PaymentsError
from payments.domain.staff import Actor, Permission
from payments.web import forms
from payments.web.access import body_limit, current_user, current_wiring, requires
from payments.web.formatting import number
from payments.web.i18n import N_, sentence_of
from reconciliation.domain.large_files import IN_ONE_GO, LargeFile, Phase
from reconciliation.domain.statements import FileVerdict
from reconciliation.services.accept_file import look_at_kept
from reconciliation.services.import_file import begin_file, import_file
from reconciliation.services.import_statement import ImportResult
from reconciliation.services.read_statement import MOST_BYTES
from reconciliation.store import queries_statements as queries
from reconciliation.store.importers import importer_on
from reconciliation.store.queries_finance import names_of_staff
from reconciliation.store.sources import refused_files
from reconciliation.web import asked
from reconciliation.web.columns import Shown
from reconciliation.web.faults import acceptance_of, faults_of
from reconciliation.web.finance import open_books, pages
from reconciliation.web.large_imports import SILENT_AFTER, go_on

Answer = str | tuple[str, int] | Response
# A form with a file of the greatest size has its own words around it.
_FORM_BYTES = 64 * 1024

PHASES: dict[Phase, str] = {
    Phase.KEEPING: N_("The file is being kept."),
    Phase.TAKING: N_("The lines are being read."),
    Phase.CHECKING: N_("The file is being checked."),
    Phase.BOOKING: N_("The lines are being booked."),
    Phase.PROVING: N_("The lines are being matched with transfers."),
}
"""What is said of a large file while it is on its way."""

VERDICTS = {
    Phase.DONE: FileVerdict.IMPORTED,
    Phase.QUARANTINED: FileVerdict.QUARANTINED,
}


@pages.get("/sao-ke")
@requires(Permission.SEE_FINANCE)
def statements() -> str:
    """List the files that were handed in."""
    return render_template("finance/statements.html", form=forms.Filled(), **_list())


@pages.post("/sao-ke", endpoint="import_file")
@requires(Permission.IMPORT_STATEMENT)
@body_limit(MOST_BYTES + _FORM_BYTES)
def take_file() -> Answer:
    """Take a statement file in, and lead to what became of it."""
    wiring, user = current_wiring(), current_user()
    try:
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise Invalid("statement_file_missing", field="file")
        importer = importer_on(wiring.engine, wiring.world, wiring.statement_readers)
        source, name = cast("BinaryIO", upload.stream), upload.filename
        if source.seek(0, io.SEEK_END) > IN_ONE_GO:
            large = begin_file(importer, Actor.of(user), file_name=name, source=source)
            go_on(wiring, large)
            flash(_("The file is kept and is being imported."), "info")
            return _lead_to(large.file_id)
        result = import_file(importer, Actor.of(user), file_name=name, source=source)
    except PaymentsError as error:
        return forms.refused("finance/statements.html", error, **_list())
    _tell(result)
    return _lead_to(result.file_id)


def _lead_to(file_id: str) -> Response:
    return redirect(url_for("finance.statement", file_id=file_id), HTTPStatus.SEE_OTHER)


@pages.get("/sao-ke/<file_id>")
@requires(Permission.SEE_FINANCE)
def statement(file_id: str) -> Answer:
    """Show a file: why it was not believed, or its statements and what their lines prove.

    A large one that is not finished shows how far it has come.
    """
    centre_id = current_user().centre_id
    with open_books() as uow:
        large = uow.large_files.named(centre_id, file_id)
        if large is not None and large.phase in PHASES:
            return _progress(large)
        if large is not None:
            verdict = VERDICTS[large.phase]
            kept = uow.statements.file_of(centre_id, large.body_sha256, verdict)
            if kept is not None and kept.file_id != file_id:
                return _lead_to(kept.file_id)
    return render_template(
        "finance/statement.html", form=forms.Filled(), **statement_context(file_id)
    )


def statement_context(file_id: str) -> dict[str, object]:
    """Return what the page of a file shows. Raises NotFound."""
    user, number_of_page = current_user(), asked.page_number()
    centre_id = user.centre_id
    limit, offset = asked.limits(number_of_page)
    with open_books() as uow:
        file = queries.statement_file(uow.session, centre_id, file_id)
        faults = faults_of(file.problems)
        acceptance = acceptance_of(uow, file, faults, centre_id)
        said: Sequence[Statement] = ()
        if acceptance.is_acceptable and acceptance.booked_file_id is None:
            said = look_at_kept(uow, centre_id, current_wiring().statement_readers, file_id)
        found = queries.statements_of(uow.session, centre_id, file_id)
        entries = queries.entries_of(uow.session, centre_id, file_id, limit=limit, offset=offset)
        return {
            "file": file,
            "faults": faults,
            "acceptance": acceptance,
            "said": [Shown.of(one) for one in said],
            "statements": found,
            "fillings": queries.fillings_of(uow.session, centre_id, file_id),
            "entries": asked.Page.of(entries, number_of_page),
            "names": names_of_staff(uow.session, centre_id),
            "me": Actor.of(user).actor_id,
        }


def _progress(large: LargeFile) -> str:
    """Show how far a large file has come."""
    now = current_wiring().world.clock.now()
    with open_books() as uow:
        names = names_of_staff(uow.session, large.centre_id)
    return render_template(
        "finance/importing.html",
        file=large,
        names=names,
        step=list(PHASES).index(large.phase) + 1,
        steps=len(PHASES),
        phase=sentence_of(PHASES[large.phase]),
        is_silent=now - large.worked_at > SILENT_AFTER,
    )


def _list() -> dict[str, object]:
    """Return what the list of files shows."""
    centre_id, number_of_page = current_user().centre_id, asked.page_number()
    limit, offset = asked.limits(number_of_page)
    with open_books() as uow:
        files = queries.statement_files(uow.session, centre_id, limit=limit, offset=offset)
        names = names_of_staff(uow.session, centre_id)
        refused = refused_files(uow.session, centre_id, current_wiring().world.clock.now())
        sources = [one for one in uow.sources.all(centre_id) if one.is_enabled]
        under_way = uow.large_files.unfinished(centre_id)
    page = asked.Page.of(files, number_of_page)
    return {
        "files": page,
        "names": names,
        "refused": refused,
        "sources": sources,
        "under_way": under_way,
        "most_megabytes": MOST_BYTES // 1024**2,
    }


def _tell(result: ImportResult) -> None:
    """Say in one sentence what became of a file. Of one that is kept apart its page speaks."""
    if result.verdict is FileVerdict.QUARANTINED:
        return
    if result.was_known:
        flash(_("This file was imported before. Nothing was added."), "info")
    else:
        flash(
            _(
                "Imported: %(new)s new lines, %(known)s known before, %(settled)s matched.",
                new=number(result.entries_new),
                known=number(result.entries_known),
                settled=number(result.settled),
            ),
            "good",
        )
