"""Which banks and statement formats this installation knows, found by their entry points.

A new one is a package with one entry point; nothing here changes. What does not fit its Protocol is
refused at start-up, with its name, before any money depends on it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from payments.domain.adapters import LEAST_SECRET_CHARACTERS, Declaration
from payments.domain.errors import Conflict, Invalid
from payments.ports import BankAdapter, BankSimulator, StatementReader

ADAPTERS = "thuphi.adapters"
STATEMENTS = "thuphi.statements"
SIMULATORS = "thuphi.bank_simulators"

Find = Callable[[str], Iterable[EntryPoint]]
"""Gives the entry points of a group."""


def _find_installed(group: str) -> Iterable[EntryPoint]:
    return entry_points(group=group)


def installed_adapters(find: Find = _find_installed) -> dict[str, BankAdapter]:
    """Return every adapter by its name.

    Raises Conflict when two have one name, Invalid when one cannot be loaded, does not fit
    BankAdapter, or has a way that proves nothing: without a secret, or with one that may be short.
    """
    adapters = cast("dict[str, BankAdapter]", _load(ADAPTERS, BankAdapter, find))
    for name, adapter in adapters.items():
        if not isinstance(adapter.declaration, Declaration):
            misfits = ("declaration",)
            raise Invalid("plugin_does_not_fit", group=ADAPTERS, name=name, misfits=misfits)
        if not _proves_something(adapter.declaration):
            raise Invalid("plugin_takes_weak_secrets", group=ADAPTERS, name=name)
    return adapters


def installed_statement_readers(find: Find = _find_installed) -> dict[str, StatementReader]:
    """Return every statement reader by its name. Raises as installed_adapters does."""
    return cast("dict[str, StatementReader]", _load(STATEMENTS, StatementReader, find))


def installed_simulators(find: Find = _find_installed) -> dict[str, BankSimulator]:
    """Return every simulated provider by its name. Raises as installed_adapters does."""
    return cast("dict[str, BankSimulator]", _load(SIMULATORS, BankSimulator, find))


def _proves_something(declaration: Declaration) -> bool:
    """Say whether every way takes a declared secret, and no secret that we share may be short."""
    strong = {
        secret.name
        for secret in declaration.secrets
        if secret.is_public or secret.least >= LEAST_SECRET_CHARACTERS
    }
    ways = [set(way.secrets) for way in declaration.ways]
    every = strong == {secret.name for secret in declaration.secrets}
    return bool(ways) and every and all(names and names <= strong for names in ways)


def _load(group: str, protocol: type, find: Find) -> dict[str, object]:
    plugins: dict[str, object] = {}
    sources: dict[str, str] = {}
    for entry in sorted(find(group), key=lambda entry: (entry.name, entry.value)):
        if sources.get(entry.name) == entry.value:
            # A checkout that is installed too shows its own entry points twice.
            continue
        if entry.name in sources:
            # Which of the two reads the money must never depend on the order of a folder.
            both = (sources[entry.name], entry.value)
            raise Conflict("plugin_name_taken", group=group, name=entry.name, sources=both)
        plugin = _load_one(entry)
        misfits = _misfits(plugin, protocol, entry.name)
        if misfits:
            raise Invalid("plugin_does_not_fit", group=group, name=entry.name, misfits=misfits)
        plugins[entry.name] = plugin
        sources[entry.name] = entry.value
    return plugins


def _load_one(entry: EntryPoint) -> object:
    try:
        return cast("object", entry.load())
    except (ImportError, AttributeError) as error:
        raise Invalid(
            "plugin_not_loadable", group=entry.group, name=entry.name, reason=str(error)
        ) from error


def _misfits(plugin: object, protocol: type, name: str) -> tuple[str, ...]:
    """Name the members of the Protocol that the plug-in lacks or has in another form."""
    if isinstance(plugin, type):
        return ("a class, not a value",)
    wrong = [
        member
        for member, declared in vars(protocol).items()
        if not member.startswith("_") and not _fits(plugin, member, declared)
    ]
    if not wrong and getattr(plugin, "name", None) != name:
        wrong.append("name")
    return tuple(wrong)


def _fits(plugin: object, member: str, declared: object) -> bool:
    try:
        actual = getattr(plugin, member)
    except AttributeError:
        return False
    if not inspect.isfunction(declared):
        return not callable(actual)
    if not callable(actual):
        return False
    # The first parameter of the declaration is ``self``, which a bound method has already taken.
    expected = list(inspect.signature(declared).parameters)[1:]
    return list(inspect.signature(actual).parameters) == expected
