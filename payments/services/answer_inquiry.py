"""Tell a provider what is due for a code, before it lets its customer pay."""

from __future__ import annotations

from payments.domain.adapters import Bill, BillInquiry
from payments.domain.bank_messages import ReplyKind
from payments.domain.centres import Centre
from payments.domain.references import find_references
from payments.domain.requests import RequestState
from payments.ports import UnitOfWork, World

_ASKS_FOR_MONEY = frozenset({RequestState.OPEN, RequestState.SHORT})


def answer_inquiry(
    uow: UnitOfWork, world: World, centre: Centre, inquiry: BillInquiry
) -> tuple[ReplyKind, Bill | None]:
    """Return what is due for the code of an open request of this centre.

    A request that is paid is REPEATED; one that asks for nothing any more, a code of another
    centre and a code that is not whole are UNKNOWN_REFERENCE: a bill is never guessed.
    """
    found = find_references(inquiry.reference, centre.reference_prefix, repair=False)
    references = {item.reference for item in found}
    if len(references) != 1:
        return ReplyKind.UNKNOWN_REFERENCE, None
    standing = uow.requests.by_references(centre.centre_id, references).get(references.pop())
    if standing is None:
        return ReplyKind.UNKNOWN_REFERENCE, None
    state = standing.state(world.clock.now())
    if state is RequestState.PAID:
        return ReplyKind.REPEATED, None
    if state not in _ASKS_FOR_MONEY or not standing.due:
        return ReplyKind.UNKNOWN_REFERENCE, None
    bill = Bill(
        standing.request.reference, standing.due, standing.dossier.applicant, standing.dossier.code
    )
    return ReplyKind.ACCEPTED, bill
