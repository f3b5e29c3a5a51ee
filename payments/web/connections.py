"""The administrator's pages of one connection: open, change its secrets and settings, close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.adapters import Declaration, Secret, Way
from payments.domain.centres import Endpoint
from payments.domain.errors import Conflict, Invalid, NotFound, PaymentsError
from payments.domain.polling import FeedState, PollResult
from payments.domain.staff import Actor, Permission
from payments.ports import BankAdapter, SendsPayersBack
from payments.services import manage_endpoints as service
from payments.services.authenticate_delivery import ADDRESSES
from payments.services.keep_secrets import open_secrets, settings_of
from payments.store.feeds import PollRow, last_problem, poll_rows
from payments.store.unit_of_work import SqlUnitOfWork
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import sentence_of_problem, status_of

pages = Blueprint("connections", __name__, url_prefix="/quan-tri/ket-noi")
Page = str | tuple[str, int] | Response

_SECRET, _SETTING = "secret_", "setting_"
_HOURS = 24
_POLLS = 10


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """Where asking a provider stands: its last problem and polls, and the fields of its secrets."""

    state: FeedState
    problem: PollResult | None
    rows: list[PollRow]
    secret_fields: list[str]


@pages.get("/them")
@requires(Permission.MANAGE_STAFF)
def new() -> str:
    """Choose a provider and its way of proving itself, or fill in what that way needs."""
    name, way_name = request.args.get("adapter", ""), request.args.get("way", "")
    if not name:
        adapters = sorted(current_wiring().adapters.values(), key=lambda one: one.declaration.title)
        return render_template("admin/connection_choice.html", adapters=adapters)
    adapter = _adapter(name)
    return _form(adapter, _way(adapter.declaration, way_name), forms.Filled())


@pages.post("/them")
@requires(Permission.MANAGE_STAFF)
def add() -> Page:
    """Open a connection; its secrets are shown in the answer, this once."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    adapter = _adapter(forms.text("adapter"))
    way = _way(adapter.declaration, forms.text("way"))
    try:
        with wiring.open_uow() as uow:
            made = service.add_endpoint(
                uow,
                wiring.world,
                wiring.secret_box,
                actor,
                adapter,
                account_id=forms.required("account_id"),
                way=way.name,
                secrets=_named(_SECRET, [one.name for one in _secrets(adapter.declaration, way)]),
                settings=_named(_SETTING, _setting_names(adapter.declaration)),
            )
            uow.commit()
    except (Invalid, Conflict, NotFound) as error:
        return _form(adapter, way, _refused(error)), status_of(error)
    # The answer to the form shows the secrets: a redirect would have to keep them somewhere.
    return _one(made.endpoint_id, forms.Filled(), made.secrets)


@pages.get("/dia-chi/<endpoint_id>")
@requires(Permission.SEE_SETTINGS)
def show(endpoint_id: str) -> str:
    """Show a connection: its addresses, settings, and until when each secret is taken."""
    return _one(endpoint_id, forms.Filled())


@pages.post("/dia-chi/<endpoint_id>/khoa")
@requires(Permission.MANAGE_STAFF)
def rotate(endpoint_id: str) -> Page:
    """Give a connection a new secret, drawn or typed, and show it, this once."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    try:
        with wiring.open_uow() as uow:
            endpoint = service.own_endpoint(uow, actor, endpoint_id)
            made = service.rotate_secrets(
                uow,
                wiring.world,
                wiring.secret_box,
                actor,
                _adapter(endpoint.adapter),
                endpoint_id=endpoint_id,
                secrets={forms.required("name"): _named("", ["value"], keep_empty=True)["value"]},
                grace=timedelta(hours=forms.whole("hours")),
            )
            uow.commit()
    except Invalid as error:
        return _one(endpoint_id, forms.Filled.sent(error)), status_of(error)
    return _one(endpoint_id, forms.Filled(), made.secrets)


@pages.post("/dia-chi/<endpoint_id>/thiet-lap")
@requires(Permission.MANAGE_STAFF)
def configure(endpoint_id: str) -> Page:
    """Change the settings of a connection."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    try:
        with wiring.open_uow() as uow:
            adapter = _adapter(service.own_endpoint(uow, actor, endpoint_id).adapter)
            names = _setting_names(adapter.declaration)
            service.configure_endpoint(
                uow,
                wiring.world,
                actor,
                adapter,
                endpoint_id=endpoint_id,
                settings=_named(_SETTING, names, keep_empty=True),
            )
            uow.commit()
    except Invalid as error:
        return _one(endpoint_id, _refused(error)), status_of(error)
    flash(_("The settings have been saved."), "good")
    return redirect(url_for("connections.show", endpoint_id=endpoint_id), HTTPStatus.SEE_OTHER)


@pages.post("/dia-chi/<endpoint_id>/dong")
@requires(Permission.MANAGE_STAFF)
def close(endpoint_id: str) -> Response:
    """Close a connection for good."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    try:
        with wiring.open_uow() as uow:
            service.disable_endpoint(uow, wiring.world, actor, endpoint_id=endpoint_id)
            uow.commit()
    except Conflict:
        # Two clicks close once.
        return redirect(url_for("endpoints.index"), HTTPStatus.SEE_OTHER)
    flash(_("The connection is closed. What comes to its address is turned away."), "good")
    return redirect(url_for("endpoints.index"), HTTPStatus.SEE_OTHER)


@pages.post("/dia-chi/<endpoint_id>/hoi")
@requires(Permission.MANAGE_STAFF)
def poll(endpoint_id: str) -> Page:
    """Let the provider be asked regularly, or no longer."""
    wiring, actor, is_on = current_wiring(), Actor.of(current_user()), forms.text("state") == "on"
    try:
        with wiring.open_uow() as uow:
            adapter = _adapter(service.own_endpoint(uow, actor, endpoint_id).adapter)
            polling = adapter.declaration.polling
            service.switch_polling(
                uow,
                wiring.world,
                wiring.secret_box,
                actor,
                adapter,
                endpoint_id=endpoint_id,
                is_on=is_on,
                secrets=_named(_SECRET, polling.secrets) if polling and is_on else None,
            )
            uow.commit()
    except Invalid as error:
        return _one(endpoint_id, _refused(error)), status_of(error)
    flash(
        _("The provider is asked regularly.") if is_on else _("The provider is asked no longer."),
        "good",
    )
    return redirect(url_for("connections.show", endpoint_id=endpoint_id), HTTPStatus.SEE_OTHER)


def _form(adapter: BankAdapter, way: Way, form: forms.Filled) -> str:
    """Render the form of a new connection."""
    with current_wiring().open_uow(write=False) as uow:
        accounts = uow.centres.accounts(current_user().centre_id)
    declared = adapter.declaration
    return render_template(
        "admin/connection_new.html",
        adapter=adapter,
        way=way,
        secrets=_secrets(declared, way),
        accounts=accounts,
        form=form,
    )


def _one(endpoint_id: str, form: forms.Filled, made: Mapping[str, str] | None = None) -> str:
    """Render the page of a connection, with the secrets that were just made."""
    wiring = current_wiring()
    endpoint = _own(endpoint_id)
    adapter = wiring.adapters.get(endpoint.adapter)
    polling = adapter.declaration.polling if adapter else None
    with SqlUnitOfWork(wiring.engine, write=False) as uow:
        account = uow.centres.account(endpoint.centre_id, endpoint.account_id)
        names = [_SECRET + name for name in polling.secrets] if polling else []
        feed = FeedFacts(
            uow.feeds.state(endpoint.centre_id, endpoint_id),
            last_problem(uow.session, endpoint.centre_id, endpoint_id),
            poll_rows(uow.session, endpoint.centre_id, endpoint_id, limit=_POLLS),
            names,
        )
    return render_template(
        "admin/connection.html",
        polling=polling,
        feed=feed,
        poll_problem=sentence_of_problem,
        endpoint=endpoint,
        account=account,
        adapter=adapter,
        now=wiring.world.clock.now(),
        secrets=open_secrets(wiring.secret_box, endpoint),
        settings=settings_of(endpoint),
        made=made or {},
        meanings=_meanings(adapter.declaration) if adapter else {},
        others=_others(adapter.declaration) if adapter else [],
        has_returns=isinstance(adapter, SendsPayersBack),
        form=form,
        hours=_HOURS,
        base_url=wiring.settings.base_url,
    )


def _own(endpoint_id: str) -> Endpoint:
    """Return a connection of this centre. Raises NotFound."""
    with current_wiring().open_uow(write=False) as uow:
        endpoint = uow.centres.endpoint(endpoint_id)
    if endpoint.centre_id != current_user().centre_id:
        raise NotFound("endpoints_unknown")
    return endpoint


def _adapter(name: str) -> BankAdapter:
    """Return an installed adapter. Raises NotFound."""
    adapter = current_wiring().adapters.get(name)
    if adapter is None:
        raise NotFound("endpoints_unknown")
    return adapter


def _way(declared: Declaration, name: str) -> Way:
    """Return a way by its name, or the first. Raises NotFound for an unknown one."""
    if not name:
        return declared.ways[0]
    try:
        return declared.way(name)
    except Invalid as error:
        raise NotFound("endpoints_unknown") from error


def _others(declared: Declaration) -> list[Secret]:
    """Return the secrets that prove nothing to us: those with which we ask the provider."""
    proving = {name for way in declared.ways for name in way.secrets}
    return [secret for secret in declared.secrets if secret.name not in proving]


def _secrets(declared: Declaration, way: Way) -> list[Secret]:
    """Return the secrets that a connection of a way may have, those that prove it first."""
    return [*(declared.secret(name) for name in way.secrets), *_others(declared)]


def _meanings(declared: Declaration) -> dict[str, str]:
    """Return what each secret and setting is, by its name, not yet translated."""
    of_secrets = {secret.name: secret.meaning for secret in declared.secrets}
    return of_secrets | {setting.name: setting.meaning for setting in declared.settings}


def _setting_names(declared: Declaration) -> list[str]:
    """Return the names of the settings, the list of addresses among them."""
    return [*(setting.name for setting in declared.settings), ADDRESSES]


def _named(prefix: str, names: Iterable[str], *, keep_empty: bool = False) -> dict[str, str]:
    """Return what was typed for some names, without blanks around it: a key is no text of ours."""
    form = request.form
    typed = {name: form.get(prefix + name, "").replace("\r\n", "\n").strip() for name in names}
    return {name: value for name, value in typed.items() if value or keep_empty}


def _refused(error: PaymentsError) -> forms.Filled:
    """Return the form with its error at the field of the secret or setting, never with secrets."""
    shown = {k: v for k, v in request.form.items() if not k.startswith(_SECRET)}
    text = forms.Filled.sent(error).errors
    field = str(error.facts.get("field", ""))
    places = [prefix + field for prefix in (_SECRET, _SETTING) if prefix + field in request.form]
    return forms.Filled(shown, dict.fromkeys(places, text.get(field, "")) if places else text)
