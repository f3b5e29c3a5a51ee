"""Reads a file that anybody may have made in a process of its own, with little memory and time.

What kills a reader kills the child: the server sees a refusal. The child is a new interpreter, not
a fork, so that threads of the server hold no locks in it. It answers in JSON, line by line; what it
may answer is bounded, and nothing that it says is run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

from bank_adapters.statements.encodings import decode_text
from bank_adapters.statements.sheets import Sheet, html_sheet
from bank_adapters.statements.workbook import read_workbook
from payments.domain.errors import Invalid

MOST_MEMORY = 1024 * 1024 * 1024
"""Bytes of address space for the child; 100,000 rows take about a third."""

MOST_SECONDS = 20
"""Seconds of processor time for the child, and the half of what it may take on the clock."""

MOST_ANSWER = 256 * 1024 * 1024
"""Bytes the child may answer."""

AT_ONCE = threading.BoundedSemaphore(2)
"""Children of one server at the same time: more would take the memory the limits keep."""

LIMITS = """
import resource, sys
root, kind, memory, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
"""
"""What the child does before anything else."""

PROGRAM = f"""{LIMITS}
import gc
gc.disable()
sys.path.insert(0, root)
from bank_adapters.statements.apart import answer
answer(kind)
"""
"""What the child runs, isolated from the environment and the folder it starts in.

It lives too short for cyclic garbage to matter, and is faster without looking for it.
"""

_ROOT = Path(__file__).parents[2]
_ROWS_A_LINE = 500
_BETWEEN = "\x1f"
Numbered = tuple[int, list[str]]


def _html(body: bytes) -> list[Sheet]:
    return [html_sheet(decode_text(body))]


_KINDS: dict[str, Callable[[bytes], list[Sheet]]] = {"workbook": read_workbook, "html": _html}


def read_apart(kind: str, body: bytes) -> list[Sheet]:
    """Read the sheets of a ``workbook`` or ``html`` file in a child process.

    Raises Invalid with the child's own refusal, or ``workbook_refused`` with the reason ``limits``
    when the child was stopped or died.
    """
    with AT_ONCE, tempfile.TemporaryFile() as source:
        source.write(body)
        source.seek(0)
        with subprocess.Popen(
            [
                *(sys.executable, "-I", "-c", PROGRAM),
                *(str(_ROOT), kind, str(MOST_MEMORY), str(MOST_SECONDS)),
            ],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
        ) as child:
            clock = threading.Timer(2 * MOST_SECONDS, child.kill)
            clock.start()
            try:
                return list(_sheets(child))
            finally:
                clock.cancel()
                child.kill()


def answer(kind: str) -> None:
    """Read standard input and print what is in it. Runs in the child, under its limits."""
    try:
        for sheet in _KINDS[kind](sys.stdin.buffer.read()):
            _print(["sheet", sheet.name, sheet.is_ended])
            for first in range(0, len(sheet.rows), _ROWS_A_LINE):
                _print(_told(sheet.rows[first : first + _ROWS_A_LINE]))
        _print(["end"])
    except Invalid as refusal:
        _print(["refused", refusal.code, dict(refusal.facts)])
    except (MemoryError, RecursionError):
        _print(["refused", "workbook_refused", {"field": "file", "reason": "limits"}])


def _told(rows: Sequence[Numbered]) -> list[object]:
    """Tell rows in one text where they are of one width and on end, which is much sooner read."""
    numbers, cells = zip(*rows, strict=True)
    width, size = len(cells[0]), len(rows)
    text = _BETWEEN.join(map(_BETWEEN.join, cells))
    is_even = set(map(len, cells)) == {width} and text.count(_BETWEEN) == width * size - 1
    if is_even and numbers == tuple(range(numbers[0], numbers[0] + size)):
        return ["even", numbers[0], width, text]
    return ["rows", rows]


def _even_rows(first: int, width: int, text: str) -> Iterator[Numbered]:
    """Return the rows of one text. Raises ValueError when it does not hold whole rows."""
    cells = text.split(_BETWEEN)
    starts = range(0, len(cells), width)
    if len(cells) % width:
        raise ValueError(text)
    return zip(count(first), (cells[start : start + width] for start in starts), strict=False)


def _print(value: object) -> None:
    sys.stdout.write(json.dumps(value, separators=(",", ":")) + "\n")


def _sheets(child: subprocess.Popen[bytes]) -> Iterator[Sheet]:
    """Yield the sheets of a child's answer; an answer without its end is a refusal."""
    died = Invalid("workbook_refused", field="file", reason="limits")
    output = child.stdout
    left = MOST_ANSWER
    sheet: Sheet | None = None
    while output is not None and (line := output.readline(left + 1)):
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            break
        try:
            what, *values = json.loads(line)
            if what == "even" and sheet is not None:
                sheet.rows.extend(_even_rows(*values))
                continue
        except ValueError:
            break
        if what == "refused":
            code, facts = values
            raise Invalid(code, **facts)
        if what == "rows" and sheet is not None:
            sheet.rows.extend((number, cells) for number, cells in values[0])
            continue
        if sheet is not None:
            yield sheet
        if what == "end":
            return
        sheet = Sheet(values[0], [], is_ended=values[1])
    raise died
