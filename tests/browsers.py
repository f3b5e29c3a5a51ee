"""Which browser the browser tests drive, and why there is none."""

from __future__ import annotations

import importlib.util
import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """Return the Chromium to drive: the one named in CHROMIUM, or the first on the path."""
    if named := os.environ.get("CHROMIUM"):
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def why_not() -> str | None:
    """Return the reason why no browser test can run, or None when they can."""
    if importlib.util.find_spec("playwright") is None:
        return "the package playwright is not installed"
    if chromium_path() is None:
        return "no Chromium found; install it or set CHROMIUM to its path"
    return None
