"""``thuphi statement propose``, ``approve``, ``refuse``, ``kept``: accept a file by two people.

Each of them proves who they are with their own password, on the terminal or as the first line of
standard input: the command line itself is nobody.
"""

from __future__ import annotations

import json
import sys

import click

from payments.cli.root import Root
from payments.domain.staff import StaffUser
from payments.services.sign_in import Attempt, prove_person
from reconciliation.cli.centres import centre_option, chosen_centre
from reconciliation.domain.statements import FileVerdict
from reconciliation.services.accept_file import (
    approve_acceptance,
    propose_acceptance,
    refuse_acceptance,
)
from reconciliation.store import queries_statements as queries
from reconciliation.store.unit_of_work import SqlBooks

_MOST = 1_000
_person = click.option("--as", "username", required=True, help="Your user name.")


@click.command("propose")
@click.argument("file_id")
@_person
@click.option("--reason", required=True, help="Why the file can be believed.")
@click.pass_obj
def propose(root: Root, file_id: str, username: str, reason: str) -> None:
    """Propose that a file which was kept apart be accepted; prints the proposal's identifier."""
    officer = _proven(root, username)
    wiring = root.wiring
    with SqlBooks(wiring.engine) as uow:
        proposal = propose_acceptance(
            uow, wiring.world, officer, wiring.statement_readers, file_id, reason
        )
        uow.commit()
    click.echo(proposal.proposal_id)


@click.command("approve")
@click.argument("proposal_id")
@_person
@click.pass_obj
def approve(root: Root, proposal_id: str, username: str) -> None:
    """Approve another person's proposal and book the file; prints what became of it as JSON."""
    officer = _proven(root, username)
    wiring = root.wiring
    with SqlBooks(wiring.engine) as uow:
        result = approve_acceptance(
            uow, wiring.world, officer, wiring.statement_readers, proposal_id
        )
        uow.commit()
    shown = {"file": result.file_id, "statements": result.statements,
             "entries_new": result.entries_new, "settled": result.settled}  # fmt: skip
    click.echo(json.dumps(shown, indent=2))


@click.command("refuse")
@click.argument("proposal_id")
@_person
@click.option("--reason", required=True, help="Why it is refused.")
@click.pass_obj
def refuse(root: Root, proposal_id: str, username: str, reason: str) -> None:
    """Refuse another person's proposal; the file stays kept apart."""
    officer = _proven(root, username)
    with SqlBooks(root.wiring.engine) as uow:
        refuse_acceptance(uow, root.wiring.world, officer, proposal_id, reason)
        uow.commit()
    click.echo(f"{proposal_id}: refused")


@click.command("kept")
@centre_option
@click.pass_obj
def waiting(root: Root, centre_id: str | None) -> None:
    """List the files that are kept apart: file, open proposal, broken rules, name."""
    with SqlBooks(root.wiring.engine, write=False) as uow:
        centre = chosen_centre(uow, centre_id)
        files = queries.statement_files(uow.session, centre.centre_id, limit=_MOST)
        for file in files:
            taken = uow.statements.file_of(centre.centre_id, file.body_sha256, FileVerdict.IMPORTED)
            if file.verdict is FileVerdict.IMPORTED or taken is not None:
                continue
            rounds = uow.acceptances.proposals(centre.centre_id, file.file_id)
            proposal = rounds[-1].proposal_id if file.is_proposed else "-"
            rules = sorted({str(one["rule"]) for one in json.loads(file.problems)})
            click.echo(f"{file.file_id}\t{proposal}\t{','.join(rules)}\t{file.name}")


def _proven(root: Root, username: str) -> StaffUser:
    """Return the person whose password was typed. Raises NotAuthenticated otherwise."""
    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    wiring = root.wiring
    attempt = Attempt(username, password, "command-line")
    return prove_person(wiring.open_uow, wiring.world, wiring.passwords, attempt)
