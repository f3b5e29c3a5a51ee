"""Name the columns of a statement file that was kept apart, see at once what they make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payments.domain.bank_messages import Direction, Statement, StatementEntry, StatementProblem
from payments.domain.centres import BankAccount
from payments.domain.column_mapping import ColumnMapping, Meaning, TableHead
from payments.domain.errors import Invalid, PaymentsError
from payments.domain.staff import Actor, Permission
from payments.web import forms
from payments.web.access import current_user, current_wiring, requires
from payments.web.errors import field_errors, status_of
from payments.web.i18n import N_, sentence_of
from reconciliation.domain.statement_checks import listed
from reconciliation.domain.statements import FileVerdict, StatementFileRecord
from reconciliation.services.import_mapped import (
    MappedFile,
    MappedPreview,
    import_mapped,
    open_mapping,
    preview_mapped,
)
from reconciliation.web.faults import Fault, gathered
from reconciliation.web.finance import open_books, pages

Answer = str | tuple[str, int] | Response

SHOWN_ROWS = 14
SHOWN_ENTRIES = 8
MOST_COLUMNS = 40

MEANINGS: dict[Meaning, str] = {
    Meaning.DATE: N_("Day"),
    Meaning.TEXT: N_("Transfer text"),
    Meaning.REFERENCE: N_("Bank's number"),
    Meaning.CREDIT: N_("Money in"),
    Meaning.DEBIT: N_("Money out"),
    Meaning.AMOUNT: N_("Amount, in and out"),
    Meaning.SIGN: N_("In or out"),
    Meaning.BALANCE: N_("Balance"),
    Meaning.FEE: N_("Bank charge"),
    Meaning.VAT: N_("VAT"),
    Meaning.VALUE_DATE: N_("Value date"),
    Meaning.TIME: N_("Time"),
}
"""What a person may call a column."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement as it would be imported: its first entries and its sums."""

    statement: Statement
    entries: Sequence[StatementEntry]
    credits: int
    debits: int

    @classmethod
    def of(cls, statement: Statement) -> Shown:
        """Show a statement as it was read."""
        return cls(
            statement,
            statement.entries[:SHOWN_ENTRIES],
            listed(statement, Direction.IN),
            listed(statement, Direction.OUT),
        )


@pages.get("/sao-ke/<file_id>/cot")
@requires(Permission.IMPORT_STATEMENT)
def columns(file_id: str) -> str:
    """Show the first rows of a file with what each column is, and what comes of it."""
    return _page(file_id, request.args, forms.Filled())


@pages.post("/sao-ke/<file_id>/cot")
@requires(Permission.IMPORT_STATEMENT)
def import_by_columns(file_id: str) -> Answer:
    """Import the file by the columns as named, and keep them for the next file like it."""
    wiring, user = current_wiring(), current_user()
    try:
        with open_books(write=True) as uow:
            result = import_mapped(
                uow,
                wiring.world,
                Actor.of(user),
                wiring.statement_readers,
                file_id,
                mapping_asked(request.form, uow.centres.accounts(user.centre_id)),
                forms.required("name"),
            )
            uow.commit()
    except PaymentsError as error:
        return _page(file_id, request.form, forms.Filled.sent(error)), status_of(error)
    if result.verdict is FileVerdict.QUARANTINED:
        page = _page(file_id, request.form, forms.Filled.sent())
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The file was imported, and its columns are known from now on."), "good")
    address = url_for("finance.statement", file_id=result.file_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _page(file_id: str, asked: Mapping[str, str], form: forms.Filled) -> str:
    """Render the page of a kept file. Raises NotFound, and Conflict for one that is booked."""
    wiring, centre_id = current_wiring(), current_user().centre_id
    readers = wiring.statement_readers
    with open_books() as uow:
        opened = open_mapping(uow, centre_id, readers, file_id)
        accounts = uow.centres.accounts(centre_id)
        return columns_page(
            asked,
            form,
            file=opened.file,
            head=opened.head,
            known=_suggested(opened, accounts),
            accounts=accounts,
            see=lambda one: preview_mapped(uow, wiring.world, centre_id, readers, file_id, one),
            action=url_for("finance.import_by_columns", file_id=file_id),
        )


def columns_page(
    asked: Mapping[str, str],
    form: forms.Filled,
    *,
    file: StatementFileRecord,
    head: TableHead,
    known: ColumnMapping,
    accounts: Sequence[BankAccount],
    see: Callable[[ColumnMapping], MappedPreview],
    action: str,
    name: str | None = None,
) -> str:
    """Render the rows of a table with what each column is, and what comes of it.

    The columns are those that were asked for, or those that are ``known``; ``see`` says what a
    mapping makes of the file. ``name`` is that of a mapping which is made anew.
    """
    is_asked = "first_row" in asked
    account = known.account_number
    chosen = {place: meaning.value for meaning, place in known.places}
    shown, faults = [], []
    if is_asked:
        own = {one.account_id: one.account_number for one in accounts}
        account = own.get(asked.get("account", ""), "")
        chosen = {place: told for place, told in _told(asked) if told}
    try:
        preview = see(mapping_asked(asked, accounts) if is_asked else known)
        shown = [Shown.of(one) for one in preview.statements]
        faults = gathered(map(_fault, preview.problems))
    except Invalid as error:
        form = forms.Filled(asked, field_errors(error))
    return render_template(
        "finance/columns.html",
        form=form,
        file=file,
        action=action,
        name=name,
        rows=head.rows[:SHOWN_ROWS],
        width=min(max((len(row) for _, row in head.rows), default=0), MOST_COLUMNS),
        meanings=[(meaning.value, sentence_of(words)) for meaning, words in MEANINGS.items()],
        first_row=asked["first_row"] if is_asked else known.first_row,
        accounts=accounts,
        account=account,
        chosen=chosen,
        shown=shown,
        faults=faults,
    )


def mapping_asked(asked: Mapping[str, str], accounts: Sequence[BankAccount]) -> ColumnMapping:
    """Read a mapping from a form. Raises Invalid naming the field that cannot be read."""
    first = asked.get("first_row", "")
    if not (first.isascii() and first.isdigit() and len(first) < 7):
        raise Invalid("number_wanted", field="first_row")
    known = {meaning.value: meaning for meaning in Meaning}
    places = tuple((known[told], place) for place, told in _told(asked) if told in known)
    for meaning, words in MEANINGS.items():
        twice = [str(place + 1) for one, place in places if one is meaning]
        if len(twice) > 1:
            raise Invalid(
                "meaning_given_twice",
                field="columns",
                meaning=sentence_of(words),
                columns=", ".join(twice),
            )
    own = {one.account_id: one.account_number for one in accounts}
    return ColumnMapping(places, int(first), own.get(asked.get("account", ""), ""))


def _told(asked: Mapping[str, str]) -> list[tuple[int, str]]:
    """Return what a form says of each column, counted from 0; empty for one that is not needed."""
    return [(place, asked.get(f"column-{place}", "")) for place in range(MOST_COLUMNS)]


def _suggested(opened: MappedFile, accounts: Sequence[BankAccount]) -> ColumnMapping:
    """Take what the file tells; where it names no account, the first of the centre."""
    told = opened.suggested
    if told.account_number or not accounts:
        return told
    return replace(told, account_number=accounts[0].account_number)


def _fault(problem: StatementProblem) -> Fault:
    return Fault(problem.rule, problem.where, dict(problem.facts))
