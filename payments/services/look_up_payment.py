"""Open the citizen's page by dossier code and last four characters, letting nobody guess."""

from __future__ import annotations

import hmac

from payments.domain.dossier_codes import parse_dossier_code
from payments.domain.dossiers import Dossier
from payments.domain.requests import RequestStanding
from payments.ports import UnitOfWork, World
from payments.services.sign_in import WINDOW, refuse_too_many

# Ten thousand endings are possible: at five tries a quarter of an hour they last three weeks.
MOST_PER_CODE = 5
# A whole village may share one address of its mobile network.
MOST_PER_NETWORK = 40


def look_up_payment(
    uow: UnitOfWork, world: World, *, code: str, second_factor: str, network: str
) -> RequestStanding | None:
    """Return the newest request of a dossier, or None when code and ending do not fit together.

    The caller commits either way, because a vain attempt is counted. A wrong code and a wrong
    ending are not told apart. Raises Invalid for what is no dossier code, Unavailable after too
    many vain attempts for a code or from a network.
    """
    now = world.clock.now()
    key = parse_dossier_code(code).key
    limits = {
        f"look-up:code:{key}": MOST_PER_CODE,
        f"look-up:network:{network}"[:128]: MOST_PER_NETWORK,
    }
    for bucket, most in limits.items():
        refuse_too_many(uow, now, bucket, most)
    ending = second_factor.strip().upper()
    for dossier in uow.requests.dossiers_of_code(key):
        if _fits(dossier, ending):
            standing = _newest(uow, dossier)
            if standing is not None:
                return standing
    for bucket in limits:
        uow.staff.count_failure(bucket, now=now, since=now - WINDOW)
    return None


def _fits(dossier: Dossier, ending: str) -> bool:
    """Compare the ending in the same time whatever it is."""
    return hmac.compare_digest(dossier.second_factor.encode(), ending.encode())


def _newest(uow: UnitOfWork, dossier: Dossier) -> RequestStanding | None:
    """Return the dossier's last request that was not cancelled, or else its last one."""
    standings = uow.requests.of_dossier(dossier.centre_id, dossier.dossier_id)
    live = [standing for standing in standings if not standing.is_cancelled]
    latest = live or standings
    return latest[-1] if latest else None
