"""Runs cases against their readers, each under a guard of time, and judges what came of it."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bank_adapters.registry import installed_statement_readers
from payments.domain.bank_messages import StatementFile
from payments.domain.errors import Invalid
from reconciliation.services.read_statement import choose_reader
from tests.fuzz.cases import FORMATS, Case, Written, a_case
from tests.fuzz.judging import assert_all, assert_part, assert_sound, assert_true, is_clean

INSTALLED = installed_statement_readers()
MOST_SECONDS = 10
"""Processor time for one input; a small file takes a few thousandths."""


def run(name: str, numbers: Iterable[int], seed: int) -> Counter[str]:
    """Run the cases of a reader with these numbers; count how they ended.

    Raises AssertionError with the number and the bytes of the first that fails.
    """
    ends: Counter[str] = Counter()
    with _guarded():
        for number in numbers:
            case = a_case(name, number, seed)
            try:
                ends[f"{case.kind} {run_case(name, case)}"] += 1
            except Exception as error:
                said = (
                    f"{name} {number} of seed {seed}, {case.kind}: {error!r} {case.body[:4000]!r}"
                )
                raise AssertionError(said) from error
    return ends


def run_case(name: str, case: Case) -> str:
    """Read a case and judge it; say whether it was ``refused``, a ``problem`` or ``clean``."""
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        if case.kind == "whole" and len(case.body) % 4 == 0:
            chosen = choose_reader("a", case.body, INSTALLED)
            assert chosen.name == FORMATS[name].reader.name or case.read is not FORMATS[name].read
        else:
            FORMATS[name].reader.recognises("a", case.body)
        content = case.read(case.body)
    except Invalid:
        assert case.kind != "whole" or not _of(case).is_plain, "a whole file is refused"
        return "refused"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    assert_sound(content)
    return "read" if case.written is None else _judged(content, case, case.written)


def _judged(content: StatementFile, case: Case, written: Written) -> str:
    truth = written.truth
    if not is_clean(content, truth):
        assert case.kind != "whole" or not written.is_plain, "a whole file has problems"
        return "problem"
    if case.kind == "whole" or (case.kind == "cut" and written.proves_end):
        assert_all(content, truth)
    elif case.kind == "cut" and written.is_plain:
        assert_part(content, truth)
        assert_true(content, truth, may_be_shorter=True)
    elif case.kind == "broken" and written.proves and not _is_unproven(content, written):
        assert_true(content, truth, may_be_shorter=written.ends_open)
    return "clean"


def _is_unproven(content: StatementFile, written: Written) -> bool:
    """Whether the last row lost the balance that alone proves it."""
    return written.by_rows and any(
        not one.entries or one.entries[-1].balance_after is None for one in content.statements
    )


def _of(case: Case) -> Written:
    assert case.written is not None
    return case.written


@contextmanager
def _guarded() -> Iterator[None]:
    """Let an input that takes too much time fail, wherever it hangs in Python."""

    def stop(*_: object) -> None:
        raise AssertionError(f"more than {MOST_SECONDS} seconds")

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, before)
