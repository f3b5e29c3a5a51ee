"""Every sentence on the screen is there in Vietnamese, and every error has a sentence."""

from __future__ import annotations

import ast
import re
import unicodedata
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from bank_adapters.registry import installed_adapters
from payments.web.error_sentences import ERROR_SENTENCES
from payments.web.errors import STATUSES
from reconciliation.web.rule_sentences import RULES
from tests.catalogues import TRANSLATIONS
from tests.sources import PACKAGES, ROOT, is_within, product_sources

BLANK = re.compile(r"%\((\w+)\)[sd]|%%")
VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ\u1ea0-\u1ef9]", re.IGNORECASE)
# Words of the law that have no English, and what people type.
VIETNAMESE_IN_ENGLISH = re.compile(r"lệ phí|phí|đồng|“[^”]*”", re.IGNORECASE)
ERROR_NAMES = {kind.__name__ for kind, _ in STATUSES} | {"Problem"}
# Their full stop does not end a sentence.
ABBREVIATIONS = {"No."}
# What an adapter declares is shown too: the second word of each of these is its meaning.
DECLARED = {"Secret": (2,), "Setting": (2,)}
# What these raise stops the start or ends a command; the people who operate it read codes.
FOR_OPERATORS = ("*.cli", "*.config", "bank_adapters.registry", "reconciliation.demo", "wsgi")
OPERATORS_CODES = {
    "database_missing",
    "database_not_supported",
    "file_not_private",
    "less_than_one",
    "naive_time",
    "reference_prefix",
    "routes_without_policy",
    "schema_not_current",
    "unbalanced_entry",
}
# These are about codes that we build ourselves, and about the simulated bank.
NEVER_SHOWN = re.compile(r"qr_\w+|secret_\w+|\w*simulated\w*|unknown_blank_in_shape")


def test_every_sentence_is_there_in_vietnamese() -> None:
    catalogue = _vietnamese()

    missing = sorted(
        sentence
        for sentence in _sentences()
        if (message := catalogue.get(sentence)) is None or not message.string
    )

    assert missing == []


def test_what_installed_adapters_ask_for_is_there_in_vietnamese() -> None:
    catalogue = _vietnamese()
    asked: dict[str, str] = {}
    for name, adapter in installed_adapters().items():
        declared = adapter.declaration
        asked |= {f"{name} {secret.name}": secret.meaning for secret in declared.secrets}
        asked |= {f"{name} {setting.name}": setting.meaning for setting in declared.settings}

    missing = {
        named: meaning
        for named, meaning in asked.items()
        if not meaning or (known := catalogue.get(meaning)) is None or not known.string
    }

    assert asked
    assert missing == {}


def test_no_translation_is_left_over_or_unsure() -> None:
    used = _sentences()

    left_over = sorted(
        str(message.id)
        for message in _vietnamese()
        if message.id and _first(message.id) not in used
    )
    unsure = sorted(str(message.id) for message in _vietnamese() if message.id and message.fuzzy)

    assert left_over == []
    assert unsure == []


def test_a_translation_has_the_blanks_of_its_sentence() -> None:
    wrong = [
        message.id
        for message in _vietnamese()
        if isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.string
        and set(BLANK.findall(message.id)) != set(BLANK.findall(message.string))
    ]

    assert wrong == []


def test_translations_are_composed_and_begin_like_their_sentence() -> None:
    for message in _vietnamese():
        if not (isinstance(message.id, str) and isinstance(message.string, str)):
            continue
        if not (message.id and message.string) or message.id in ABBREVIATIONS:
            continue
        assert unicodedata.is_normalized("NFC", message.string), message.id
        assert message.string == message.string.strip(), message.id
        ends = [text[-1] in ".?!" for text in (message.id, message.string)]
        assert ends[0] == ends[1], f"one of the two is no sentence: {message.id}"


def test_every_error_has_a_sentence() -> None:
    raised = _codes()

    silent = sorted(
        f"{code} ({where})"
        for code, where in raised.items()
        if code not in ERROR_SENTENCES
        and code not in RULES
        and code not in OPERATORS_CODES
        and not NEVER_SHOWN.fullmatch(code)
    )

    assert silent == []


def test_sentences_are_english_in_the_code() -> None:
    vietnamese = sorted(
        sentence
        for sentence in _sentences()
        if VIETNAMESE.search(VIETNAMESE_IN_ENGLISH.sub("", sentence))
    )

    assert vietnamese == []


@cache
def _vietnamese() -> Catalog:
    with (TRANSLATIONS / "vi" / "LC_MESSAGES" / "messages.po").open("rb") as text:
        return read_po(text, locale="vi")


@cache
def _sentences() -> frozenset[str]:
    found = set()
    for folder in (*PACKAGES, "templates"):
        for _, _, message, _, _ in extract_from_dir(
            ROOT / folder,
            keywords={**DEFAULT_KEYWORDS, **DECLARED},
            method_map=[("**.py", "python"), ("**.html", "jinja2")],
            options_map={"**.html": {"trimmed": "true", "silent": "false"}},
        ):
            found.add(_first(message))
    return frozenset(found)


def _codes() -> dict[str, str]:
    """Return every code of an error built in the product, with one place that builds it."""
    found: dict[str, str] = {}
    for source in product_sources():
        if is_within(source.module, FOR_OPERATORS):
            continue
        for node in ast.walk(source.tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            place = 1 if node.func.id == "Problem" else 0
            if node.func.id in ERROR_NAMES and len(node.args) > place:
                code = node.args[place]
                if isinstance(code, ast.Constant) and re.fullmatch(r"[a-z_0-9]+", str(code.value)):
                    found.setdefault(str(code.value), source.label)
    return found


def _first(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]
