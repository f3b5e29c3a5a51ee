"""Differences: the work list, one difference with all that is known, and working it off."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.breaks import Break, BreakKind, BreakResolution
from payments.domain.business_day import business_date
from payments.domain.cash import TillClosing
from payments.domain.errors import NotFound, PaymentsError
from payments.domain.references import Found, find_references
from payments.domain.requests import RequestStanding
from payments.domain.staff import Actor, Permission
from payments.domain.transfers import BankMessage, Evidence, Transfer
from payments.services.place_transfer import place_transfers
from payments.services.resolve_break import resolve_break
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from reconciliation.store import queries_breaks as queries
from reconciliation.store import queries_transfers as about
from reconciliation.store.queries_finance import names_of_staff, open_break_counts
from reconciliation.store.unit_of_work import SqlBooks
from reconciliation.web import asked
from reconciliation.web.finance import open_books, pages

Answer = str | tuple[str, int] | Response
AGES = (1, 3, 7, 30)
"""The ages in days that the work list can be narrowed to."""

_SHOWN_BYTES = 4_000
_ABOUT_TILLS = (BreakKind.CASH_OVER, BreakKind.CASH_SHORT)
_ABOUT_MESSAGES = (BreakKind.UNREADABLE, BreakKind.FOREIGN)
_ABOUT_FEEDS = (BreakKind.FEED_GAP, BreakKind.FEED_DOUBLE)


@dataclass(frozen=True, slots=True)
class Named:
    """A reference found in a text, and the request it names, if there is one."""

    found: Found
    standing: RequestStanding | None


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """A transfer with its witnesses, its money, its proof, and what its text may mean."""

    transfer: Transfer
    rest: int
    evidence: list[Evidence]
    placed: list[about.Placed]
    proof: about.ProvenBy | None
    named: list[Named]
    suggestions: list[queries.Suggestion]


@dataclass(frozen=True, slots=True)
class BreakFacts:
    """A difference with everything that is known about it.

    ``missing`` is what the balances of a feed say has moved untold, negative for money that left.
    """

    found: Break
    now: datetime
    age: int
    resolution: BreakResolution | None
    transfer: TransferFacts | None
    message: BankMessage | None
    detail: dict[str, object]
    missing: object
    closing: TillClosing | None
    cashier: str
    file_id: str
    names: dict[str, str]

    @property
    def body(self) -> str:
        """The beginning of the bank's message as text; bytes that are none show as a sign."""
        return self.message.body[:_SHOWN_BYTES].decode(errors="replace") if self.message else ""

    @property
    def history(self) -> list[tuple[datetime, str, object]]:
        """What happened, in its order: when, which kind of thing, and the thing itself."""
        happened: list[tuple[datetime, str, object]] = []
        if self.transfer:
            happened += [(one.recorded_at, "told", one) for one in self.transfer.evidence]
        happened.append((self.found.opened_at, "opened", self.found))
        if self.transfer:
            if self.transfer.proof:
                happened.append((self.transfer.proof.settled_at, "proven", self.transfer.proof))
            happened += [
                (one.allocation.allocated_at, "placed", one) for one in self.transfer.placed
            ]
        if self.resolution:
            happened.append((self.resolution.resolved_at, "resolved", self.resolution))
        return sorted(happened, key=lambda one: one[0])


@pages.get("/chenh-lech")
@requires(Permission.SEE_FINANCE)
def breaks() -> str:
    """List differences by kind, age and day."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    number = asked.page_number()
    limit, offset = asked.limits(number)
    with open_books() as uow:
        centre = uow.centres.get(centre_id)
        today = business_date(wiring.world.clock.now(), centre.cutoff_minutes)
        wanted = _filter(today)
        rows = queries.break_list(uow.session, centre_id, wanted, limit=limit, offset=offset)
        counts = open_break_counts(uow.session, centre_id)
    return render_template(
        "finance/breaks.html",
        breaks=asked.Page.of(rows, number),
        counts=counts,
        wanted=wanted,
        kinds=list(BreakKind),
        works=list(queries.Worked),
        ages=AGES,
        age=asked.whole("age"),
        today=today,
    )


@pages.get("/cho-xac-dinh")
@requires(Permission.SEE_FINANCE)
def waiting() -> str:
    """List the money that waits for its request."""
    number = asked.page_number()
    limit, offset = asked.limits(number)
    with open_books() as uow:
        rows = queries.waiting_money(
            uow.session, current_user().centre_id, limit=limit, offset=offset
        )
    return render_template("finance/waiting.html", waiting=asked.Page.of(rows, number))


@pages.get("/chenh-lech/<break_id>")
@requires(Permission.SEE_FINANCE)
def difference(break_id: str) -> str:
    """Show one difference with everything that is known."""
    facts = _facts_of(break_id)
    return render_template("finance/break.html", facts=facts, form=forms.Filled())


@pages.post("/chenh-lech/<break_id>/phan-bo")
@requires(Permission.RESOLVE_BREAK)
def place(break_id: str) -> Answer:
    """Give the money of a difference to the request whose reference was typed."""
    wiring, officer = current_wiring(), current_user()
    try:
        reference = forms.required("reference")
        with open_books(write=True) as uow:
            found = uow.breaks.get(officer.centre_id, break_id)
            place_transfers(
                uow,
                wiring.world,
                officer,
                transfer_ids=[found.subject_id],
                reference=reference,
            )
            uow.commit()
    except NotFound:
        raise
    except PaymentsError as error:
        facts = _facts_of(break_id)
        return forms.refused("finance/break.html", error, facts=facts)
    flash(_("The money was given to request %(reference)s.", reference=reference.upper()), "good")
    return _back_to(break_id)


@pages.post("/chenh-lech/<break_id>/giai-trinh")
@requires(Permission.RESOLVE_BREAK)
def explain(break_id: str) -> Answer:
    """Take a difference off the work list with words that explain it."""
    wiring, actor = current_wiring(), Actor.of(current_user())
    try:
        with open_books(write=True) as uow:
            resolve_break(uow, wiring.world, actor, break_id, forms.text("explanation"))
            uow.commit()
    except NotFound:
        raise
    except PaymentsError as error:
        facts = _facts_of(break_id)
        return forms.refused("finance/break.html", error, facts=facts)
    flash(_("The difference is explained and off the work list."), "good")
    return _back_to(break_id)


def _back_to(break_id: str) -> Response:
    address = url_for("finance.difference", break_id=break_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _filter(today: date) -> queries.BreakFilter:
    """Return what the address narrows the work list to."""
    age = asked.whole("age")
    return queries.BreakFilter(
        worked=asked.word("state", queries.Worked) or queries.Worked.OPEN,
        kind=asked.word("kind", BreakKind),
        day=asked.day("day"),
        until=today - timedelta(days=age) if age in AGES else None,
    )


def _facts_of(break_id: str) -> BreakFacts:
    """Gather what is known about a difference of this person's centre. Raises NotFound."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    with open_books() as uow:
        centre = uow.centres.get(centre_id)
        found = uow.breaks.get(centre_id, break_id)
        now = wiring.world.clock.now()
        today = business_date(now, centre.cutoff_minutes)
        names = names_of_staff(uow.session, centre_id)
        detail: dict[str, object] = {}
        message = closing = transfer = None
        cashier = file_id = ""
        if found.kind in _ABOUT_TILLS:
            closing = about.till_closing(uow.session, centre_id, found.subject_id)
            session = uow.tills.session(centre_id, found.subject_id)
            cashier = names.get(f"staff:{session.staff_id}", session.staff_id)
        elif found.kind is BreakKind.STATEMENT_DIFFERENCE:
            file_id = about.file_of_statement(uow.session, centre_id, found.subject_id)
        elif found.kind in _ABOUT_MESSAGES:
            detail = _detail(uow, found)
            message_id = str(detail.get("message", found.subject_id))
            message = about.message_of(uow.session, centre_id, message_id)
        else:
            transfer = _transfer_facts(uow, centre.reference_prefix, found)
            message = _first_message(uow, transfer.evidence)
        return BreakFacts(
            found=found,
            now=now,
            age=(today - found.business_date).days,
            resolution=uow.breaks.resolution(centre_id, break_id),
            transfer=transfer,
            message=message,
            detail=detail,
            missing=_detail(uow, found).get("missing") if found.kind in _ABOUT_FEEDS else None,
            closing=closing,
            cashier=cashier,
            file_id=file_id,
            names=names,
        )


def _transfer_facts(uow: SqlBooks, prefix: str, found: Break) -> TransferFacts:
    """Gather what is known about the transfer of a difference."""
    transfer = uow.transfers.get(found.centre_id, found.subject_id)
    rest = uow.transfers.unallocated(found.centre_id, transfer.transfer_id)
    references = find_references(transfer.remittance_information, prefix)
    standings = uow.requests.by_references(found.centre_id, {one.reference for one in references})
    named = [Named(one, standings.get(one.reference)) for one in references]
    # A repair that names no request is only noise.
    named = [one for one in named if one.standing or one.found.how != "repaired"]
    close_by = transfer.occurred_at
    return TransferFacts(
        transfer=transfer,
        rest=rest,
        evidence=about.evidence_of(uow.session, found.centre_id, transfer.transfer_id),
        placed=about.placed_of(uow.session, found.centre_id, transfer.transfer_id),
        proof=about.proof_of(uow.session, found.centre_id, transfer.transfer_id),
        named=named,
        suggestions=(
            queries.suggestions(uow.session, found.centre_id, rest, close_by) if rest else []
        ),
    )


def _first_message(uow: SqlBooks, evidence: list[Evidence]) -> BankMessage | None:
    """Return the bank's message that told of a transfer first."""
    for one in evidence:
        if one.message_id is not None:
            return about.message_of(uow.session, one.centre_id, one.message_id)
    return None


def _detail(uow: SqlBooks, found: Break) -> dict[str, object]:
    """Return what the audit log says of the notice or message that a difference is about."""
    text = about.audit_detail(uow.session, found.centre_id, found.subject_id, found.opened_at)
    return dict(json.loads(text)) if text else {}
