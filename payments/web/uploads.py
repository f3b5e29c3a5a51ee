"""Files that people send in a form, and how what is wrong with them is shown row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from payments.domain.errors import Invalid, InvalidFile, PaymentsError
from payments.web.errors import sentence_of_code
from payments.web.i18n import language

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


def wrongs(error: PaymentsError, columns: Mapping[str, Sequence[str]]) -> Sequence[WrongRow | str]:
    """Return what an error says of a file: a row and its sentence, or one of the whole file.

    ``columns`` are the names of the file's columns and the words that offices head them with.
    """
    if not isinstance(error, InvalidFile):
        return (sentence_of_code(error.code, _headed(error.facts, columns)),)
    shown: list[WrongRow | str] = [
        WrongRow(
            _("Row %(row)s", row=problem.where),
            sentence_of_code(problem.code, _headed(problem.facts, columns)),
        )
        for problem in error.problems[:MOST_SHOWN]
    ]
    if rest := len(error.problems) - len(shown):
        shown.append(_("… and %(count)s more.", count=rest))
    return shown


def _headed(
    facts: Mapping[str, object], columns: Mapping[str, Sequence[str]]
) -> Mapping[str, object]:
    """Return facts that call columns by the words of an office, where the page is Vietnamese."""
    if language() != "vi":
        return facts
    return {
        name: ", ".join(columns.get(one, (one,))[0] for one in str(value).split(", "))
        if name in {"column", "wanted"}
        else value
        for name, value in facts.items()
    }
