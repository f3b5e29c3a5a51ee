"""``thuphi serve``: the web service, until it is told to stop."""

from __future__ import annotations

import click

from payments.cli.root import Root


@click.command()
@click.pass_obj
def serve(root: Root) -> None:
    """Serve the pages, the API and the webhooks at THUPHI_BIND until SIGTERM.

    What must stop the start stops it here, before a worker is forked.
    """
    from payments.web.server import gunicorn_options
    from payments.web.server import serve as serve_until_stopped

    settings = root.settings
    root.create_app(root.wiring)
    # Connections do not survive a fork; each worker opens its own.
    root.wiring.engine.dispose()
    options = gunicorn_options(settings.bind, settings.workers, settings.threads)
    serve_until_stopped(lambda: root.create_app(None), options)
