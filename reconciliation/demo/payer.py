"""A citizen with a banking app: what to pay is read from the request, as it is from its code."""

from __future__ import annotations

from contextlib import closing

from payments.cli.root import Root
from payments.domain.errors import Invalid, NotFound
from payments.ports import OpenUnitOfWork
from payments.wiring import Wiring
from reconciliation.demo.bank import BankPayment
from reconciliation.demo.centre import CENTRE_ID
from reconciliation.demo.folder import DemoFolder
from reconciliation.demo.loopback import Client
from reconciliation.demo.year_play import bank_of

_MOST_CHARACTERS = 100


def pay_by_transfer(
    wiring: Wiring, folder: DemoFolder, text: str, amount: int | None
) -> BankPayment:
    """Pay into the centre's account with a text, through the bank of a running demo.

    Without an amount the text is a reference, and what its request still asks for is paid. Raises
    NotFound for a reference of no request, Invalid when there is nothing to pay.
    """
    wanted = " ".join(text.split())[:_MOST_CHARACTERS]
    if amount is None:
        wanted = wanted.upper()
        amount = amount_due(wiring.open_uow, wanted)
    with closing(Client(wiring.settings.base_url)) as client:
        return bank_of(folder, wiring, client).pay(wanted, amount)


def wiring_of(root: Root, folder: DemoFolder) -> Wiring:
    """Return the parts of a folder's service. Raises NotFound where no demo has been played."""
    if not folder.is_played:
        raise NotFound("demo_not_played", folder=str(folder.root))
    return root.build_wiring(folder.settings(folder.port))


def amount_due(open_uow: OpenUnitOfWork, reference: str) -> int:
    """Return what a request still asks for, in đồng. Raises NotFound and Invalid."""
    with open_uow(write=False) as uow:
        standing = uow.requests.by_references(CENTRE_ID, [reference]).get(reference)
    if standing is None:
        raise NotFound("reference_unknown", reference=reference)
    if standing.due == 0:
        raise Invalid("nothing_due", field="reference", reference=reference)
    return standing.due
