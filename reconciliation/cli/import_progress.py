"""How far an import has come, on standard error: a bar on a terminal, else a line a phase."""

from __future__ import annotations

import sys

import click

from reconciliation.domain.large_files import LargeFile, Phase

_WIDTH = 30


class Progress:
    """Shows each step of a large file's import."""

    def __init__(self) -> None:
        """Have shown nothing yet."""
        self._is_terminal = sys.stderr.isatty()
        self._last: tuple[Phase, int] | None = None

    def __call__(self, file: LargeFile) -> None:
        """Show where the file stands, if it has moved since the last time."""
        stands = (file.phase, file.percent)
        if stands == self._last:
            return
        is_new_phase = self._last is None or self._last[0] is not file.phase
        self._last = stands
        counts = f"{file.lines} lines, {file.proven} proven"
        if self._is_terminal:
            done = _WIDTH * file.percent // 100
            bar = "#" * done + "." * (_WIDTH - done)
            click.echo(
                f"\r{file.phase.value:<11} [{bar}] {file.percent:>3} %  {counts}\033[K",
                err=True,
                nl=file.is_finished,
            )
        elif is_new_phase:
            click.echo(f"{file.phase.value}: {counts}", err=True)
