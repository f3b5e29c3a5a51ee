"""The arrows between the parts of the house: who may import whom, and which library lives where."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources import PACKAGES, ROOT, Source, is_within, product_sources

# A library that has no line here may not be used. ``*`` stands for each of the three packages.
LIBRARY_PLACES = {
    "alembic": ("*.store",),
    "apscheduler": ("*.jobs",),
    "argon2": ("payments.signing",),
    "asyncssh": ("reconciliation.network",),
    "babel": ("*.web",),
    "charset_normalizer": ("bank_adapters",),
    "click": ("*.cli", "*.demo", "wsgi"),
    "cryptography": ("payments.signing", "bank_adapters"),
    "defusedxml": ("bank_adapters",),
    "flask": ("*.web", "*.demo", "wsgi"),
    "flask_babel": ("*.web", "wsgi"),
    "gunicorn": ("*.cli", "payments.web", "wsgi"),
    "httpx2": (
        "*.jobs",
        "*.cli",
        "*.demo",
        "*.wiring",
        "payments.network",
        "bank_adapters.simulator",
    ),
    "jinja2": ("*.web", "wsgi"),
    "markupsafe": ("*.web",),
    "psycopg": ("*.store",),
    "pysqlite3": ("*.store",),
    "python_calamine": ("bank_adapters.statements",),
    "segno": ("*.web", "*.exports"),
    "sqlalchemy": ("*.store", "*.wiring"),
    "structlog": ("*.web", "*.jobs", "*.cli", "*.demo", "*.wiring", "payments.store.feed", "wsgi"),
    "typst": ("*.exports",),
    "werkzeug": ("*.web", "*.demo", "wsgi"),
    "xlsxwriter": ("*.exports", "bank_adapters.statements"),
}
# Settings are for those who start the program, and for nobody else; pages and jobs are handed the
# wiring, and read what they need of the settings from it.
STARTERS = ("*.cli", "*.wiring", "reconciliation.demo", "wsgi")
HANDED = ("*.web", "*.jobs")


def test_the_import_contracts_of_pyproject_are_kept() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("source", product_sources(), ids=lambda source: source.label)
def test_a_file_imports_only_what_its_place_allows(source: Source) -> None:
    wrong = sorted(name for name in source.imports() if not _is_allowed(source, name))

    assert wrong == []


def test_every_library_of_the_table_is_locked() -> None:
    declared = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower().replace("-", "_")

    unknown = sorted(
        name for name in LIBRARY_PLACES if f"\n{_distribution(name)}==" not in f"\n{declared}"
    )

    assert unknown == []


def _is_allowed(source: Source, name: str) -> bool:
    top = name.split(".", maxsplit=1)[0]
    if top == "wsgi":
        return False
    if is_within(name, ("*.wiring",)):
        return is_within(source.module, STARTERS + HANDED)
    if is_within(name, ("*.config",)):
        return is_within(source.module, STARTERS)
    if is_within(source.module, ("*.domain",)):
        return top in sys.stdlib_module_names or is_within(name, ("*.domain",))
    if source.module.startswith("bank_adapters") and top == "payments":
        return is_within(name, ("payments.domain", "payments.ports"))
    if top in sys.stdlib_module_names or top in PACKAGES:
        return True
    return is_within(source.module, LIBRARY_PLACES.get(top, ()))


def _distribution(module: str) -> str:
    return {"argon2": "argon2_cffi"}.get(module, module)
