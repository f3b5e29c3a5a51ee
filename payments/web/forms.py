"""Reading forms: trimmed text in one Unicode form, and errors beside the field they belong to."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import render_template, request

from payments.domain.errors import Invalid, PaymentsError
from payments.web.errors import field_errors, status_of

MOST_CHARACTERS = 4_000


def text(name: str, default: str = "") -> str:
    """Return a field's text: NFC, without blanks around it. Raises Invalid when it is too long."""
    value = unicodedata.normalize("NFC", request.form.get(name, default)).strip()
    if len(value) > MOST_CHARACTERS or "\0" in value:
        raise Invalid("field_malformed", field=name)
    return value


def required(name: str) -> str:
    """Return a field's text. Raises Invalid when it is empty."""
    value = text(name)
    if not value:
        raise Invalid("field_missing", field=name)
    return value


def whole(name: str) -> int:
    """Return a field's whole number in ASCII digits. Raises Invalid naming the field."""
    value = required(name)
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        raise Invalid("number_wanted", field=name)
    return int(value)


def is_ticked(name: str) -> bool:
    """Say whether a box is ticked."""
    return name in request.form


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent, with the sentences that say what is wrong with it.

    In a template: ``{{ field("code", _("Code"), form) }}``. ``errors[""]`` is about the whole form.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, error: PaymentsError | None = None) -> Filled:
        """Return what was sent, with an error's sentence at its field."""
        return cls(request.form.to_dict(), field_errors(error) if error else {})


def refused(template: str, error: PaymentsError, **context: object) -> tuple[str, HTTPStatus]:
    """Render a form again with what was typed and what is wrong, under the error's status."""
    return render_template(template, form=Filled.sent(error), **context), status_of(error)
