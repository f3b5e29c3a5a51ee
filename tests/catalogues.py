"""Translations compiled for the tests, as ``make setup`` compiles them for the service."""

from __future__ import annotations

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.run_directory import one_at_a_time
from tests.sources import ROOT

TRANSLATIONS = ROOT / "payments" / "web" / "translations"


def compile_catalogues() -> None:
    """Compile every catalogue that is newer than what was made of it."""
    with one_at_a_time("catalogues"):
        for source in sorted(TRANSLATIONS.rglob("*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as text:
                catalogue = read_po(text, locale=source.parts[-3])
            with target.open("wb") as compiled:
                write_mo(compiled, catalogue)
