"""The page where a list of dossiers is brought in as a file, all of it or nothing."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from payments.domain.dossiers import DossierSource
from payments.domain.errors import Invalid, InvalidFile, Problem
from payments.domain.staff import Actor, Permission
from payments.services.read_dossier_file import COLUMNS, FORM, read_dossier_rows
from payments.services.register_dossiers import MAX_AT_ONCE, Registered, register_dossiers
from payments.web.access import UPLOAD_BYTES, body_limit, current_user, current_wiring, requires
from payments.web.uploads import shown_problems, uploaded

pages = Blueprint("dossier_import", __name__)


@pages.get("/counter/import")
@requires(Permission.IMPORT_DOSSIERS)
def show() -> str:
    """Show the form, and after an import what has come in."""
    done = {name: request.args.get(name, type=int) for name in ("new", "known", "requests")}
    return _page(done=done if done["new"] is not None else None)


@pages.post("/counter/import")
@requires(Permission.IMPORT_DOSSIERS)
@body_limit(UPLOAD_BYTES)
def bring_in() -> Response | tuple[str, int]:
    """Register every dossier of the file, or name every row that is wrong."""
    try:
        registered = _register()
    except InvalidFile as error:
        return _page(problems=error.problems), HTTPStatus.UNPROCESSABLE_ENTITY
    except Invalid as error:
        problem = Problem("", error.code, error.facts)
        return _page(problems=(problem,)), HTTPStatus.UNPROCESSABLE_ENTITY
    fresh = [item for item in registered if item.is_new]
    return redirect(
        url_for(
            "dossier_import.show",
            new=len(fresh),
            known=len(registered) - len(fresh),
            requests=sum(item.standing is not None for item in fresh),
        ),
        HTTPStatus.SEE_OTHER,
    )


def _register() -> list[Registered]:
    """Read the uploaded table and register its dossiers in one transaction."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    file_name, body = uploaded("file")
    items = read_dossier_rows(
        wiring.read_table(file_name, body), asks_all="asks_all" in request.form
    )
    with wiring.open_uow() as uow:
        registered = register_dossiers(uow, wiring.world, actor, DossierSource.FILE, items)
        uow.commit()
    return registered


def _page(**facts: object) -> str:
    """Render the page; ``problems`` are what is wrong with a file, ``done`` counts what came in."""
    problems = facts.pop("problems", ())
    columns = [(name, words, name in FORM.required) for name, words in COLUMNS.items()]
    return render_template(
        "counter/import.html",
        columns=columns,
        limit=MAX_AT_ONCE,
        problems=shown_problems(problems),
        asks_all=request.method == "GET" or "asks_all" in request.form,
        **facts,
    )
