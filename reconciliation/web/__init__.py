"""The finance pages: statements, differences, closing a day, reports, the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Put every page of reconciliation into the app, and its words into the templates."""
    # Some modules add their views to the blueprint of the finance office as they are read.
    from reconciliation.web import (  # noqa: F401 -- the import is what adds them.
        acceptance,
        audit,
        audit_words,
        books,
        breaks,
        calendar,
        columns,
        day_close,
        finance,
        profiles,
        reports,
        statements,
        words,
    )

    words.install(app)
    audit_words.install(app)
    for blueprint in (finance.pages, reports.pages, audit.pages, calendar.pages):
        app.register_blueprint(blueprint)
