"""``thuphi statement read FILE``: what a statement says and whether it adds up; no database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path
from typing import Protocol

import click

from payments.domain.bank_messages import (
    Direction,
    Statement,
    StatementEntry,
    StatementProblem,
)
from payments.domain.errors import Invalid, InvalidFile, Problem
from payments.ports.bank import StatementReader
from reconciliation.domain.statement_checks import check_statement, listed
from reconciliation.services.read_statement import MOST_BYTES, read_statement

PROBLEMS, UNREADABLE = 1, 2
"""Exit statuses beside 0: a rule is broken, or the file cannot be read at all."""


class KnowsReaders(Protocol):
    """What the root of the command line hands to its commands."""

    @property
    def statement_readers(self) -> Mapping[str, StatementReader]:
        """Every installed reader by its name."""
        ...


@click.command("read")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def read_command(context: click.Context, file: Path) -> None:
    """Read a bank statement and print it as JSON.

    Ends with 0 when everything adds up, 1 when a rule is broken, 2 when it cannot be read.
    """
    known: KnowsReaders = context.obj
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Invalid("file_too_large", field="file", most_bytes=MOST_BYTES)
        content = read_statement(file.name, file.read_bytes(), known.statement_readers)
    except InvalidFile as error:
        _print([], [_refusal(problem) for problem in error.problems])
        context.exit(UNREADABLE)
    except Invalid as error:
        _print([], [{"rule": error.code, "where": "file", "message": str(error)}])
        context.exit(UNREADABLE)
    checked = _check(content.statements)
    unread = {one.where for one in content.problems if one.rule == "amount_unreadable"}
    _print(
        [_statement(*one, unread) for one in checked], [_problem(one) for one in content.problems]
    )
    if content.problems or any(problems for _, problems in checked):
        context.exit(PROBLEMS)


Checked = tuple[Statement, tuple[StatementProblem, ...]]


def _check(statements: Sequence[Statement]) -> list[Checked]:
    """Check each statement, and its opening against the one before it in the same file."""
    last: dict[str, Statement] = {}
    checked = []
    for statement in statements:
        before = last.get(statement.account_number)
        closing = before.closing if before is not None and _follows(before, statement) else None
        problems = check_statement(statement, account_number="", previous_closing=closing)
        checked.append((statement, problems))
        last[statement.account_number] = statement
    return checked


def _follows(before: Statement, statement: Statement) -> bool:
    """Whether a statement begins on the day the other ends, or is a further page of it."""
    if statement.period_from is not None:
        return before.period_to == statement.period_from
    numbers = {one.number.partition("/")[0] for one in (before, statement)}
    return len(numbers) == 1 and numbers != {""}


def _print(statements: list[dict[str, object]], problems: list[dict[str, str]]) -> None:
    shown = {"statements": statements, "problems": problems}
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2))


def _statement(
    statement: Statement, problems: tuple[StatementProblem, ...], unread: AbstractSet[str]
) -> dict[str, object]:
    credited = listed(statement, Direction.IN)
    debited = listed(statement, Direction.OUT)
    places = statement.decimals
    return {
        "account": statement.account_number or None,
        "currency": statement.currency or None,
        "number": statement.number or None,
        "opening": _amount(statement.opening, places),
        "closing": _amount(statement.closing, places),
        "credits": _amount(credited, places),
        "debits": _amount(debited, places),
        "fees": _amount(statement.fees, places),
        "vat": _amount(statement.vat, places),
        "entries": [_entry(entry, places, unread) for entry in statement.entries],
        "problems": [_problem(problem) for problem in problems],
    }


def _entry(entry: StatementEntry, places: int, unread: AbstractSet[str]) -> dict[str, object]:
    """Show an entry; what the file says in no readable form is null, beside its problem."""
    return {
        "booked_on": entry.booked_on.isoformat() if entry.booked_on > date.min else None,
        "value_on": entry.value_on.isoformat() if entry.value_on else None,
        "amount": None if entry.where in unread else _amount(entry.amount, places),
        "direction": entry.direction.value,
        "reference": entry.bank_reference or None,
        "text": entry.text,
        "pending": entry.is_pending,
        "reversal": entry.is_reversal,
    }


def _amount(units: int | None, places: int) -> int | str | None:
    """Whole đồng as a number; a currency with minor units as text, so that no reader rounds it."""
    if units is None or not places:
        return units
    digits = str(abs(units)).rjust(places + 1, "0")
    sign = "-" if units < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _problem(problem: StatementProblem) -> dict[str, str]:
    return {"rule": problem.rule, "where": problem.where, "message": problem.message}


def _refusal(problem: Problem) -> dict[str, str]:
    facts = ", ".join(f"{name}={value}" for name, value in problem.facts.items())
    message = f"{problem.code} ({facts})" if facts else problem.code
    return {"rule": problem.code, "where": problem.where, "message": message}
