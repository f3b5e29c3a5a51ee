"""The HTTP server that ``thuphi serve`` starts: gunicorn with threads, and the limits it keeps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # it has no types

from payments.domain.errors import Invalid

WORKER = "payments.web.server_worker.SafeThreadWorker"

THREADS_KEPT_FREE = 16
"""Threads of a worker that open event streams leave to everybody else."""

STOPPING = threading.Event()
"""Set in a worker that has been told to stop, so that open event streams end at once."""

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 # gunicorn makes a private file in it


def gunicorn_options(bind: str, workers: int, threads: int) -> dict[str, object]:
    """Return gunicorn's settings for one machine.

    ``bind`` is ``host:port``, ``unix:path`` or ``fd://number``; ``threads`` is per worker, and
    each open screen of the counter occupies one. Raises Invalid for less than one of either.
    """
    for name, count in (("workers", workers), ("threads", threads)):
        if count < 1:
            raise Invalid("less_than_one", field=name)
    return {
        "bind": bind,
        "workers": workers,
        "threads": threads,
        "worker_class": WORKER,
        # Beyond the threads, connections wait in the event loop, where they cost a file each.
        "worker_connections": 1000 + threads,
        # The longest line is a signed query of a payment gateway; a webhook has ten header fields.
        "limit_request_line": 4094,
        "limit_request_fields": 64,
        "limit_request_field_size": 8190,
        "keepalive": 5,
        "timeout": 30,
        "graceful_timeout": 20,
        # Threads, timers and database connections do not survive a fork: each worker makes its own.
        "preload_app": False,
        # A reload would reset connections that the kernel has already given to an old worker.
        "reuse_port": False,
        # Nobody commands the server but its own process, and nothing is written under a home.
        "control_socket_disable": True,
        "umask": 0o077,
        # The heartbeat must not wait for a busy disk.
        "worker_tmp_dir": str(_SHARED_MEMORY) if _SHARED_MEMORY.is_dir() else None,
        # The C parser is chosen by an extra that silently installs an older gunicorn.
        "http_parser": "python",
        "errorlog": "-",
        "accesslog": None,
    }


def most_streams(threads: int) -> int:
    """Return how many event streams one worker may hold open; further ones are told to poll.

    A stream occupies its thread for as long as it is open, and the site stands still when none
    is left: 16 are kept free, or half of them in a small worker.
    """
    return max(threads - THREADS_KEPT_FREE, threads // 2)


def serve(make_app: Callable[[], object], options: Mapping[str, object]) -> None:
    """Serve until told to stop (SIGTERM lets open requests finish).

    ``make_app`` is called once in every worker, after the fork, and returns a WSGI application.
    """
    _Server(make_app, options).run()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, told what to serve by us and not by its command line."""

    def __init__(self, make_app: Callable[[], object], options: Mapping[str, object]) -> None:
        self._make_app = make_app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Set the options. gunicorn calls this while it is being built."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """Make the application. gunicorn calls this in each worker."""
        return self._make_app()
