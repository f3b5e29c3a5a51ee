"""The root of the command line: what every command may ask for, opened when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import click

from payments.config import Settings
from payments.domain.errors import Invalid, PaymentsError
from payments.ports import BankAdapter, StatementReader
from payments.store.migrations import require_current
from payments.wiring import Wiring


class Root:
    """The object of every command's context: ``@click.pass_obj def command(root: Root)``.

    ``wsgi`` gives it the functions that put the parts together; nothing is opened before a command
    asks for it.
    """

    def __init__(
        self,
        build_wiring: Callable[[Settings], Wiring],
        create_app: Callable[[Wiring | None], Callable[..., object]],
        find_readers: Callable[[], Mapping[str, StatementReader]],
        find_adapters: Callable[[], Mapping[str, BankAdapter]] = dict,
    ) -> None:
        """Keep the functions."""
        self._find_adapters = find_adapters
        self.build_wiring = build_wiring
        self.create_app = create_app
        self._find_readers = find_readers

    @cached_property
    def settings(self) -> Settings:
        """The settings of the environment. Raises InvalidFile naming all that is wrong."""
        return Settings.from_environment()

    @cached_property
    def wiring(self) -> Wiring:
        """The parts, on a database whose schema is current. Raises Unavailable otherwise."""
        wiring = self.build_wiring(self.settings)
        require_current(wiring.engine)
        return wiring

    @cached_property
    def adapters(self) -> Mapping[str, BankAdapter]:
        """Every installed adapter by its name, without settings and without a database."""
        return self._find_adapters()

    def adapter(self, name: str) -> BankAdapter:
        """Return an installed adapter. Raises Invalid naming those that there are."""
        adapter = self.adapters.get(name)
        if adapter is None:
            raise Invalid("adapter_unknown", field="NAME", known=", ".join(sorted(self.adapters)))
        return adapter

    @cached_property
    def statement_readers(self) -> Mapping[str, StatementReader]:
        """Every installed reader of bank statements by its name."""
        return self._find_readers()


class Commands(click.Group):
    """The root command: a declared error is a line and an exit status, not a traceback."""

    def invoke(self, context: click.Context) -> object:
        """Run the command. Raises ClickException for a declared error."""
        try:
            return super().invoke(context)
        except PaymentsError as error:
            raise click.ClickException(str(error)) from error
