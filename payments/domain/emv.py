"""The envelope of every payment QR code: tags with a length and a value, closed by a checksum.

Source: EMVCo, Merchant-Presented Mode, v1.0 (2017), sections 3 and 4. A tag is two digits, a length
of two digits and a value counted in characters, not bytes. Tag 00 stands first and 63 last.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from payments.domain.errors import Invalid, Problem

PAYLOAD_LIMIT = 512
_NETWORKS = {f"{number:02d}" for number in range(26, 52)}
_UNRESERVED = {f"{number:02d}" for number in range(80, 100)}
ADDITIONAL = "62"
LANGUAGE = "64"
# Templates that may also hold a bare value: MoMo writes four digits in 80, PromptPay text in 81.
_LOOSE_TEMPLATES = _UNRESERVED
_TEMPLATES = _NETWORKS | _UNRESERVED | {ADDITIONAL, LANGUAGE}

# Longest values, by the path of the tag (EMVCo 4.8; 62/09 is any of A, M and E, each once).
LONGEST = {
    "59": 25,
    "60": 15,
    "61": 10,
    **{f"62/{number:02d}": 25 for number in range(1, 9)},
    "62/09": 3,
    "64/01": 25,
    "64/02": 15,
}
# Lengths that are fixed.
EXACT = {"01": 2, "52": 4, "53": 3, "55": 2, "58": 2, "64/00": 2}
_AMOUNT = re.compile(r"(?=.{1,13}\Z)(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_PLAIN = re.compile(r"[ -~]*")
_PLAIN_TAGS = {"59", "60", "61"}
# Control characters and lone surrogates are no part of EMVCo's character set.
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CRC = re.compile(r"[0-9A-Fa-f]{4}")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its two digits, its value, where it starts in the payload, and the tags inside it.

    ``offset`` counts characters from the start of the payload; it is -1 for a tag not yet written.
    """

    id: str
    value: str
    offset: int = -1
    children: tuple[Tag, ...] = ()

    def child(self, tag_id: str) -> Tag | None:
        """Return the tag inside this one, or None."""
        return find(self.children, tag_id)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload taken apart: the tags before 63, and the checksum as stated and as computed."""

    tags: tuple[Tag, ...]
    crc_stated: str
    crc_computed: str

    @property
    def crc_is_right(self) -> bool:
        """Say whether the checksum holds; some banks write it in small letters."""
        return self.crc_stated.upper() == self.crc_computed


def find(tags: Iterable[Tag], tag_id: str) -> Tag | None:
    """Return the tag of that number among ``tags``, or None."""
    return next((tag for tag in tags if tag.id == tag_id), None)


def crc(text: str) -> str:
    """Compute the checksum of a payload up to and including ``6304``: four hex digits, zero padded.

    CRC-16/CCITT-FALSE over the UTF-8 bytes (EMVCo 4.7.3). Raises Invalid for a lone surrogate.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise Invalid("qr_character", field="payload", tag="", offset=error.start) from error
    return f"{binascii.crc_hqx(data, 0xFFFF):04X}"


def read(payload: str) -> Envelope:
    """Take a payload apart. Raises Invalid naming the ``tag`` and the ``offset`` of the fault.

    The checksum is computed and not judged: a wrong structure and a wrong checksum are two facts.
    """
    unreadable = _UNREADABLE.search(payload)
    if unreadable:
        raise Invalid("qr_character", field="payload", tag="", offset=unreadable.start())
    tags = read_tags(payload, template="")
    _check_frame(payload, tags)
    return Envelope(
        tags=tuple(_opened(tag) for tag in tags[:-1]),
        crc_stated=tags[-1].value,
        crc_computed=crc(payload[:-4]),
    )


def read_tags(text: str, *, template: str, offset: int = 0) -> tuple[Tag, ...]:
    """Walk the tags of one level. ``template`` is the path of the tag that holds them, or ``""``.

    Raises Invalid: ``qr_header`` (no digits where a tag starts), ``qr_overrun`` (a length that
    passes the end) or ``qr_repeated`` (a tag that stands there twice).
    """
    tags: list[Tag] = []
    seen: set[str] = set()
    position = 0
    while position < len(text):
        header = text[position : position + 4]
        here = offset + position
        if len(header) < 4 or not (header.isascii() and header.isdecimal()):
            raise Invalid("qr_header", field="payload", tag=template, offset=here, found=header)
        tag_id, length = header[:2], int(header[2:])
        path = f"{template}/{tag_id}" if template else tag_id
        value = text[position + 4 : position + 4 + length]
        if len(value) < length:
            left = len(value)
            raise Invalid(
                "qr_overrun", field="payload", tag=path, offset=here, length=length, left=left
            )
        if tag_id in seen:
            raise Invalid("qr_repeated", field="payload", tag=path, offset=here)
        seen.add(tag_id)
        tags.append(Tag(tag_id, value, here))
        position += 4 + length
    return tuple(tags)


def _check_frame(payload: str, tags: Sequence[Tag]) -> None:
    """Refuse a payload that does not start with 000201 and end with a checksum of four digits."""
    if not tags:
        raise Invalid("qr_empty", field="payload", tag="00", offset=0)
    first, last = tags[0], tags[-1]
    if (first.id, first.value) != ("00", "01"):
        raise Invalid("qr_format", field="payload", tag="00", offset=0, found=first.value)
    if last.id != "63" or not _CRC.fullmatch(last.value):
        raise Invalid("qr_no_crc", field="payload", tag="63", offset=last.offset, of=len(payload))


def _opened(tag: Tag) -> Tag:
    """Return a root tag with the tags inside it, when it is a template."""
    if tag.id not in _TEMPLATES or not tag.value:
        return tag
    try:
        children = read_tags(tag.value, template=tag.id, offset=tag.offset + 4)
    except Invalid:
        if tag.id in _LOOSE_TEMPLATES:
            return tag
        raise
    return Tag(tag.id, tag.value, tag.offset, children)


def template(tag_id: str, *children: Tag) -> Tag:
    """Return a tag that holds other tags. Raises Invalid for an empty or overlong one inside."""
    return Tag(tag_id, write_tags(children), children=children)


def problems(tags: Iterable[Tag], parent: str = "") -> tuple[Problem, ...]:
    """Name what is wrong with the values of a payload whose structure is right.

    Real codes break these rules and are read all the same; a code of ours is never written so.
    """
    found: list[Problem] = []
    for tag in tags:
        path = f"{parent}/{tag.id}" if parent else tag.id
        found.extend(_value_problems(path, tag))
        found.extend(problems(tag.children, path))
    return tuple(found)


def _value_problems(path: str, tag: Tag) -> Iterable[Problem]:
    """Name what is wrong with one value."""
    facts: dict[str, object] = {"offset": tag.offset, "length": len(tag.value)}
    if not 1 <= len(tag.value) <= min(99, LONGEST.get(path, 99)):
        yield Problem(path, "qr_length", facts | {"longest": LONGEST.get(path, 99)})
    if path in EXACT and len(tag.value) != EXACT[path]:
        yield Problem(path, "qr_length", facts | {"exactly": EXACT[path]})
    if path in _PLAIN_TAGS and not _PLAIN.fullmatch(tag.value):
        yield Problem(path, "qr_not_plain", facts)
    if path == "54" and not (_AMOUNT.fullmatch(tag.value) and tag.value.strip("0.")):
        yield Problem(path, "qr_amount", facts)


def write(tags: Sequence[Tag]) -> str:
    """Write the tags in the order given, open with nothing and close with 63 and its checksum.

    Raises Invalid for whatever ``problems`` names, for a wrong frame and for over 512 characters.
    """
    for problem in problems(tags):
        raise Invalid(problem.code, field="tag", tag=problem.where, **problem.facts)
    body = write_tags(tags) + "6304"
    payload = body + crc(body)
    if len(payload) > PAYLOAD_LIMIT:
        raise Invalid("qr_too_long", field="payload", tag="", length=len(payload))
    read(payload)
    return payload


def write_tags(tags: Iterable[Tag]) -> str:
    """Write the tags of one level. Raises Invalid for an empty value or one over 99 characters."""
    parts = []
    for tag in tags:
        length = len(tag.value)
        if not 1 <= length <= 99:
            raise Invalid("qr_length", field="tag", tag=tag.id, length=length, longest=99)
        parts.append(f"{tag.id}{length:02d}{tag.value}")
    return "".join(parts)
