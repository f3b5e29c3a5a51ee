"""The source files of the house and what each imports, for the tests about the house itself."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("payments", "bank_adapters", "reconciliation")


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of the product, with its dotted name."""

    path: Path
    module: str

    @property
    def label(self) -> str:
        """The file's path inside the checkout."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """The file as text."""
        return self.path.read_text(encoding="utf-8")

    @property
    def tree(self) -> ast.Module:
        """The file as Python reads it."""
        return _parsed(self.path)

    def imports(self) -> frozenset[str]:
        """Return the dotted names of everything the file imports, wherever in the file it does."""
        names: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                names.update(f"{origin}.{alias.name}" for alias in node.names)
        return frozenset(names)

    def _origin(self, node: ast.ImportFrom) -> str:
        if node.level == 0:
            return node.module or ""
        parts = self.module.split(".")
        package = parts if self.path.name == "__init__.py" else parts[:-1]
        base = package[: len(package) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])])


@cache
def product_sources() -> tuple[Source, ...]:
    """Return every Python file of the product: the three packages and ``wsgi.py``."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    paths += [path for path in [ROOT / "wsgi.py"] if path.exists()]
    return tuple(Source(path, _module(path)) for path in paths)


def is_within(module: str, places: tuple[str, ...]) -> bool:
    """Say whether a module is one of the places or inside one; ``*`` stands for a package."""
    spread = [place.replace("*", package, 1) for place in places for package in PACKAGES]
    return any(module == place or module.startswith(f"{place}.") for place in spread)


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
