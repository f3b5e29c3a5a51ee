"""Every set of pages of payments, one blueprint a line."""

from __future__ import annotations

from flask import Blueprint

from payments.web import auth, health, staff

BLUEPRINTS: list[Blueprint] = [
    auth.pages,
    health.pages,
    staff.pages,
]
