"""What stands in the bar at the top: the pages that a person's role opens."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from payments.domain.staff import Permission, Role
from payments.web.access import current_wiring, visitor
from payments.web.i18n import N_, sentence_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of the bar. ``prefix`` is the beginning of the addresses it stands for."""

    label: str
    endpoint: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as this person sees it on this page."""

    label: str
    address: str
    is_here: bool


BAR: tuple[Entry, ...] = (
    Entry(N_("Counter"), "counter.index", Permission.SEE_COUNTER),
    Entry(N_("Till session"), "till.show", Permission.TAKE_CASH),
    Entry(N_("Dossier file"), "dossier_import.show", Permission.IMPORT_DOSSIERS),
    Entry(N_("Finance"), "finance.home", Permission.SEE_FINANCE),
    Entry(N_("Reports"), "reports.day", Permission.SEE_REPORTS),
    Entry(N_("Fees"), "fees.index", Permission.SEE_SETTINGS),
    Entry(N_("Connections"), "endpoints.index", Permission.SEE_SETTINGS),
    Entry(N_("QR codes"), "qr_codes.index", Permission.SEE_SETTINGS),
    Entry(N_("Working days"), "calendar.index", Permission.SEE_SETTINGS),
    Entry(N_("People"), "staff.index", Permission.MANAGE_STAFF),
    Entry(N_("Audit log"), "audit.index", Permission.SEE_AUDIT),
)
"""Entries whose pages this installation does not have are not shown."""
_FIRST = {
    Role.FINANCE: "finance.home",
    Role.AUDITOR: "finance.home",
    Role.ADMINISTRATOR: "fees.index",
}
"""Where the day begins for a role that does not begin it at the first entry of the bar."""
_UNDER = {
    "connections": "endpoints",
    "deliveries": "endpoints",
    "subscriptions": "endpoints",
    "dossiers": "counter",
}
"""Pages without a word of their own in the bar, and the one they stand under."""


def install(app: Flask) -> None:
    """Give the templates what their frame asks: the links, the visitor, what pages there are."""
    app.jinja_env.globals.update(
        navigation=navigation, visitor=visitor, has_page=has_page, may=may, is_demo=is_demo
    )


def is_demo() -> bool:
    """Say whether the pages must tell that nothing on them is real."""
    return current_wiring().settings.is_demo


def navigation() -> list[Link]:
    """Return the links that the signed-in person may follow."""
    user = visitor()
    if user is None:
        return []
    area = (request.endpoint or "").partition(".")[0]
    here = _UNDER.get(area, area)
    return [
        Link(
            sentence_of(entry.label),
            url_for(entry.endpoint),
            is_here=entry.endpoint.partition(".")[0] == here,
        )
        for entry in BAR
        if user.may(entry.permission) and has_page(entry.endpoint)
    ]


def first_page() -> str:
    """Return the address that the signed-in person's day begins at."""
    user, links = visitor(), navigation()
    first = _FIRST.get(user.role) if user is not None else None
    if first is not None and has_page(first):
        return url_for(first)
    return links[0].address if links else url_for("auth.account")


def has_page(endpoint: str) -> bool:
    """Say whether this installation has a page."""
    return endpoint in current_app.view_functions


def may(permission: str) -> bool:
    """Say whether the signed-in person's role carries a permission, for templates."""
    user = visitor()
    return user is not None and user.may(Permission(permission))
