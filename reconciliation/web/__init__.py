"""The pages of reconciliation: statements, differences, the day and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Put every page of reconciliation into the app."""
