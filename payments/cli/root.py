"""What every command may ask of the root that ``wsgi`` builds: settings, parts, the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from flask import Flask

from payments.config import Settings
from payments.ports import StatementReader
from payments.wiring import Wiring


class Root(Protocol):
    """The object of every command's context. Nothing is opened before it is asked for."""

    @property
    def settings(self) -> Settings:
        """The settings of the environment. Raises InvalidFile naming all that is wrong."""
        ...

    @property
    def wiring(self) -> Wiring:
        """The parts, on a database whose schema is current. Raises Unavailable otherwise."""
        ...

    @property
    def statement_readers(self) -> Mapping[str, StatementReader]:
        """Every installed reader of bank statements by its name."""
        ...

    @property
    def create_app(self) -> Callable[..., Flask]:
        """Makes the web application, from the environment or from given parts."""
        ...

    @property
    def build_wiring(self) -> Callable[..., Wiring]:
        """Builds the parts from settings, without asking whether the schema is current."""
        ...
