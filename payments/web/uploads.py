"""Files that people send in a form, and how what is wrong with them is shown row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from payments.domain.errors import Invalid, InvalidFile, PaymentsError
from payments.web.errors import sentence

MOST_SHOWN = 200
"""Problems of one file that a page lists; who has mended so many sends the file again."""


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row of a file, as a person finds it, and the sentence that says what is wrong with it."""

    where: str
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


def wrongs(error: PaymentsError) -> Sequence[WrongRow | str]:
    """Return what an error says of a file: a row and its sentence, or one of the whole file."""
    if not isinstance(error, InvalidFile):
        return (sentence(error),)
    shown: list[WrongRow | str] = [
        WrongRow(_("Row %(row)s", row=problem.where), sentence(problem))
        for problem in error.problems[:MOST_SHOWN]
    ]
    if rest := len(error.problems) - len(shown):
        shown.append(_("… and %(count)s more.", count=rest))
    return shown
