"""What a command of the tests answers, and how it is read."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import Result

Run = Callable[..., Result]


def answer(result: Result) -> dict[str, str]:
    """The lines of an answer, each a word and a value."""
    return dict(line.split("\t", 1) for line in result.stdout.splitlines())
