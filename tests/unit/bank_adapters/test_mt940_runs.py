"""Entries found many at once read as the lines they stand in do, one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_adapters.statements import mt940_messages, mt940_runs
from bank_adapters.statements.mt940 import READER
from bank_adapters.statements.mt940_entries import texts_of
from bank_adapters.statements.mt940_runs import TEXT, Run, runs_and_lines
from bank_adapters.statements.printed import clean_text
from payments.domain.errors import Invalid
from tests.statement_fuzz import broken
from tests.statement_samples import SAMPLES

HEAD = ":20:VCB260302\n:25:0011000000009\n:28C:00061/001\n:60F:C260301VND0,\n"
END = ":62F:C260304VND80000,\n-\n"
LINES = (
    ":61:2603020302C50000,NTRFNONREF//A1",
    ":61:2603020302C30000,NTRFNONREF//A2",
    ":61:260302C9999999,NMSCGIA",
    ":61:260302    RC80000,FMSCA//B//C",
    ":61:260302RD1,",
    ":61:260302EC7,5NTRF//",
    ":61:02032026D5,NTRFX",
    ":61:2613390302CR1.000,NTRFNONREF",
    ":61:khong phai giao dich",
    ":86:nop phi ho so",
    ":86:",
    ":86:  " + "a" * 63,
    ":86:" + "b" * 65,
    "c" * 64,
    "d" * 65,
    "hanh chinh trung tam",
    "  le\u0323 phi\u0301\u202e ",
    "/phu luc",
    "",
    " ",
    "-",
    "-}",
    "- khong phai het",
    "{1:F01}",
    "940",
    ":20:GIA",
    ":25:999",
    ":NS:22NGUYEN VAN A",
    ":NSF:x",
    ":62F:khong phai so du",
    ":62F:C260304VND80000,",
    ":90C:1VND5,",
    "\x01:61:2603020302C20000,NTRFNONREF//A3 \x03",
)
ENDS = ("\n", "\r\n", "\r", " \n", "\u00a0\r\n")


def one_by_one(text: str) -> Iterator[Run | list[str]]:
    """The lines of a file, no run of entries among them."""
    yield mt940_runs._bare(text).split("\n")


def outcome(body: bytes) -> object:
    try:
        return READER.read(body)
    except Invalid as refused:
        return str(refused)


def by_lines(body: bytes) -> object:
    """What is read when every line is looked at by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mt940_messages, "runs_and_lines", one_by_one)
        return outcome(body)


def test_broken_files_read_as_their_lines_do() -> None:
    for body in broken("mt940", 600, seed=11):
        assert outcome(body) == by_lines(body), body


@settings(deadline=None, max_examples=400)
@given(
    lines=st.lists(
        st.tuples(st.sampled_from(LINES) | st.text(max_size=80), st.sampled_from(ENDS)),
        max_size=30,
    ),
    is_ended=st.booleans(),
)
def test_any_order_of_lines_reads_as_the_lines_do(
    lines: list[tuple[str, str]], is_ended: bool
) -> None:
    text = HEAD + "".join(map("".join, lines)) + (END if is_ended else "")
    body = text.encode("utf-8", "replace")

    assert outcome(body) == by_lines(body)


@pytest.mark.parametrize("at_once", [1, 30, 100, 1000])
def test_a_file_in_pieces_reads_as_the_whole(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [path.read_bytes() for path in sorted((SAMPLES / "mt940").iterdir())]
    whole = [outcome(body) for body in bodies]
    monkeypatch.setattr(mt940_runs, "_AT_ONCE", at_once)

    assert [outcome(body) for body in bodies] == whole


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_nearly_all_entries_of_a_file_are_found_in_runs(end: str) -> None:
    entries = (
        f":61:2603020302C{number},NTRFNONREF//FT{number}\n:86:nop phi {number}\nhet\n"
        for number in range(1, 5_001)
    )
    text = (HEAD + "".join(entries) + END).replace("\n", end)
    some = list(runs_and_lines(text))

    assert sum(len(one.heads) for one in some if isinstance(one, Run)) == 5_000
    assert len(some) < 10
    (statement,) = READER.read(text.encode()).statements
    assert statement.entries[-1].where == "line 15002"
    assert statement.entries[-1].text == "nop phi 5000 het"


def test_a_text_of_many_lines_is_one_text() -> None:
    body = HEAD + ":61:260302C80000,NTRF\n:86:x\n" + "y\n" * 10_000 + ":62F:C260302VND80000,\n-\n"
    (statement,) = READER.read(body.encode()).statements

    assert statement.entries[0].text == "x" + " y" * 10_000


@given(
    st.lists(
        st.tuples(
            st.lists(st.text(st.characters(exclude_characters="\n\x01"), max_size=70), max_size=2),
            st.lists(st.text(st.characters(exclude_characters="\n\x01"), max_size=70), max_size=4),
        ),
        max_size=5,
    )
)
def test_texts_together_are_joined_as_each_by_itself(
    entries: list[tuple[list[str], list[str]]],
) -> None:
    supplements = ["".join(f"\n{line}" for line in supplement) for supplement, _ in entries]
    texts = [TEXT + "\n".join(text) if text else "" for _, text in entries]
    none = [""] * len(entries)
    run = Run(none, none, none, none, supplements, texts)

    assert texts_of(run) == [joined(supplement, text) for supplement, text in entries]


def joined(supplement: list[str], lines: list[str]) -> str:
    """The text of one entry: a line of 65 characters goes on at once, a shorter one had ended."""
    text = ""
    for number, line in enumerate(lines):
        text += " " if number and len(lines[number - 1]) < 65 else ""
        text += line
    return clean_text(" ".join([*supplement, text]).strip())
