"""Take dossiers in: from the one-stop software, from a file, or by hand at the counter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from payments.domain.dossier_codes import parse_dossier_code
from payments.domain.dossiers import Dossier, DossierSource
from payments.domain.errors import Invalid, InvalidFile, PaymentsError, Problem
from payments.domain.fees import Channel, PayerClass
from payments.domain.requests import RequestStanding
from payments.domain.staff import Actor
from payments.ports import UnitOfWork, World
from payments.services.issue_request import DEFAULT_EXPIRY, issue_request
from payments.services.record_event import record

MAX_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class NewDossier:
    """A dossier as its source describes it. ``where`` names the line or item for error messages.

    ``fees`` maps fee codes to quantities; None asks for no payment, an empty mapping asks for every
    fee in force once.
    """

    where: str
    code: str
    procedure_code: str
    applicant: str
    second_factor: str
    received_on: date
    channel: Channel = Channel.COUNTER
    payer_class: PayerClass = PayerClass.CITIZEN
    fees: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A dossier that is now known, with the request that was issued for it, if any.

    ``is_new`` is False when the same dossier had been registered before: telling twice is no error.
    """

    dossier: Dossier
    standing: RequestStanding | None
    is_new: bool


def register_dossiers(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    source: DossierSource,
    items: Sequence[NewDossier],
    *,
    expires_in: timedelta = DEFAULT_EXPIRY,
) -> list[Registered]:
    """Register dossiers all together or not at all, and issue the requests that come with them.

    ``expires_in`` is how long such a request invites to pay. Raises InvalidFile
    naming each item that is wrong: code, procedure, applicant, fee, or a code that is already
    registered with other content.
    """
    if len(items) > MAX_AT_ONCE:
        raise Invalid("too_many_dossiers", field="dossiers", limit=MAX_AT_ONCE)
    uow.centres.lock(actor.centre_id)
    problems: list[Problem] = []
    keys = _keys(items, problems)
    known = uow.requests.dossiers_by_key(actor.centre_id, set(keys.values()))
    procedures = {p.procedure_code for p in uow.centres.procedures(actor.centre_id)}
    answer: list[Registered] = []
    for item in items:
        if item.where not in keys:
            continue
        try:
            key = keys[item.where]
            if key in known:
                answer.append(_again(uow, world, actor, known[key], item, expires_in))
                continue
            dossier = _build(world, actor, source, item, key, procedures)
            uow.add(dossier)
            known[key] = dossier
            record(uow, world, actor, "dossier.registered", dossier.dossier_id, code=dossier.code)
            standing = _ask(uow, world, actor, dossier, item, expires_in, is_new=True)
            answer.append(Registered(dossier, standing, is_new=True))
        except PaymentsError as error:
            problems.append(Problem(item.where, error.code, dict(error.facts)))
    if problems:
        raise InvalidFile(problems)
    return answer


def _keys(items: Sequence[NewDossier], problems: list[Problem]) -> dict[str, str]:
    """Return the normalised code of each item, by where it stands; wrong codes become problems."""
    keys: dict[str, str] = {}
    for item in items:
        try:
            keys[item.where] = parse_dossier_code(item.code).key
        except Invalid as error:
            problems.append(Problem(item.where, error.code, dict(error.facts)))
    return keys


def _build(
    world: World,
    actor: Actor,
    source: DossierSource,
    item: NewDossier,
    key: str,
    procedures: set[str],
) -> Dossier:
    """Build a dossier of an item. Raises Invalid naming the field."""
    if item.procedure_code not in procedures:
        raise Invalid("procedure_unknown", field="procedure", procedure=item.procedure_code)
    applicant = " ".join(item.applicant.split())
    # Invisible letters and changes of writing direction would make one name look like another.
    if not 1 <= len(applicant) <= 200 or not applicant.isprintable():
        raise Invalid("applicant_missing", field="applicant")
    factor = item.second_factor.strip().upper()[-4:]
    if not (len(factor) == 4 and factor.isascii() and factor.isalnum()):
        raise Invalid("second_factor_wrong", field="second_factor")
    return Dossier(
        centre_id=actor.centre_id,
        dossier_id=world.ids.new(),
        code=parse_dossier_code(item.code).code,
        code_key=key,
        procedure_code=item.procedure_code,
        applicant=applicant,
        second_factor=factor,
        channel=item.channel,
        payer_class=item.payer_class,
        received_on=item.received_on,
        source=source,
        created_at=world.clock.now(),
    )


def _ask(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    dossier: Dossier,
    item: NewDossier,
    expires_in: timedelta,
    *,
    is_new: bool,
) -> RequestStanding | None:
    """Issue the request that comes with a dossier, if its source asks for one.

    All fees of a procedure that has none are nothing to ask for.
    """
    if item.fees is None:
        return None
    try:
        return issue_request(
            uow, world, actor, dossier, item.fees or None, expires_in=expires_in, is_new=is_new
        )
    except Invalid as error:
        if error.code == "no_fee_due" and not item.fees:
            return None
        raise


def _again(
    uow: UnitOfWork,
    world: World,
    actor: Actor,
    known: Dossier,
    item: NewDossier,
    expires_in: timedelta,
) -> Registered:
    """Answer a dossier that is told again, and ask now for what was not asked for before.

    Raises Invalid when it is told differently.
    """
    same = (
        known.procedure_code == item.procedure_code
        and known.applicant == " ".join(item.applicant.split())
        and known.received_on == item.received_on
    )
    if not same:
        raise Invalid("dossier_differs", field="code", dossier=known.code)
    standings = uow.requests.of_dossier(known.centre_id, known.dossier_id)
    if standings:
        return Registered(known, standings[-1], is_new=False)
    standing = _ask(uow, world, actor, known, item, expires_in, is_new=False)
    return Registered(known, standing, is_new=False)
