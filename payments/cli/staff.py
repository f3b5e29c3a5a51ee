"""``thuphi staff``: the first administrator, and passwords when nobody can sign in any more."""

from __future__ import annotations

import sys

import click

from payments.cli.centre import ACTOR, acting_for, centre_option
from payments.cli.root import Root
from payments.domain.errors import NotFound
from payments.domain.staff import Actor, Role
from payments.services import manage_staff


@click.group()
def staff() -> None:
    """Add people and set passwords."""


@staff.command()
@click.argument("username")
@centre_option
@click.option("--name", required=True, help="The person's full name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.pass_obj
def add(root: Root, username: str, centre_id: str, name: str, role: str) -> None:
    """Add a person. The password is asked for, or read from standard input."""
    wiring = root.wiring
    password = manage_staff.check_password(_password(), username)
    person = manage_staff.NewPerson(username, name, role, password)
    with wiring.open_uow() as uow:
        user = manage_staff.add_person(
            uow,
            wiring.world,
            acting_for(wiring, centre_id),
            person,
            wiring.passwords.hash(password),
        )
        uow.commit()
    click.echo(f"{user.username} {user.role.value} {user.staff_id}")


@staff.command("list")
@centre_option
@click.pass_obj
def show(root: Root, centre_id: str) -> None:
    """List a centre's people: user name, role, whether they may sign in, full name."""
    acting = acting_for(root.wiring, centre_id)
    with root.wiring.open_uow(write=False) as uow:
        for user in uow.staff.all(acting.centre_id):
            state = "active" if user.is_active else "off"
            click.echo(f"{user.username}\t{user.role.value}\t{state}\t{user.display_name}")


@staff.command()
@click.argument("username")
@click.pass_obj
def password(root: Root, username: str) -> None:
    """Give a person another password and end their sign-ins."""
    wiring = root.wiring
    text = manage_staff.check_password(_password(), username)
    password_hash = wiring.passwords.hash(text)
    with wiring.open_uow() as uow:
        user = uow.staff.by_username(username)
        if user is None:
            raise NotFound("staff_unknown")
        manage_staff.set_password(
            uow, wiring.world, Actor(user.centre_id, ACTOR), user.staff_id, password_hash
        )
        uow.commit()
    click.echo(f"{username}: password set")


def _password() -> str:
    """Ask twice on a terminal; else take the first line of standard input, never an argument."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
