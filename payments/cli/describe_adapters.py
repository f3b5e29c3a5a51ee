"""``thuphi adapters describe`` and ``check``: what a provider needs, and why it was refused."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from datetime import datetime
from typing import BinaryIO

import click

from payments.cli.check_request import judge, read_credentials
from payments.cli.raw_request import read_raw_request
from payments.cli.root import Root
from payments.domain.business_day import from_local
from payments.domain.errors import Invalid, PaymentsError
from payments.ports import BankAdapter
from payments.wiring import SystemClock

_UNUSABLE = 2


@click.command()
@click.argument("name", default="")
@click.pass_obj
def describe(root: Root, *, name: str) -> None:
    """Print what a provider needs and sends, as JSON; without a name, the providers there are."""
    known = sorted(root.adapters.items())
    told = _described(root.adapter(name)) if name else [_listed(one) for _, one in known]
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


@click.command()
@click.argument("name")
@click.option(
    "--secrets",
    "secrets_file",
    type=click.File("rb"),
    required=True,
    help="JSON object: names of secrets and settings, as described, and their values.",
)
@click.option("--now", "now_text", default="", help="ISO 8601, in Vietnam unless it says where.")
@click.option("--address", default="", help="The address that the request came from.")
@click.pass_obj
def check(root: Root, *, name: str, secrets_file: BinaryIO, now_text: str, address: str) -> None:
    """Judge one raw HTTP request on standard input, as the service would, without a database.

    Prints JSON. Ends with 0 when the sender is proven and the body is read, with 1 otherwise, and
    with 2 when the secrets or the request cannot be used.
    """
    try:
        adapter = root.adapter(name)
        ways = read_credentials(secrets_file.read(), adapter.declaration)
        raw = sys.stdin.buffer.read()
        request = read_raw_request(raw, adapter.declaration, address)
        now = _instant(now_text) if now_text else SystemClock().now()
    except PaymentsError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_UNUSABLE)
    report = judge(adapter, request, ways, now)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    click.echo(text.encode("utf-8", "backslashreplace"))
    sys.exit(0 if report["authenticated"] and "error" not in report else 1)


def _listed(adapter: BankAdapter) -> dict[str, object]:
    """Return how an adapter stands in the list."""
    declared = adapter.declaration
    return {
        "name": adapter.name,
        "title": declared.title,
        "ways": [way.name for way in declared.ways],
    }


def _described(adapter: BankAdapter) -> dict[str, object]:
    """Return an adapter's declaration as JSON has it."""
    declared = adapter.declaration
    return {"name": adapter.name, **asdict(replace(declared, fields=dict(declared.fields)))}


def _instant(text: str) -> datetime:
    """Return an instant. Raises Invalid for what is no time of ISO 8601."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("time_malformed", field="--now") from None
    return moment if moment.tzinfo else from_local(moment)
