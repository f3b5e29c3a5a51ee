"""SWIFT MT940 and MT942 line by line: which lines are structure and which are a payer's words.

A message is ``:tag:content`` lines (SWIFT Standards, category 9). The text of field 86 is written
by payers, so a line in it that looks like a tag is believed only where the standard allows that tag
and its content has the form the standard gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bank_adapters.statements.encodings import decode_utf, decode_vietnamese
from bank_adapters.statements.mt940_entries import Entries
from bank_adapters.statements.mt940_runs import Run, runs_and_lines
from payments.domain.errors import Invalid

BALANCE = re.compile(
    r"(?P<mark>[CD])(?P<day>[0-9]{6})(?P<currency>[A-Z]{3})?(?P<amount>[0-9][0-9.,]*)(?P<rest>.*)"
)
"""Fields 60 and 62: ``1!a6!n3!a15d``; some banks leave the currency of a later page out."""

_TAG = re.compile(r":([0-9]{2}[A-Z]?|NS|NSF):(.*)", re.DOTALL)
_END = re.compile(r"-(?:\}.*)?", re.DOTALL)
_IN_PAYERS_TEXT = frozenset({"61", "62F", "62M", "64", "65", "86", "90C", "90D", "NS"})


@dataclass(slots=True)
class Message:
    """One MT940 or MT942 message: its fields by tag with their line, its entries, what was odd.

    ``doubts`` are tags in a payer's text that were not believed; ``faults`` break the form.
    """

    line: int
    fields: dict[str, tuple[int, str]] = field(default_factory=dict)
    entries: Entries = field(default_factory=Entries)
    doubts: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    last_tag: str = "20"
    ended: bool = False
    closed: bool = False
    """Whether the closing balance has been read."""

    @property
    def in_payers_text(self) -> bool:
        """Whether the next line could be words of a payer."""
        return self.last_tag in {"86", "NS"} and bool(self.entries) and not self.closed

    @property
    def is_preview(self) -> bool:
        """Whether this is an MT942: fields of the running day, and none of the day's balances."""
        running = {"13", "13D", "34F", "90C", "90D"} & self.fields.keys()
        return bool(running) and not {"60F", "60M", "62F", "62M"} & self.fields.keys()

    def may_be_followed(self) -> bool:
        """Whether a new message may begin here."""
        return self.closed or self.ended or not self.in_payers_text

    def finish(self) -> None:
        """Name the last message of a file when nothing in it shows that it is whole.

        A preview has no balances, and its totals may be missing; but then an end stands there.
        """
        shown = {"60F", "60M", "62F", "62M", "90C", "90D"} & self.fields.keys()
        if self.entries and not shown and not self.ended:
            self.faults.append((self.line, "message_cut"))

    def take_run(self, number: int, run: Run) -> int:
        """Take a run of entries, which stands before the closing balance; return the line behind.

        What it does is what its lines would do one by one.
        """
        behind = self.entries.add_run(number, run, in_text=self.in_payers_text)
        self.last_tag = "86" if run.texts[-1] else "61"
        self.ended = False
        return behind

    def take_line(self, number: int, line: str) -> None:
        """Take a line that begins no message."""
        if line[0] not in ":-{":
            if self.last_tag == "86" and self.entries and not (self.ended or self.closed):
                self.entries.add_text(line)
            else:
                self._take_plain(line)
        elif (tag := line[:4]) == ":61:":
            self.take(number, "61", line[4:])
        elif tag == ":86:" and self.last_tag == "61" and not self.closed:
            # As nearly every second line of a file does.
            if self.entries:
                self.entries.add_text(line[4:])
            self.last_tag, self.ended = "86", False
        elif tagged := _TAG.fullmatch(line):
            self.take(number, tagged[1], tagged[2])
        elif line.startswith("{") or _END.fullmatch(line):
            self.ended = True
        else:
            self._take_plain(line)

    def take(self, line: int, tag: str, content: str) -> None:
        """Take a tagged line, as structure or as words of the text it stands in."""
        in_text = self.in_payers_text
        believed = not in_text or tag in _IN_PAYERS_TEXT
        if tag == "61":
            if self.entries.begin(line, content, in_text=in_text, after_closing=self.closed):
                self.last_tag, self.ended = tag, False
                return
            if in_text:
                believed = False
            else:
                self.faults.append((line, "entry_unreadable"))
        elif tag in {"62F", "62M"} and in_text:
            believed = BALANCE.fullmatch(content) is not None
        if not believed:
            self.doubts.append((line, tag))
            self.continue_text(f":{tag}:{content}")
            return
        self._keep(line, tag, content)
        self.last_tag, self.ended = tag, False

    def _keep(self, line: int, tag: str, content: str) -> None:
        if tag in {"86", "NS", "NSF"}:
            if self.entries and not self.closed:
                self.entries.add_text(content)
        elif tag in {"60F", "60M", "62F", "62M", "25", "28", "28C"}:
            group = {key for key in self.fields if key[:2] == tag[:2]}
            if group:
                self.faults.append((line, "tag_repeated"))
                for key in group:
                    del self.fields[key]
            self.fields[tag] = (line, content)
            self.closed = self.closed or tag in {"62F", "62M"}
        elif tag != "61":
            self.fields.setdefault(tag, (line, content))

    def _take_plain(self, line: str) -> None:
        """Take a line that is neither tagged nor marked: it goes on with what stands before it."""
        if self.ended:
            if not self.in_payers_text or _is_envelope(line):
                return
            # The "-" that seemed to end the message was a line of the payer's text.
            self.ended = False
        self.continue_text(line)

    def continue_text(self, line: str) -> None:
        """Take a line without a tag: it goes on with what stands before it."""
        if self.closed or not self.entries:
            return
        if self.last_tag == "61":
            self.entries.add_supplement(line)
        elif self.last_tag in {"86", "NS"}:
            self.entries.add_text(line)


def decode(body: bytes) -> str:
    """Decode the bytes: UTF-8 or UTF-16, or what Vietnamese words prove, else Latin-1.

    Latin-1 is what banks of the SWIFT world send besides in these messages; it concerns only the
    payers' text, since every tag, date and amount is ASCII.

    Raises Invalid with the code ``encoding_unknown`` when a file begins as UTF-16 and is not.
    """
    text = decode_utf(body)
    if text is None and b"\0" in body[:4]:
        raise Invalid("encoding_unknown", field="file")
    if text is None:
        text = decode_vietnamese(body)
    return body.decode("latin-1") if text is None else text


def messages(text: str) -> Iterator[Message]:
    """Split a file into its messages. Lines before the first field 20 are the bank's envelope."""
    message: Message | None = None
    number = 1
    for some in runs_and_lines(text):
        if isinstance(some, Run) and message is not None and not message.closed:
            number = message.take_run(number, some)
            continue
        for line in some.lines() if isinstance(some, Run) else some:
            if line[:4] == ":20:" and (message is None or message.may_be_followed()):
                if message is not None:
                    yield message
                message = Message(number)
            elif line and message is not None:
                message.take_line(number, line)
            number += 1
    if message is not None:
        message.finish()
        yield message


def _is_envelope(line: str) -> bool:
    # ABN AMRO heads each message with its BIC and "940"; others with "ABNANL2A" alone.
    return line == "940" or re.fullmatch(r"[A-Z0-9]{8}(?:[A-Z0-9]{3})?", line) is not None
