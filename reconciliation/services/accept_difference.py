"""Keep by how much an accepted statement opens elsewhere: a fact of its own, to be explained.

The bank account is moved to where the statement opens, against an account that holds nothing but
such differences; the work list has it until somebody says what it was.
"""

from __future__ import annotations

from payments.domain.breaks import BreakKind
from payments.domain.posting_rules import statement_differs
from payments.services.record_event import open_break, post, record
from reconciliation.domain.acceptance import StatementDifference
from reconciliation.domain.statements import StatementRecord
from reconciliation.services.match_statement import Importing


def accept_difference(importing: Importing, statement: StatementRecord, difference: int) -> None:
    """Write the difference of an accepted statement, in đồng; nothing when it joins."""
    if not difference:
        return
    uow, world = importing.uow, importing.world
    day = importing.counted_on(statement.period_from)
    uow.add(
        StatementDifference(
            centre_id=statement.centre_id,
            statement_id=statement.statement_id,
            account_id=statement.account_id,
            difference=difference,
            recorded_at=world.clock.now(),
        )
    )
    post(
        uow,
        world,
        centre_id=statement.centre_id,
        event="statement_difference",
        subject_id=statement.statement_id,
        business_date=day,
        legs=statement_differs(difference, statement.account_id),
    )
    open_break(
        uow,
        world,
        centre_id=statement.centre_id,
        kind=BreakKind.STATEMENT_DIFFERENCE,
        subject_id=statement.statement_id,
        amount=difference,
        business_date=day,
    )
    record(
        uow, world, importing.actor, "statement.difference", statement.statement_id,
        account=statement.account_id, difference=difference,
    )  # fmt: skip
