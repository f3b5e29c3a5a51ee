"""The pages and addresses of payments: read the form, call one use case, render."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from payments.wiring import Wiring


def register(app: Flask, wiring: Wiring) -> None:
    """Put the guards, the languages, the error pages and every page of payments into the app.

    The order matters: the log begins before the guard, the guard before the forms, and the headers
    of every answer are put outside the door for banks.
    """
    from payments.web import (
        access,
        errors,
        formatting,
        i18n,
        navigation,
        pages,
        request_log,
        security,
        static_files,
        webhooks,
        words,
    )

    request_log.install(app)
    webhooks.install(app, wiring)
    access.install(app, wiring)
    security.install(app, wiring)
    for part in (i18n, errors, formatting, words, navigation, static_files):
        part.install(app)
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)
