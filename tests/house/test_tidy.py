"""Sizes, first sentences and banned words: what keeps the house readable in a day."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources import PACKAGES, ROOT, Source, is_within, product_sources

FILE_LINES = 300
FUNCTION_LINES = 60
NAMES_WITHOUT_A_NOUN = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
# Spelled in two halves, so that this file passes its own test.
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
SECRET_WORDS = {"secret", "token", "signature", "mac", "hmac", "password", "csrf"}
# What a migration did stays as it was written.
MIGRATIONS = ("payments.store.migrations.versions",)

SOURCES = [source for source in product_sources() if not is_within(source.module, MIGRATIONS)]
MONEY_RINGS = ("*.domain", "*.services", "*.store", "*.exports", "bank_adapters")
PURE_RINGS = ("*.domain", "*.services")

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.label)


@each_source
def test_a_file_fits_in_one_sitting(source: Source) -> None:
    size = len(source.text.splitlines())

    assert size <= FILE_LINES


@each_source
def test_a_function_fits_on_one_screen(source: Source) -> None:
    long = [
        f"{node.name}, line {node.lineno}: {size} lines"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]

    assert long == []


@each_source
def test_a_file_begins_by_saying_what_it_is(source: Source) -> None:
    first = (ast.get_docstring(source.tree) or "").split("\n\n")[0]

    assert first.endswith((".", ":")), "the first paragraph of a module is a whole sentence"


@each_source
def test_a_file_is_named_by_a_noun_or_a_verb(source: Source) -> None:
    parts = {word for part in source.module.split(".") for word in part.split("_")}

    assert not parts & NAMES_WITHOUT_A_NOUN


@each_source
def test_no_float_comes_near_money(source: Source) -> None:
    found = [f"line {line}: {what}" for line, what in sorted(_floats(source))]

    assert found == []


@each_source
def test_secrets_are_never_compared_with_equals(source: Source) -> None:
    found = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Compare) and _compares_a_secret(node)
    ]

    assert found == [], "use hmac.compare_digest"


def test_nothing_unfinished_is_left_in_the_house() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in (*PACKAGES, "templates", "tests", "docs", ".ci")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".css", ".js", ".md", ".toml", ".mako", ".typ", ""}
        and path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]

    assert found == []


def test_a_secret_compared_with_equals_would_be_found() -> None:
    bad = ast.parse("given.signature != expected", mode="eval").body
    good = ast.parse("kind == 'token'", mode="eval").body

    assert isinstance(bad, ast.Compare)
    assert isinstance(good, ast.Compare)
    assert _compares_a_secret(bad)
    assert not _compares_a_secret(good)


def _floats(source: Source) -> Iterator[tuple[int, str]]:
    if not is_within(source.module, MONEY_RINGS):
        return
    pure = is_within(source.module, PURE_RINGS)
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Name(id="float")):
                yield node.lineno, "float()"
            case ast.Name(id="float") if pure:
                yield node.lineno, "float"
            case ast.Constant(value=float()) if pure:
                yield node.lineno, ast.unparse(node)
            case ast.BinOp(op=ast.Div()) if pure:
                yield node.lineno, f"{ast.unparse(node)} divides into a float; use //"


def _compares_a_secret(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    # A secret against a constant is a question about its form or kind, such as an empty one.
    if any(_is_constant(side) for side in sides):
        return False
    exact = any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
    return exact and any(_last_word(side) in SECRET_WORDS for side in sides)


def _is_constant(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            # A column is compared inside the database, by its index.
            return name.isupper() or ast.unparse(node).endswith(f".c.{name}")
        case _:
            return False


def _last_word(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower().split("_")[-1]
        case _:
            return ""
