"""A citizen with a banking app: what to pay is read from the request, as it is from its code."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Final

from payments.cli.root import Root
from payments.domain.errors import Invalid, NotFound
from payments.ports import OpenUnitOfWork
from payments.wiring import Wiring
from reconciliation.demo.bank import BankPayment
from reconciliation.demo.centre import CENTRE_ID
from reconciliation.demo.connections import MAIN, bank_of, connect
from reconciliation.demo.courier import PROMPT, Manners, Wait, wait_really
from reconciliation.demo.folder import DemoFolder
from reconciliation.demo.loopback import Client

_MOST_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Route:
    """Which way a payment goes: by which provider, in how many parts, and how it is announced."""

    provider: str = MAIN
    parts: int = 1
    manners: Manners = PROMPT


STRAIGHT: Final = Route()


def pay_by_transfer(
    wiring: Wiring,
    folder: DemoFolder,
    text: str,
    amount: int | None,
    route: Route = STRAIGHT,
    *,
    wait: Wait = wait_really,
) -> list[BankPayment]:
    """Pay into an account of the centre with a text, through a bank of a running demo.

    Without an amount the text is a reference, and what its request still asks for is paid. The
    provider's account and address are opened first if there are none. Raises NotFound for a
    reference of no request, Invalid when there is nothing to pay or the provider is not known.
    """
    wanted = " ".join(text.split())[:_MOST_CHARACTERS]
    if amount is None:
        wanted = wanted.upper()
        amount = amount_due(wiring.open_uow, wanted)
    connect(wiring, folder, route.provider)
    with closing(Client(wiring.settings.base_url)) as client:
        bank = bank_of(folder, wiring, client.post_delivery, wait, route.provider)
        return bank.pay_in_parts(wanted, divided(amount, route.parts), route.manners)


def divided(amount: int, parts: int) -> list[int]:
    """Return so many amounts, as alike as can be, that make up an amount of đồng.

    Raises Invalid where a part would be nothing.
    """
    if amount < parts:
        raise Invalid("amount_out_of_range", field="amount", limit=amount)
    each, rest = divmod(amount, parts)
    return [each + (number < rest) for number in range(parts)]


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
