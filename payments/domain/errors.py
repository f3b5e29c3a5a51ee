"""The one tree of errors.

An error is a name, a code and facts; it carries no sentence and no HTTP status. ``web/errors.py``
holds the only table from error to status, and the catalogues hold the sentences in vi and en.

    PaymentsError
    ├── Invalid            the input is wrong: names the field or the line
    ├── NotFound           no such thing in this centre
    ├── Conflict           the thing exists, but its state or another fact forbids it
    ├── Forbidden          the person may not do this
    ├── NotAuthenticated   the sender could not prove who it is
    └── Unavailable        try again: nothing was done, or it is not known whether it was
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


class PaymentsError(Exception):
    """Base of every declared error. ``code`` names the sentence, ``facts`` fill its blanks."""

    def __init__(self, code: str, **facts: object) -> None:
        """Keep the code of the sentence and the facts it names."""
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        """Show the code and its facts, for logs and the command line."""
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({facts})" if facts else self.code


class Invalid(PaymentsError):
    """The input is wrong. ``facts['field']`` or ``facts['line']`` says where."""


class NotFound(PaymentsError):
    """No such thing in this centre."""


class Conflict(PaymentsError):
    """Another fact or the state of the thing forbids it."""


class Forbidden(PaymentsError):
    """This person may not do this."""


class NotAuthenticated(PaymentsError):
    """The sender did not prove who it is."""


class Unavailable(PaymentsError):
    """Nothing certain was done; the caller should try again."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: ``where`` is a line, row or field, ``code`` the sentence."""

    where: str
    code: str
    facts: dict[str, object] = field(default_factory=dict)


class InvalidFile(Invalid):
    """A file was refused whole. ``problems`` names every line that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep all problems, so that one look at the screen is enough to mend the file."""
        self.problems = tuple(problems)
        super().__init__("file_refused", count=len(self.problems))

    def __str__(self) -> str:
        """List the first problems, one a line."""
        lines = [f"{p.where}: {p.code} {p.facts or ''}".rstrip() for p in self.problems[:20]]
        return "\n".join(lines)
