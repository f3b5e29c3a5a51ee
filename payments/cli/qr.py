"""Commands that need no database: VietQR codes, the bank list and payment references."""

from __future__ import annotations

import json
import re
import secrets
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from payments.domain import banks as bank_data
from payments.domain import vietqr
from payments.domain.dossier_codes import find_dossier_codes
from payments.domain.emv import Tag
from payments.domain.errors import Invalid, PaymentsError
from payments.domain.reference_code import check_prefix
from payments.domain.references import find_references, new_reference
from payments.domain.vietqr import ParsedQR, VietQR

T = TypeVar("T")
DEFAULT_PREFIX = "TPX"
_FIELDS = ("bin", "account", "amount", "text", "name", "city")
_REQUIRED = ("bin", "account")


def whole(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """Read an amount of ASCII digits only; int() alone would also take 5_0 and Arabic digits."""
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise click.BadParameter("a whole number of dong, digits only")
    return int(value)


def _prefix(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Refuse a prefix that no deployment may have."""
    try:
        check_prefix(value)
    except Invalid as error:
        raise click.BadParameter("three or four capital letters") from error
    return value


_prefix_option = click.option(
    "--prefix",
    default=DEFAULT_PREFIX,
    show_default=True,
    callback=_prefix,
    help="The deployment's three or four letters.",
)
_stdin_option = click.option(
    "--stdin", "from_stdin", is_flag=True, help="Read one item a line; answer one line each."
)


@click.group()
def qr() -> None:
    """Write and read VietQR payloads."""


@qr.command()
@click.option("--bin", "bin_", help="The bank's six digits; see: thuphi banks.")
@click.option("--account", help="Account, virtual account or card: 1 to 19 letters and digits.")
@click.option("--amount", callback=whole, help="Whole dong; without it the code is static.")
@click.option("--text", help="Transfer text, at most 25 plain characters (tag 62/08).")
@click.option("--name", help="Name of the payee, at most 25 plain characters (tag 59).")
@click.option("--city", help="City of the payee, at most 15 plain characters (tag 60).")
@_stdin_option
def encode(
    *,
    bin_: str | None,
    account: str | None,
    amount: int | None,
    text: str | None,
    name: str | None,
    city: str | None,
    from_stdin: bool,
) -> None:
    """Print the payload of a code, with only the tags that were asked for.

    With --stdin: JSON lines in ({"bin": ..., "account": ..., "amount": ...}), payload lines out.
    """
    if from_stdin:
        if any(value is not None for value in (bin_, account, amount, text, name, city)):
            raise click.UsageError("--stdin takes its values from the lines")
        _each_line(_encode_line)
        return
    if bin_ is None or account is None:
        raise click.UsageError("--bin and --account are needed")
    code = VietQR(bin=bin_, account=account, amount=amount, text=text, name=name, city=city)
    click.echo(or_exit(lambda: vietqr.build(code)))


@qr.command()
@click.argument("payload", required=False)
@_stdin_option
def decode(payload: str | None, *, from_stdin: bool) -> None:
    """Print what a payload says as JSON, or exit 1 with the reason.

    With --stdin: payload lines in, JSON lines out.
    """
    if from_stdin == (payload is not None):
        raise click.UsageError("give one PAYLOAD, or --stdin")
    if payload is None:
        _each_line(lambda line: _json(_described(vietqr.parse(line))))
    else:
        click.echo(or_exit(lambda: _json(_described(vietqr.parse(payload)), indent=2)))


def _encode_line(line: str) -> str:
    """Build the payload a JSON line asks for. Raises Invalid."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Invalid("json_unreadable", field="line") from error
    if not isinstance(asked, dict):
        raise Invalid("json_not_object", field="line")
    for name, value in asked.items():
        if name not in _FIELDS:
            raise Invalid("field_unknown", field=name)
        if value is not None and name != "amount" and not isinstance(value, str):
            raise Invalid("field_not_text", field=name)
    for name in _REQUIRED:
        if asked.get(name) is None:
            raise Invalid("field_missing", field=name)
    return vietqr.build(VietQR(**asked))


def _described(parsed: ParsedQR) -> dict[str, Any]:
    """Describe a code for JSON: what a payer needs first, then every tag."""
    amount = parsed.amount_text if parsed.amount is None else parsed.amount
    return {
        "bin": parsed.bin,
        "account": parsed.account,
        "amount": amount,
        "text": parsed.text,
        "service": parsed.service,
        "crc": parsed.crc_stated,
        "tags": _nested(parsed.tags),
        "remarks": [{"tag": one.where, "code": one.code} for one in parsed.remarks],
    }


def _nested(tags: tuple[Tag, ...]) -> dict[str, Any]:
    """Turn tags into a mapping from number to value, or to the tags inside."""
    return {tag.id: _nested(tag.children) if tag.children else tag.value for tag in tags}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def banks(*, as_json: bool) -> None:
    """Show the banks a VietQR can pay: BIN, name, full name and former names."""
    listed = bank_data.bank_list()
    if as_json:
        rows = [
            {
                "bin": bank.bin,
                "short_name": bank.short_name,
                "name": bank.name,
                "former_names": bank.former_names,
                "in_sbv_list": bank.in_sbv_list,
            }
            for bank in listed.by_bin.values()
        ]
        click.echo(_json({"as_of": listed.as_of.isoformat(), "banks": rows}, indent=2))
        return
    for bank in listed.by_bin.values():
        former = f" ({', '.join(bank.former_names)})" if bank.former_names else ""
        click.echo(f"{bank.bin}  {bank.short_name:<16}  {bank.name}{former}")
    click.echo(f"{len(listed.by_bin)} BIN, {listed.as_of.isoformat()}")
    for name, what, where in listed.sources:
        click.echo(f"  {name}: {what} ({where})")


@click.group()
def reference() -> None:
    """Draw payment references and find them in texts."""


@reference.command()
@click.option("--count", type=click.IntRange(1, 1_000_000), default=1, show_default=True)
@_prefix_option
def new(*, count: int, prefix: str) -> None:
    """Print fresh references, all different."""
    fresh: dict[str, None] = {}
    while len(fresh) < count:
        fresh[new_reference(prefix, secrets.randbelow)] = None
    click.echo("\n".join(fresh))


@reference.command()
@click.argument("text", required=False)
@_prefix_option
@_stdin_option
def find(text: str | None, *, prefix: str, from_stdin: bool) -> None:
    """Print the references in a text as JSON, and dossier numbers as a weaker hint.

    With --stdin: one text a line in, one JSON line out. A line that is not UTF-8 is read all the
    same: each byte that does not fit counts as one character that stands for none.
    """
    if from_stdin == (text is not None):
        raise click.UsageError("give one TEXT, or --stdin")
    if text is None:
        for raw in sys.stdin.buffer:
            click.echo(_found(_without_end(raw.decode(errors="replace")), prefix))
    else:
        click.echo(_found(text, prefix))


def _found(text: str, prefix: str) -> str:
    """Return the JSON line of what a text holds: references, the best candidate of a place first.

    Dossier numbers are a hint of lower rank, and named only where there are some.
    """
    answer: dict[str, Any] = {
        "references": [
            {"reference": one.reference, "start": one.start, "end": one.end, "how": one.how}
            for one in find_references(text, prefix)
        ]
    }
    codes = find_dossier_codes(text)
    if codes:
        answer["dossier_codes"] = [
            {"key": one.key, "start": one.start, "end": one.end} for one in codes
        ]
    return _json(answer)


def _each_line(answer: Callable[[str], str]) -> None:
    """Answer each line of standard input with one line; a bad one with its error, in its place."""
    for line in _lines():
        try:
            if line is None:
                raise Invalid("not_utf8", field="line")
            click.echo(answer(line))
        except PaymentsError as error:
            click.echo(_json({"error": error.code, "facts": error.facts}))


def _lines() -> Iterator[str | None]:
    """Yield the lines of standard input; None stands for one that is not UTF-8."""
    for raw in sys.stdin.buffer:
        try:
            yield _without_end(raw.decode())
        except UnicodeDecodeError:
            yield None


def _without_end(line: str) -> str:
    """Return a line without its end; a carriage return inside is part of the text."""
    return line.removesuffix("\n").removesuffix("\r")


def or_exit(answer: Callable[[], T]) -> T:
    """Return the answer, or say why there is none and exit 1."""
    try:
        return answer()
    except PaymentsError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _json(value: object, indent: int | None = None) -> str:
    """Write JSON with Vietnamese letters as they are; what UTF-8 cannot hold is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=repr)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, default=repr)
    return text
