"""Check a statement file against every rule and against the statements before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from payments.domain.bank_messages import Statement, StatementFile, StatementProblem
from payments.domain.centres import BankAccount
from payments.domain.errors import Invalid, InvalidFile
from reconciliation.domain.acceptance import AcceptedGap
from reconciliation.domain.statement_chain import (
    Brought,
    Chain,
    Followed,
    booked,
    brought_by,
    expected_opening,
    follow,
    period_of,
)
from reconciliation.domain.statement_checks import check_statement, entry_keys, same_account
from reconciliation.domain.statement_gaps import Gaps, Series, gaps_before
from reconciliation.ports import BooksUnitOfWork


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement that passed every rule, with its account and what was noticed all the same.

    ``gap`` is the accepted gap that it fills; any other statement follows the newest one.
    """

    account: BankAccount
    followed: Followed
    noticed: tuple[StatementProblem, ...] = ()
    gap: AcceptedGap | None = None


def plan_file(
    uow: BooksUnitOfWork, centre_id: str, read: Callable[[], StatementFile], today: date
) -> tuple[list[Plan], list[StatementProblem]]:
    """Read a file and lay each statement at the end of its account's chain; nothing is written.

    A statement that reaches beyond ``today`` is not believed: it would pass for one of all the days
    to come, and everything announced in them for missing.
    Returns the statements that can be followed, and every problem; with problems none is believed.
    """
    try:
        content = read()
    except Invalid as error:
        return [], problems_of_reading(error)
    return _follow_all(uow, centre_id, content, today)


def problems_of_reading(error: Invalid) -> list[StatementProblem]:
    """Return what a reader could not read as the problems of its file."""
    if isinstance(error, InvalidFile):
        return [
            StatementProblem(found.code, found.where, found.code, _facts(found.facts))
            for found in error.problems
        ]
    return [StatementProblem(error.code, "", str(error), _facts(error.facts))]


def _facts(facts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return an error's facts as a problem carries them."""
    return tuple((name, str(value)) for name, value in facts.items())


def _follow_all(
    uow: BooksUnitOfWork, centre_id: str, content: StatementFile, today: date
) -> tuple[list[Plan], list[StatementProblem]]:
    """Check every statement of a file against the rules and its account's chain."""
    plans: list[Plan] = []
    problems = list(content.problems)
    accounts = uow.centres.accounts(centre_id)
    chains: dict[str, Chain] = {}
    series: dict[str, Series] = {}
    filled: set[str] = set()
    if not content.statements and not problems:
        problems.append(StatementProblem("nothing_read", "", "no statement was read"))
    for statement in content.statements:
        if statement.preview:
            problems.append(not_the_record(statement.preview))
            continue
        account = account_of(accounts, statement.account_number)
        if account is None:
            problems.append(
                StatementProblem("account", "", "the statement is not of the centre's account")
            )
            continue
        keys = entry_keys(booked(statement))
        chain = _chain(uow, account, chains, keys, statement)
        brought = brought_by(chain, statement, keys)
        last = max((entry.booked_on for entry in statement.entries), default=None)
        problems.extend(beyond(statement.period_to, last, today))
        gap = gap_of(uow, account, chain, period_of(statement), brought, filled)
        if gap is not None:
            late, misfits = _fill(account, chain, statement, keys, gap)
            problems.extend(misfits)
            plans.append(late)
            continue
        opening = expected_opening(chain, brought)
        problems.extend(
            check_statement(
                statement, account_number=account.account_number, previous_closing=opening
            )
        )
        gaps = gaps_of(uow, account, series, chain, statement, period_of(statement), opening)
        problems.extend(gaps.problems)
        followed, broken = follow(chain, statement, keys)
        problems.extend(broken)
        if followed is not None:
            plans.append(Plan(account, followed, gaps.noticed))
    return plans, problems


def gap_of(
    uow: BooksUnitOfWork,
    account: BankAccount,
    chain: Chain,
    period: tuple[date, date] | None,
    brought: Brought,
    filled: set[str],
) -> AcceptedGap | None:
    """Return the accepted gap that a late statement is of, None for any other statement.

    Only one that is older than the newest and brings nothing but new entries is late. ``filled``
    are the accepted statements whose gaps other statements of the file have filled.
    """
    if period is None or chain.through is None or period[1] >= chain.through:
        return None
    if brought.skipped or not brought.fresh:
        return None
    for gap in uow.acceptances.open_gaps(account.centre_id, account.account_id):
        if gap.statement_id not in filled and gap.is_around(*period):
            filled.add(gap.statement_id)
            return gap
    return None


def _fill(
    account: BankAccount,
    chain: Chain,
    statement: Statement,
    keys: Sequence[str],
    gap: AcceptedGap,
) -> tuple[Plan, list[StatementProblem]]:
    """Check a late statement against its own rules and its neighbours; the chain stays."""
    before = None if statement.opening is not None else gap.closing_before
    problems = [
        *check_statement(statement, account_number=account.account_number, previous_closing=before),
        *gap.misfits(statement),
    ]
    chain.known.update(keys)
    period = cast("tuple[date, date]", period_of(statement))
    fresh = tuple(zip(keys, booked(statement), strict=True))
    followed = Followed(statement, *period, fresh, skipped=0, opening_to_post=None)
    return Plan(account, followed, (gap.noticed,), gap), problems


def gaps_of(
    uow: BooksUnitOfWork,
    account: BankAccount,
    known: dict[str, Series],
    chain: Chain,
    statement: Statement,
    period: tuple[date, date] | None,
    opening: int | None,
) -> Gaps:
    """Return what is missing before a statement, and let its number go on with the series."""
    if period is None:
        return Gaps()
    if account.account_id not in known:
        numbers = uow.statements.last_numbers(account.centre_id, account.account_id)
        known[account.account_id] = Series(numbers)
    series = known[account.account_id]
    if chain.through is not None and chain.through < period[0]:
        days = uow.days.said(account.centre_id, chain.through, period[0])
        series.said = {one.day: one.is_open for one in days}
    gaps = gaps_before(series, chain, statement, period, opening)
    if chain.through is None or period[1] >= chain.through:
        series.numbers.append((statement.number, period[1].year))
    return gaps


def not_the_record(message: str) -> StatementProblem:
    """Return the problem of a message that tells of a running day; the day's statement will come.

    What it lists may change until the day ends, and it proves nothing by a closing balance.
    """
    told = f"{message} is a preview of the running day, not its statement"
    return StatementProblem("preview", "", told, (("message", message),))


def beyond(
    period_to: date | None, last_entry: date | None, today: date
) -> Iterator[StatementProblem]:
    """Yield the problem of a statement that covers days which have not come."""
    last = max((day for day in (period_to, last_entry) if day is not None), default=today)
    if last > today:
        facts = (("day", last.isoformat()),)
        yield StatementProblem("period_in_future", "period", f"{last} has not come yet", facts)


def account_of(accounts: Sequence[BankAccount], printed: str) -> BankAccount | None:
    """Return the centre's account that a statement is of, by the number as it is printed."""
    for account in accounts:
        if same_account(printed, account.account_number):
            return account
    return None


def _chain(
    uow: BooksUnitOfWork,
    account: BankAccount,
    chains: dict[str, Chain],
    keys: Sequence[str],
    statement: Statement,
) -> Chain:
    """Return the account's chain as the database has it, moved on by this file's own statements."""
    chain = chain_of(uow, account, chains)
    chain.known |= uow.statements.known_keys(account.centre_id, account.account_id, keys)
    add_end(uow, account, chain, statement)
    return chain


def chain_of(uow: BooksUnitOfWork, account: BankAccount, chains: dict[str, Chain]) -> Chain:
    """Return the account's chain as the database has it, or as the file has moved it on."""
    chain = chains.get(account.account_id)
    if chain is None:
        place = uow.statements.position(account.centre_id, account.account_id)
        chain = chains[account.account_id] = Chain(place.balance, place.moved, place.through)
    return chain


def add_end(uow: BooksUnitOfWork, account: BankAccount, chain: Chain, statement: Statement) -> None:
    """Let the chain know whether an earlier statement ends where this one does."""
    end = statement.period_to
    if (
        end is not None
        and statement.closing is not None
        and uow.statements.ended(account.centre_id, account.account_id, end, statement.closing)
    ):
        chain.ends.add((end, statement.closing))
