"""``thuphi centre``: set up a centre, the account citizens pay into, and its counters."""

from __future__ import annotations

import click

from payments.cli.root import Root
from payments.config import minutes
from payments.domain.business_day import MIDNIGHT_MINUTES
from payments.domain.errors import Invalid
from payments.domain.staff import Actor
from payments.services import set_up_centre
from payments.wiring import Wiring

ACTOR = "job:command_line"

centre_option = click.option(
    "--centre", "centre_id", default="", help="The centre; not needed where there is only one."
)


def acting_for(wiring: Wiring, centre_id: str) -> Actor:
    """Return the command line as an actor of a centre; without a name, of the only centre.

    Raises Invalid when there is none or several, NotFound for an unknown one.
    """
    with wiring.open_uow(write=False) as uow:
        if centre_id:
            return Actor(uow.centres.get(centre_id).centre_id, ACTOR)
        known = [centre.centre_id for centre in uow.centres.all()]
    if len(known) != 1:
        raise Invalid("centre_wanted", field="--centre", known=", ".join(known) or "none")
    return Actor(known[0], ACTOR)


@click.group()
def centre() -> None:
    """Set up a centre, its account and its counters."""


def _cutoff(_context: click.Context, _option: click.Parameter, value: str) -> int:
    """Read a local time; 24:00 is midnight at the end of the day."""
    if value == "24:00":
        return MIDNIGHT_MINUTES
    try:
        return minutes(value)
    except Invalid as error:
        raise click.BadParameter("a time such as 17:00") from error


@centre.command()
@click.argument("centre_id")
@click.option("--name", required=True, help="As it stands on receipts.")
@click.option("--address", required=True)
@click.option("--unit-code", required=True, help="Its identifier in dossier codes: H57.12")
@click.option("--tax-code", default="")
@click.option("--prefix", required=True, help="Three or four letters that begin its payment codes.")
@click.option(
    "--cutoff",
    default="24:00",
    show_default=True,
    callback=_cutoff,
    help="The local time at which the next business day begins.",
)
@click.pass_obj
def create(
    root: Root,
    *,
    centre_id: str,
    name: str,
    address: str,
    unit_code: str,
    tax_code: str,
    prefix: str,
    cutoff: int,
) -> None:
    """Create a centre; CENTRE_ID is short, of capitals and digits, and never changes."""
    wiring = root.wiring
    with wiring.open_uow() as uow:
        made = set_up_centre.create_centre(
            uow,
            wiring.world,
            actor_id=ACTOR,
            centre_id=centre_id,
            name=name,
            address=address,
            unit_code=unit_code,
            tax_code=tax_code,
            reference_prefix=prefix,
            cutoff_minutes=cutoff,
        )
        uow.commit()
    click.echo(f"{made.centre_id}\t{made.name}")


@centre.command("list")
@click.pass_obj
def show(root: Root) -> None:
    """List the centres: identifier, payment code prefix, name."""
    with root.wiring.open_uow(write=False) as uow:
        for one in uow.centres.all():
            click.echo(f"{one.centre_id}\t{one.reference_prefix}\t{one.name}")


@centre.group()
def account() -> None:
    """The bank accounts of a centre."""


@account.command("add")
@centre_option
@click.option("--bank", "bank_bin", required=True, help="The bank's six digits; see: thuphi banks.")
@click.option("--number", required=True)
@click.option("--holder", required=True, help="The holder's name as the bank has it.")
@click.pass_obj
def add_account(root: Root, *, centre_id: str, bank_bin: str, number: str, holder: str) -> None:
    """Add an account; the first one is the one that citizens pay into."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        made = set_up_centre.add_account(
            uow, wiring.world, actor, bank_bin=bank_bin, account_number=number, holder=holder
        )
        uow.commit()
    use = "collecting" if made.is_collecting else "other"
    click.echo(f"{made.account_id}\t{made.bank_bin}\t{made.account_number}\t{use}")


@account.command("list")
@centre_option
@click.pass_obj
def list_accounts(root: Root, *, centre_id: str) -> None:
    """List the accounts: identifier, bank, number, holder, whether citizens pay into it."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow(write=False) as uow:
        for one in uow.centres.accounts(actor.centre_id):
            use = "collecting" if one.is_collecting else "other"
            click.echo(
                f"{one.account_id}\t{one.bank_bin}\t{one.account_number}\t{one.holder}\t{use}"
            )


@centre.group()
def counter() -> None:
    """The counters of a centre."""


@counter.command("add")
@centre_option
@click.argument("name")
@click.pass_obj
def add_counter(root: Root, *, centre_id: str, name: str) -> None:
    """Add a counter; prints its name and the address of its citizen display."""
    wiring = root.wiring
    actor = acting_for(wiring, centre_id)
    with wiring.open_uow() as uow:
        made = set_up_centre.add_counter(uow, wiring.world, actor, name=name)
        uow.commit()
    click.echo(f"{made.name}\t{wiring.settings.base_url}/display/{made.display_token}")
