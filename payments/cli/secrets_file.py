"""The option ``--secrets`` of commands that take secrets, which must not stand in arguments."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import BinaryIO, TypeVar

import click

from payments.domain.errors import Invalid

F = TypeVar("F", bound=Callable[..., None])


def secrets_option(command: F) -> F:
    """Add the option of the provider's own secrets; as arguments others would see them."""
    option = click.option(
        "--secrets",
        "secrets_file",
        type=click.File("rb"),
        help="JSON object of secrets by name; - is standard input. What is missing is drawn.",
    )
    return option(command)


def given(secrets_file: BinaryIO | None) -> dict[str, str]:
    """Return the secrets of a file. Raises Invalid for what is no JSON object of texts."""
    if secrets_file is None:
        return {}
    try:
        given = json.loads(secrets_file.read())
    except (ValueError, RecursionError):
        raise Invalid("secrets_not_json", field="--secrets") from None
    if not isinstance(given, dict) or not given:
        raise Invalid("secrets_not_object", field="--secrets")
    for name, value in given.items():
        if not isinstance(value, str) or not value.strip():
            raise Invalid("secret_missing", field=name)
    return given
