"""The pages of the finance office: statements, differences, closing a day, reports, the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Put every page of reconciliation into the app, and its words into the templates."""
