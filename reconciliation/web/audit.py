"""The audit log: who did what and when, filtered, with the proof that nothing was changed since."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from payments.domain.audit import AuditEvent
from payments.domain.staff import Permission
from payments.web.access import current_user, requires
from reconciliation.store.queries_audit import AuditFilter, audit_log
from reconciliation.store.queries_finance import names_of_staff
from reconciliation.web import asked
from reconciliation.web.audit_words import ACTIONS, facts
from reconciliation.web.finance import open_books

pages = Blueprint("audit", __name__, url_prefix="/quan-tri/nhat-ky")
ACTOR_KINDS = ("endpoint:", "api_key:", "job:")
"""Actors that are no people; the log is narrowed to all of a kind."""

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Line:
    """An event as the page shows it: its facts as pairs, and whether its proof holds."""

    event: AuditEvent
    facts: list[tuple[str, str]]
    holds: bool


@pages.get("/")
@requires(Permission.SEE_AUDIT)
def index() -> str:
    """Show the log, the newest event first."""
    centre_id = current_user().centre_id
    wanted = AuditFilter(
        day=asked.day("day"),
        actor=request.args.get("actor", "")[:_LONGEST],
        action=request.args.get("action", "")[:_LONGEST],
        subject=request.args.get("subject", "").strip()[:_LONGEST],
        before=asked.whole("before"),
    )
    with open_books() as uow:
        found = audit_log(uow.session, centre_id, wanted, limit=asked.ROWS + 1)
        names = names_of_staff(uow.session, centre_id)
    lines = [Line(one.event, facts(one.event.detail), one.holds) for one in found]
    return render_template(
        "admin/audit.html",
        lines=asked.Page.of(lines, 1),
        all_hold=all(line.holds for line in lines),
        wanted=wanted,
        names=names,
        actor_kinds=ACTOR_KINDS,
        actions=sorted(ACTIONS),
    )
