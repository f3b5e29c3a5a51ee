"""Addresses of style sheets and scripts change with their content, so browsers may keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

_FOLDER = Path(__file__).parent / "static"
_ONE_YEAR_S = 365 * 24 * 60 * 60


def install(app: Flask) -> None:
    """Add a version to the address of every static file, and let browsers keep that version."""
    app.url_defaults(add_version)
    app.after_request(keep)


def add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Put a piece of the file's SHA-256 into its address."""
    if endpoint == "static" and "filename" in values:
        values.setdefault("v", version(str(values["filename"])))


def keep(response: Response) -> Response:
    """Let browsers keep a file whose address names its version."""
    if request.endpoint == "static":
        versioned = "v" in request.args
        response.headers["Cache-Control"] = (
            f"public, max-age={_ONE_YEAR_S}, immutable" if versioned else "no-cache"
        )
    return response


@cache
def version(file_name: str) -> str:
    """Return the first twelve hexadecimal digits of a file's SHA-256, empty for no file."""
    path = _FOLDER / file_name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
