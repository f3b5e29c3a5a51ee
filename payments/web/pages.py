"""Every set of pages of payments, one blueprint a line."""

from __future__ import annotations

from flask import Blueprint

from payments.web import (
    api,
    auth,
    connections,
    counter,
    deliveries,
    display,
    dossier_import,
    dossiers,
    endpoints,
    fees,
    health,
    public,
    qr_codes,
    receipts,
    returns,
    staff,
    subscriptions,
    till,
)

BLUEPRINTS: list[Blueprint] = [
    counter.pages,
    dossiers.pages,
    till.pages,
    public.pages,
    receipts.pages,
    returns.pages,
    display.pages,
    auth.pages,
    health.pages,
    staff.pages,
    fees.pages,
    endpoints.pages,
    qr_codes.pages,
    connections.pages,
    deliveries.pages,
    subscriptions.pages,
    dossier_import.pages,
    api.pages,
]
