"""Let a statement that came late fill the gap that two people had accepted.

Its entries move the bank account by what the acceptance had moved it, so that is taken back; the
acceptance stays as the fact it is, with the fact beside it that it was filled.
"""

from __future__ import annotations

from datetime import date

from payments.domain.breaks import BreakKind
from payments.domain.posting_rules import statement_differs
from payments.services.record_event import post, record
from reconciliation.domain.acceptance import AcceptedGap, GapFilling
from reconciliation.services.match_statement import Importing, answer_breaks


def fill_gap(importing: Importing, statement_id: str, first: date, gap: AcceptedGap) -> None:
    """Write that a statement, which begins on the day ``first``, fills a gap.

    Counted on its day or the next open one. The difference leaves the work list.
    """
    uow, world, centre_id = importing.uow, importing.world, importing.centre.centre_id
    uow.add(
        GapFilling(
            centre_id=centre_id,
            statement_id=statement_id,
            filled_id=gap.statement_id,
            account_id=gap.account_id,
            difference=gap.difference,
            recorded_at=world.clock.now(),
        )
    )
    post(
        uow,
        world,
        centre_id=centre_id,
        event="gap_filled",
        subject_id=statement_id,
        business_date=importing.counted_on(first),
        legs=statement_differs(-gap.difference, gap.account_id),
    )
    waiting = [
        found
        for found in uow.breaks.known(centre_id, [gap.statement_id])
        if found.kind is BreakKind.STATEMENT_DIFFERENCE
        and uow.breaks.resolution(centre_id, found.break_id) is None
    ]
    answer_breaks(uow, world, importing.actor, waiting, "gap_filled")
    record(
        uow, world, importing.actor, "statement.gap_filled", statement_id,
        account=gap.account_id, filled=gap.statement_id, difference=gap.difference,
    )  # fmt: skip
