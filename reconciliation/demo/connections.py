"""The demo centre's connections: one account and one address for each provider that announces.

They are opened by the use cases of any administrator, on the terms that the pretended provider
offers. Two providers never announce one account, so every one of them watches its own.
"""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Sequence
from random import Random, SystemRandom
from typing import Final

from payments.domain.errors import Invalid
from payments.services.authenticate_delivery import ADDRESSES
from payments.services.manage_endpoints import add_endpoint
from payments.services.set_up_centre import add_account
from payments.wiring import Wiring
from reconciliation.demo.bank import OPENING_BALANCE, Customer, DemoBank
from reconciliation.demo.centre import ACTOR, CENTRE_ID
from reconciliation.demo.courier import PostDelivery, Wait
from reconciliation.demo.folder import DemoFolder
from reconciliation.demo.loopback import LOOPBACK

MAIN: Final = "sepay"
"""The provider of the account that citizens are shown."""

OF_THE_YEAR: Final = (MAIN, "casso", "payos", "vietinbank")
"""The providers that announced the transfers of the played year, the main one first.

All of them prove what they tell, so that a transfer pays its request at once.
"""

_MAIN_ACCOUNT: Final = "1021000002021"
_HOLDER: Final = "TRUNG TAM HCC HUONG TRA"


def connect(wiring: Wiring, folder: DemoFolder, provider: str) -> None:
    """Open an account and an address for a provider, unless it has them.

    Raises Invalid for a provider that is not installed with a pretended half.
    """
    if provider not in wiring.simulators or provider not in wiring.adapters:
        known = ", ".join(sorted(wiring.simulators.keys() & wiring.adapters.keys()))
        raise Invalid("provider_not_simulated", field="via", provider=provider, known=known)
    folder.bank.mkdir(mode=0o700, exist_ok=True)
    with (folder.bank / "connections.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if provider not in connected(folder):
            DemoBank.found(folder.bank / provider, _opened(wiring, provider))


def connected(folder: DemoFolder) -> Sequence[str]:
    """Return the providers that have an address here, the main one first."""
    found = sorted(path.parent.name for path in folder.bank.glob("*/customer.json"))
    return sorted(found, key=lambda name: name != MAIN)


def bank_of(
    folder: DemoFolder, wiring: Wiring, post: PostDelivery, wait: Wait, provider: str = MAIN
) -> DemoBank:
    """Return the simulated bank of a provider, whose announcements go out by ``post``."""
    clock = wiring.world.clock
    # Texts are spoiled differently each year and day, and the same way in each play of the year.
    random = Random(clock.now().timestamp())  # noqa: S311 -- nothing secret is drawn.
    simulator = wiring.simulators[provider]
    return DemoBank(folder.bank / provider, simulator, clock, random, post, wait)


def _opened(wiring: Wiring, provider: str) -> Customer:
    """Agree on terms with a provider, and open what they need."""
    adapter = wiring.adapters[provider]
    terms = wiring.simulators[provider].terms(adapter.declaration, SystemRandom())
    settings = dict(terms.settings)
    if adapter.declaration.way(terms.way).is_provisional:
        # What proves little is taken from this machine only.
        settings[ADDRESSES] = LOOPBACK
    with wiring.open_uow() as uow:
        account = add_account(
            uow,
            wiring.world,
            ACTOR,
            bank_bin=terms.bank_bin,
            account_number=_account_number(provider),
            holder=_HOLDER,
        )
        endpoint = add_endpoint(
            uow,
            wiring.world,
            wiring.secret_box,
            ACTOR,
            adapter,
            account_id=account.account_id,
            way=terms.way,
            secrets=terms.given,
            settings=settings,
        )
        uow.commit()
    return Customer(
        provider=provider,
        account_number=account.account_number,
        known_as=settings.get(adapter.declaration.account_setting, account.account_number),
        holder=_HOLDER,
        opening=OPENING_BALANCE if provider == MAIN else 0,
        webhook=f"/webhooks/{endpoint.endpoint_id}",
        way=terms.way,
        settings=settings,
        secrets={**endpoint.secrets, **terms.kept},
        statements=str(wiring.settings.statement_dir / CENTRE_ID),
    )


def _account_number(provider: str) -> str:
    """Return an account number that is the same in every demo."""
    if provider == MAIN:
        return _MAIN_ACCOUNT
    return f"1021{zlib.crc32(provider.encode()) % 10**6:06d}021"
