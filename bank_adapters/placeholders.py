"""Placeholders in a declared answer: {event_id}, {amount}, {field:PATH} and {now:PATTERN}."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([^{}]*))?\}")

Placeholder = tuple[str, str]
"""The name of a placeholder, and what stands behind its colon."""


def placeholders(body: object) -> list[Placeholder]:
    """Return the placeholders in the texts of a JSON value."""
    text = json.dumps(body, ensure_ascii=False)
    return [(found[1], found[2] or "") for found in _PLACEHOLDER.finditer(text)]


def filled(body: object, values: Mapping[Placeholder, str]) -> object:
    """Return a JSON value with its placeholders filled; one without a value is empty."""
    if isinstance(body, str):
        return _PLACEHOLDER.sub(lambda found: values.get((found[1], found[2] or ""), ""), body)
    if isinstance(body, list):
        return [filled(item, values) for item in body]
    if isinstance(body, dict):
        return {key: filled(item, values) for key, item in body.items()}
    return body
