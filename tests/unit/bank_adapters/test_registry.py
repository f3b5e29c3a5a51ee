"""Finding the installed banks and formats, and refusing what does not fit."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from bank_adapters import registry
from bank_adapters.sepay import ADAPTER, SePay
from bank_adapters.simulated.sepay import SIMULATOR
from payments.domain.adapters import Secret, Way
from payments.domain.bank_messages import StatementFile
from payments.domain.errors import Conflict, Invalid

ROOT = Path(__file__).parents[3]
PLUGINS = "thuphi_plugins_of_this_test"


class AReader:
    name = "mt940"

    def recognises(self, file_name: str, body: bytes) -> bool:
        return body.startswith(b"{1:")

    def read(self, body: bytes) -> StatementFile:
        return StatementFile(())


class ReaderWithoutRead:
    name = "mt940"

    def recognises(self, file_name: str, body: bytes) -> bool:
        return True


class ReaderWithOtherArguments(AReader):
    def read(self, body: bytes, encoding: str) -> StatementFile:  # type: ignore[override] # the point
        return StatementFile(())


class ReaderWithAValueForAMethod(AReader):
    read = None  # type: ignore[assignment] # the point


class ReaderWithoutName:
    def recognises(self, file_name: str, body: bytes) -> bool:
        return True

    def read(self, body: bytes) -> StatementFile:
        return StatementFile(())


def declaring(*secrets: Secret, **ways: tuple[str, ...]) -> SePay:
    """The adapter with other secrets and ways."""
    named = tuple(Way(name, taken) for name, taken in ways.items())
    return replace(ADAPTER, declaration=replace(ADAPTER.declaration, secrets=secrets, ways=named))


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, object], str]:
    """Put a value where an entry point can find it, and return its address."""
    module = ModuleType(PLUGINS)
    monkeypatch.setitem(sys.modules, PLUGINS, module)

    def put(attribute: str, value: object) -> str:
        setattr(module, attribute, value)
        return f"{PLUGINS}:{attribute}"

    return put


def found(*named: tuple[str, str]) -> registry.Find:
    def find(group: str) -> Iterable[EntryPoint]:
        return [EntryPoint(name, value, group) for name, value in named]

    return find


def test_nothing_installed_is_no_error() -> None:
    assert registry.installed_adapters(found()) == {}
    assert registry.installed_statement_readers(found()) == {}
    assert registry.installed_simulators(found()) == {}


def test_sepay_and_its_simulator_are_declared_and_fit() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = declared["project"]["entry-points"]

    def find(group: str) -> Iterable[EntryPoint]:
        return [EntryPoint(name, value, group) for name, value in groups[group].items()]

    assert registry.installed_adapters(find)["sepay"] is ADAPTER
    assert registry.installed_simulators(find)["sepay"] is SIMULATOR


def test_a_reader_is_found_by_its_name(plug: Callable[[str, object], str]) -> None:
    reader = AReader()

    readers = registry.installed_statement_readers(found(("mt940", plug("reader", reader))))

    assert readers == {"mt940": reader}


def test_two_of_one_name_are_refused(plug: Callable[[str, object], str]) -> None:
    twice = found(("mt940", plug("one", AReader())), ("mt940", plug("other", AReader())))

    with pytest.raises(Conflict) as refused:
        registry.installed_statement_readers(twice)

    assert refused.value.code == "plugin_name_taken"
    assert refused.value.facts["name"] == "mt940"


def test_one_that_is_listed_twice_is_still_one(plug: Callable[[str, object], str]) -> None:
    reader = plug("reader", AReader())

    assert (
        len(registry.installed_statement_readers(found(("mt940", reader), ("mt940", reader)))) == 1
    )


@pytest.mark.parametrize(
    ("plugin", "misfit"),
    [
        (ReaderWithoutRead(), "read"),
        (ReaderWithOtherArguments(), "read"),
        (ReaderWithAValueForAMethod(), "read"),
        (ReaderWithoutName(), "name"),
        (AReader, "a class, not a value"),
        (None, "recognises"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_misfit(
    plug: Callable[[str, object], str], plugin: object, misfit: str
) -> None:
    with pytest.raises(Invalid) as refused:
        registry.installed_statement_readers(found(("mt940", plug("reader", plugin))))

    misfits = refused.value.facts["misfits"]
    assert refused.value.code == "plugin_does_not_fit"
    assert isinstance(misfits, tuple)
    assert misfit in misfits


def test_a_plugin_under_another_name_than_its_own_is_refused(
    plug: Callable[[str, object], str],
) -> None:
    with pytest.raises(Invalid, match="plugin_does_not_fit"):
        registry.installed_statement_readers(found(("camt", plug("reader", AReader()))))


@pytest.mark.parametrize("value", ["no_such_module_anywhere:X", f"{PLUGINS}:absent"])
def test_what_cannot_be_loaded_is_named(plug: Callable[[str, object], str], value: str) -> None:
    with pytest.raises(Invalid) as refused:
        registry.installed_adapters(found(("sepay", value)))

    assert refused.value.code == "plugin_not_loadable"
    assert refused.value.facts["name"] == "sepay"


@pytest.mark.parametrize(
    "adapter",
    [
        declaring(),
        declaring(Secret("key", "a key"), open=()),
        declaring(Secret("key", "a key"), key=("key",), open=()),
        declaring(Secret("key", "a key"), other=("nobody",)),
        declaring(Secret("key", "a key"), Secret("pin", "a number", 4), key=("key",), pin=("pin",)),
    ],
)
def test_an_adapter_that_takes_weak_secrets_is_refused(
    plug: Callable[[str, object], str], adapter: SePay
) -> None:
    with pytest.raises(Invalid, match="plugin_takes_weak_secrets"):
        registry.installed_adapters(found(("sepay", plug("adapter", adapter))))


def test_a_public_key_may_be_of_any_length_because_it_is_no_secret(
    plug: Callable[[str, object], str],
) -> None:
    adapter = declaring(
        Secret("public_key", "the provider's", 1, is_public=True), rsa=("public_key",)
    )

    assert registry.installed_adapters(found(("sepay", plug("adapter", adapter)))) == {
        "sepay": adapter
    }


def test_an_adapter_that_declares_nothing_is_refused(plug: Callable[[str, object], str]) -> None:
    adapter = replace(ADAPTER, declaration=None)  # type: ignore[arg-type] # the point

    with pytest.raises(Invalid, match="plugin_does_not_fit"):
        registry.installed_adapters(found(("sepay", plug("adapter", adapter))))
