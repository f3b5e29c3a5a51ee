"""Files that people send in a form, and how what is wrong with them is shown row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from payments.domain.errors import Invalid, InvalidFile, PaymentsError, Problem
from payments.web.errors import sentence

MOST_SHOWN = 200
"""Problems of one file that a page lists; who has mended so many sends the file again."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a file: the row, empty for the file as a whole, and the sentence."""

    row: str
    sentence: str


def uploaded(name: str, most_bytes: int | None = None) -> tuple[str, bytes]:
    """Return the name and the bytes of a file. Raises Invalid when none was chosen or too large."""
    file = request.files.get(name)
    if file is None or not file.filename:
        raise Invalid("file_missing", field=name)
    body = file.read()
    if not body:
        raise Invalid("table_empty", field=name)
    if most_bytes is not None and len(body) > most_bytes:
        raise Invalid("file_too_large", field=name, most_bytes=most_bytes)
    return file.filename, body


def wrongs(error: PaymentsError) -> Sequence[Wrong]:
    """Return what an error says of a file, one line a row."""
    if isinstance(error, InvalidFile):
        return _shown(error.problems)
    return (Wrong("", sentence(error)),)


def _shown(problems: Iterable[Problem]) -> Sequence[Wrong]:
    everything = [Wrong(problem.where, sentence(problem)) for problem in problems]
    if len(everything) <= MOST_SHOWN:
        return everything
    rest = len(everything) - MOST_SHOWN
    return [*everything[:MOST_SHOWN], Wrong("", _("… and %(count)s more.", count=rest))]
