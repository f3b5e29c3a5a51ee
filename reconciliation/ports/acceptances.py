"""What the use cases read about files that two people accept."""

from __future__ import annotations

from typing import Protocol

from reconciliation.domain.acceptance import (
    AcceptanceDecision,
    AcceptanceProposal,
    AcceptedGap,
)


class AcceptancesRepository(Protocol):
    """Proposals to believe a file that was kept apart, and what was decided."""

    def proposals(self, centre_id: str, file_id: str) -> list[AcceptanceProposal]:
        """Return the proposals for a kept file, the first one first."""
        ...

    def proposal(self, centre_id: str, proposal_id: str) -> AcceptanceProposal:
        """Return a proposal. Raises NotFound."""
        ...

    def decision(self, centre_id: str, proposal_id: str) -> AcceptanceDecision | None:
        """Return what was decided about a proposal; None while it is open."""
        ...

    def approval_of(self, centre_id: str, booked_file_id: str) -> AcceptanceDecision | None:
        """Return the approval by which a file went into the books; None for a clean one."""
        ...

    def open_gaps(self, centre_id: str, account_id: str) -> list[AcceptedGap]:
        """Return an account's accepted gaps that no statement has filled, the oldest first."""
        ...
