"""Repository of proposals to believe a file that was kept apart, and of what was decided."""

from __future__ import annotations

from sqlalchemy import exists, func, select

from payments.domain.errors import NotFound
from payments.store.session import Session
from reconciliation.domain.acceptance import (
    AcceptanceDecision,
    AcceptanceProposal,
    AcceptedGap,
)
from reconciliation.store import tables

_proposals = tables.acceptance_proposals
_decisions = tables.acceptance_decisions


class SqlAcceptances:
    """Reads proposals and decisions."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def proposals(self, centre_id: str, file_id: str) -> list[AcceptanceProposal]:
        """Return the proposals for a kept file, the first one first."""
        own = (_proposals.c.centre_id == centre_id) & (_proposals.c.file_id == file_id)
        statement = select(_proposals).where(own).order_by(_proposals.c.round)
        return self._session.all(AcceptanceProposal, statement)

    def proposal(self, centre_id: str, proposal_id: str) -> AcceptanceProposal:
        """Return a proposal. Raises NotFound."""
        own = (_proposals.c.centre_id == centre_id) & (_proposals.c.proposal_id == proposal_id)
        found = self._session.first(AcceptanceProposal, select(_proposals).where(own))
        if found is None:
            raise NotFound("acceptance_unknown")
        return found

    def decision(self, centre_id: str, proposal_id: str) -> AcceptanceDecision | None:
        """Return what was decided about a proposal; None while it is open."""
        own = (_decisions.c.centre_id == centre_id) & (_decisions.c.proposal_id == proposal_id)
        return self._session.first(AcceptanceDecision, select(_decisions).where(own))

    def approval_of(self, centre_id: str, booked_file_id: str) -> AcceptanceDecision | None:
        """Return the approval by which a file went into the books; None for a clean one."""
        own = _decisions.c.centre_id == centre_id
        booked = _decisions.c.booked_file_id == booked_file_id
        return self._session.first(AcceptanceDecision, select(_decisions).where(own, booked))

    def open_gaps(self, centre_id: str, account_id: str) -> list[AcceptedGap]:
        """Return an account's accepted gaps that no statement has filled, the oldest first.

        A statement that repeated lines of the one before it has no gap of days between them.
        """
        own, accepted = tables.statements, tables.statement_differences
        before, fillings = own.alias("before"), tables.gap_fillings
        closed_on = (
            select(func.max(before.c.period_to))
            .where(
                before.c.centre_id == own.c.centre_id,
                before.c.account_id == own.c.account_id,
                before.c.position < own.c.position,
            )
            .scalar_subquery()
        )
        statement = (
            select(
                own.c.statement_id,
                own.c.account_id,
                closed_on,
                own.c.period_from,
                own.c.opening,
                accepted.c.difference,
            )
            .join(
                accepted,
                (accepted.c.centre_id == own.c.centre_id)
                & (accepted.c.statement_id == own.c.statement_id),
            )
            .where(
                own.c.centre_id == centre_id,
                own.c.account_id == account_id,
                own.c.skipped == 0,
                own.c.opening.is_not(None),
                ~exists().where(
                    fillings.c.centre_id == own.c.centre_id,
                    fillings.c.filled_id == own.c.statement_id,
                ),
            )
        )
        return self._session.all(AcceptedGap, statement.order_by(own.c.position))
