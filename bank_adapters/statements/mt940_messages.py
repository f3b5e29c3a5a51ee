"""SWIFT MT940 and MT942 line by line: which lines are structure and which are a payer's words.

A message is ``:tag:content`` lines (SWIFT Standards, category 9). The text of field 86 is written
by payers, so a line in it that looks like a tag is believed only where the standard allows that tag
and its content has the form the standard gives it.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

ENTRY = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}|[ ]{4})?"
    r"(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>[0-9][0-9.,]*)[ ]?(?P<kind>[A-Z][A-Z0-9]{0,3})?(?P<references>.*)"
)
"""Field 61: ``6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]``; some banks leave blanks for the second date."""

ENTRY_LONG_YEAR = re.compile(
    r"(?P<value>(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{2})(?P<entry>)"
    r"(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>[0-9]+,?[0-9]*)(?P<kind>[A-Z][A-Z0-9]{0,3})?(?P<references>.*)"
)
"""Field 61 as one converter writes it: the day first, four digits of the year. Eight digits before
the mark are impossible in the standard, so the two never mix."""

BALANCE = re.compile(
    r"(?P<mark>[CD])(?P<day>[0-9]{6})(?P<currency>[A-Z]{3})?(?P<amount>[0-9][0-9.,]*)(?P<rest>.*)"
)
"""Fields 60 and 62: ``1!a6!n3!a15d``; some banks leave the currency of a later page out."""

_LINES = re.compile(r"\r\n|\n|\r")
_TAG = re.compile(r":([0-9]{2}[A-Z]?|NS|NSF):(.*)", re.DOTALL)
_END = re.compile(r"-(?:\}.*)?", re.DOTALL)
_IN_PAYERS_TEXT = frozenset({"61", "62F", "62M", "64", "65", "86", "90C", "90D", "NS"})
_FRAME = re.compile(r"[\x01\x02\x03\x1a]")


@dataclass(slots=True)
class Entry:
    """A field 61 with the lines after it. ``in_text`` says that it stands after a payer's words."""

    line: int
    form: re.Match[str]
    in_text: bool
    after_closing: bool
    supplement: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One MT940 or MT942 message: its fields by tag with their line, its entries, what was odd.

    ``doubts`` are tags in a payer's text that were not believed; ``faults`` break the form.
    """

    line: int
    fields: dict[str, tuple[int, str]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    doubts: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    last_tag: str = "20"
    ended: bool = False

    @property
    def closed(self) -> bool:
        """Whether the closing balance has been read."""
        return "62F" in self.fields or "62M" in self.fields

    @property
    def in_payers_text(self) -> bool:
        """Whether the next line could be words of a payer."""
        return self.last_tag in {"86", "NS"} and bool(self.entries) and not self.closed

    def may_be_followed(self) -> bool:
        """Whether a new message may begin here."""
        return self.closed or self.ended or not self.in_payers_text

    def take(self, line: int, tag: str, content: str) -> None:
        """Take a tagged line, as structure or as words of the text it stands in."""
        believed = not self.in_payers_text or tag in _IN_PAYERS_TEXT
        if tag == "61":
            form = ENTRY.fullmatch(content) or ENTRY_LONG_YEAR.fullmatch(content)
            if form is not None:
                entry = Entry(line, form, self.in_payers_text, self.closed)
                self.entries.append(entry)
            elif self.in_payers_text:
                believed = False
            else:
                self.faults.append((line, "entry_unreadable"))
        elif tag in {"62F", "62M"} and self.in_payers_text:
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
                self.entries[-1].details.append(content)
        elif tag in {"60F", "60M", "62F", "62M", "25", "28", "28C"}:
            group = {key for key in self.fields if key[:2] == tag[:2]}
            if group:
                self.faults.append((line, "tag_repeated"))
                for key in group:
                    del self.fields[key]
            self.fields[tag] = (line, content)
        elif tag != "61":
            self.fields.setdefault(tag, (line, content))

    def continue_text(self, line: str) -> None:
        """Take a line without a tag: it goes on with what stands before it."""
        if self.closed or not self.entries:
            return
        if self.last_tag == "61":
            self.entries[-1].supplement.append(line)
        elif self.last_tag in {"86", "NS"}:
            self.entries[-1].details.append(line)


def decode(body: bytes) -> str:
    """Decode the bytes: UTF-8 or UTF-16 when they say so or prove it, else Latin-1.

    Latin-1 is what banks send besides UTF-8 in these messages; it concerns only the payers' text,
    since every tag, date and amount is ASCII.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", errors="replace")
    if body[1:2] == b"\0":
        return body.decode("utf-16-le", errors="replace")
    if body[:1] == b"\0":
        return body.decode("utf-16-be", errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def messages(text: str) -> list[Message]:
    """Split a file into its messages. Lines before the first field 20 are the bank's envelope."""
    found: list[Message] = []
    for number, raw in enumerate(_LINES.split(text), start=1):
        line = raw.rstrip()
        if not line:
            continue
        if line[0] not in ":-{" and line[0] > "\x1f":
            if found:
                _plain_line(found[-1], line)
            continue
        _marked_line(found, number, _FRAME.sub("", line))
    return found


def _plain_line(message: Message, line: str) -> None:
    if message.ended and message.in_payers_text and not _is_envelope(line):
        # The "-" that seemed to end the message was a line of the payer's text.
        message.ended = False
    if not message.ended:
        message.continue_text(line)


def _marked_line(found: list[Message], number: int, line: str) -> None:
    tagged = _TAG.fullmatch(line)
    if tagged is None:
        if not found:
            return
        if line.startswith("{") or _END.fullmatch(line):
            found[-1].ended = True
        elif line:
            _plain_line(found[-1], line)
    elif tagged[1] == "20" and (not found or found[-1].may_be_followed()):
        found.append(Message(number))
    elif found:
        found[-1].take(number, tagged[1], tagged[2])


def _is_envelope(line: str) -> bool:
    # ABN AMRO heads each message with its BIC and "940"; others with "ABNANL2A" alone.
    return line == "940" or re.fullmatch(r"[A-Z0-9]{8}(?:[A-Z0-9]{3})?", line) is not None
