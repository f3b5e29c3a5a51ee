"""The mappings of columns that people made: look at them, rename, end, or make a new one of one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.column_mapping import Meaning
from payments.domain.errors import NotFound, PaymentsError
from payments.domain.staff import Actor, Permission
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import status_of
from payments.web.i18n import sentence_of
from reconciliation.services.manage_profiles import (
    end_profile,
    open_profile,
    preview_profile,
    remake_profile,
    rename_profile,
)
from reconciliation.store.queries_finance import names_of_staff
from reconciliation.store.unit_of_work import SqlBooks
from reconciliation.web.columns import MEANINGS, columns_page, mapping_asked
from reconciliation.web.finance import open_books, pages

Answer = str | tuple[str, int] | Response


@pages.get("/sao-ke/mau-cot")
@requires(Permission.SEE_FINANCE)
def profiles() -> str:
    """List the mappings, the newest first."""
    return render_template("finance/profiles.html", form=forms.Filled(), **_list())


@pages.post("/sao-ke/mau-cot/<profile_id>/ten")
@requires(Permission.IMPORT_STATEMENT)
def rename(profile_id: str) -> Answer:
    """Give a mapping another name."""

    def work(uow: SqlBooks) -> None:
        actor = Actor.of(current_user())
        rename_profile(uow, current_wiring().world, actor, profile_id, forms.text("name"))

    return _do(work, _("The columns have another name."))


@pages.post("/sao-ke/mau-cot/<profile_id>/ket-thuc")
@requires(Permission.IMPORT_STATEMENT)
def end(profile_id: str) -> Answer:
    """Let a mapping read no more files."""

    def work(uow: SqlBooks) -> None:
        end_profile(uow, current_wiring().world, Actor.of(current_user()), profile_id)

    return _do(work, _("These columns read no more files."))


@pages.get("/sao-ke/mau-cot/<profile_id>/cot")
@requires(Permission.IMPORT_STATEMENT)
def remake(profile_id: str) -> str:
    """Show the file a mapping was made in, and what other columns would make of it."""
    return _page(profile_id, request.args, forms.Filled())


@pages.post("/sao-ke/mau-cot/<profile_id>/cot")
@requires(Permission.IMPORT_STATEMENT)
def save_remade(profile_id: str) -> Answer:
    """Keep other columns in the place of those of a mapping."""
    wiring, user = current_wiring(), current_user()
    try:
        with open_books(write=True) as uow:
            made = remake_profile(
                uow,
                wiring.world,
                Actor.of(user),
                wiring.statement_readers,
                profile_id,
                mapping_asked(request.form, uow.centres.accounts(user.centre_id)),
                forms.required("name"),
            )
            uow.commit()
    except PaymentsError as error:
        return _page(profile_id, request.form, forms.Filled.sent(error)), status_of(error)
    if made is None:
        page = _page(profile_id, request.form, forms.Filled.sent())
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The new columns read the next file; the old ones are ended."), "good")
    return redirect(url_for("finance.profiles"), HTTPStatus.SEE_OTHER)


def columns_of(columns: str) -> list[tuple[int, str]]:
    """Return a mapping's columns, from the JSON it is kept as: number and what it holds."""
    places = sorted((int(place), name) for name, place in json.loads(columns).items())
    return [(place + 1, sentence_of(MEANINGS[Meaning(name)])) for place, name in places]


def _list() -> dict[str, object]:
    centre_id = current_user().centre_id
    with open_books() as uow:
        accounts = uow.centres.accounts(centre_id)
        return {
            "profiles": uow.profiles.all(centre_id),
            "accounts": {one.account_id: one.account_number for one in accounts},
            "names": names_of_staff(uow.session, centre_id),
            "columns_of": columns_of,
        }


def _page(profile_id: str, asked: Mapping[str, str], form: forms.Filled) -> str:
    """Render the page of a mapping's file. Raises NotFound, and Conflict for one that is ended."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    readers = wiring.statement_readers
    with open_books() as uow:
        opened = open_profile(uow, centre_id, readers, profile_id)
        last = uow.profiles.last_change(centre_id, profile_id)
        accounts = uow.centres.accounts(centre_id)
    return columns_page(
        asked,
        form,
        file=opened.file,
        head=opened.head,
        known=opened.mapping,
        accounts=accounts,
        see=lambda one: preview_profile(readers, opened, one),
        action=url_for("finance.save_remade", profile_id=profile_id),
        name=last.name if last else opened.profile.name,
    )


def _do(work: Callable[[SqlBooks], None], told: str) -> Answer:
    """Do one thing to a mapping, and lead back to the list."""
    try:
        with open_books(write=True) as uow:
            work(uow)
            uow.commit()
    except NotFound:
        raise
    except PaymentsError as error:
        return forms.refused("finance/profiles.html", error, **_list())
    flash(told, "good")
    return redirect(url_for("finance.profiles"), HTTPStatus.SEE_OTHER)
