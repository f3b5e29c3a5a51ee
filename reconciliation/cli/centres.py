"""Which centre a command is about, when there is more than one."""

from __future__ import annotations

import click

from payments.domain.centres import Centre
from payments.domain.errors import Invalid
from payments.domain.staff import Actor
from payments.ports import UnitOfWork

centre_option = click.option(
    "--centre", "centre_id", default=None, help="The centre; may be left out when there is one."
)


def chosen_centre(uow: UnitOfWork, centre_id: str | None) -> Centre:
    """Return the named centre, or the only one. Raises Invalid when there are several."""
    if centre_id is not None:
        return uow.centres.get(centre_id)
    known = uow.centres.all()
    if len(known) != 1:
        names = ", ".join(centre.centre_id for centre in known)
        raise Invalid("centre_missing", field="--centre", known=names)
    return known[0]


def command_line(centre: Centre) -> Actor:
    """Return who a command acts as."""
    return Actor(centre.centre_id, "job:command_line")
