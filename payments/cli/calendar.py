"""``thuphi centre calendar``: holidays, and days of rest that are worked."""

from __future__ import annotations

from datetime import date, datetime

import click

from payments.cli.centre import acting_for, centre_option
from payments.cli.root import Root
from payments.services.set_calendar import set_calendar_day


@click.group()
def calendar() -> None:
    """The open days of a centre: Monday to Friday, and what is said of single days."""


@calendar.command("set")
@click.argument("day", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]))
@centre_option
@click.option("--open/--closed", "is_open", required=True, help="Whether the centre works.")
@click.option("--reason", required=True, help="Such as the name of the holiday.")
@click.pass_obj
def set_day(root: Root, *, day: datetime, centre_id: str, is_open: bool, reason: str) -> None:
    """Say of DAY that the centre rests on it or works."""
    actor = acting_for(root.wiring, centre_id)
    with root.wiring.open_uow() as uow:
        set_calendar_day(uow, root.wiring.world, actor, day.date(), is_open=is_open, reason=reason)
        uow.commit()
    click.echo(f"{day.date().isoformat()}\t{'open' if is_open else 'closed'}")


@calendar.command("list")
@centre_option
@click.pass_obj
def show(root: Root, centre_id: str) -> None:
    """List the days of which something is said: day, open or closed, why."""
    actor = acting_for(root.wiring, centre_id)
    with root.wiring.open_uow(write=False) as uow:
        for one in uow.days.said(actor.centre_id, date.min, date.max):
            state = "open" if one.is_open else "closed"
            click.echo(f"{one.day.isoformat()}\t{state}\t{one.reason}")
