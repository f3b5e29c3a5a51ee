"""The VietQR code a citizen scans: who is paid, how much, and the text of the transfer.

Source: NAPAS, "VietQR format in the NAPAS247 fast transfer service", v1.0 (09/2021), on top of
EMVCo Merchant-Presented Mode. What is written obeys both; what is read may be any bank's code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from payments.domain import banks, emv
from payments.domain.emv import Tag
from payments.domain.errors import Invalid, Problem

NAPAS_GUID = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
TO_CARD = "QRIBFTTC"
SERVICES = (TO_ACCOUNT, TO_CARD, "QRPUSH", "QRCASH")
# A NAPAS247 transfer stays below 500,000,000 đồng (NAPAS 8.1.1).
MAX_AMOUNT = 499_999_999
LONGEST_TEXT = 25
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,19}")
_CARD = re.compile(r"9704(?:[0-9]{12}|[0-9]{15})")
_BIN = re.compile(r"[0-9]{6}")
_DIGITS = re.compile(r"[0-9]+")
_PLAIN = re.compile(r"[ -~]+")
_LABELS = ("01", "02", "03", "04", "05", "06", "07", "09")


@dataclass(frozen=True, slots=True)
class VietQR:
    """What a code shall say. Only what is given is written.

    ``bin`` is the bank's six digits, ``account`` its account, virtual account or card number.
    ``amount`` is whole đồng; without it the code is static and the payer types the amount.
    ``text`` goes to 62/08, the only place bank apps take the transfer text from. ``labels`` are the
    other fields of tag 62 as (two digits, value); ``language`` is (language, name, city) of tag 64;
    ``unreserved`` are root tags 80 to 99. All values are plain ASCII.
    """

    bin: str
    account: str
    amount: int | None = None
    text: str | None = None
    name: str | None = None
    city: str | None = None
    postal_code: str | None = None
    category: str | None = None
    service: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    language: tuple[str, str, str] | None = None
    unreserved: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedQR:
    """What a code says. Absent fields are None; ``tags`` holds every tag, known or not.

    ``amount`` is whole đồng, None when absent or not whole; ``amount_text`` is what stands there.
    ``remarks`` names what NAPAS or EMVCo would not have written but a reader can live with; ``bin``
    and what follows are None in a code of another scheme than NAPAS's.
    ``crc_is_right`` is a fact beside the structure, not part of it.
    """

    tags: tuple[Tag, ...]
    crc_stated: str
    crc_computed: str
    remarks: tuple[Problem, ...]
    bin: str | None
    account: str | None
    service: str | None
    amount: int | None
    amount_text: str | None
    text: str | None

    @property
    def crc_is_right(self) -> bool:
        """Say whether the stated checksum is the computed one, in capital or small letters."""
        return self.crc_stated.upper() == self.crc_computed

    def value(self, path: str) -> str | None:
        """Return the value at a path such as ``59``, ``62/05`` or ``38/01/00``, or None."""
        tags, value = self.tags, None
        for tag_id in path.split("/"):
            tag = emv.find(tags, tag_id)
            if tag is None:
                return None
            tags, value = tag.children, tag.value
        return value


def build(code: VietQR) -> str:
    """Write the payload of a code.

    Raises Invalid naming ``field`` and ``tag`` for what no bank should see: a BIN not in the list,
    an account of other than 1 to 19 letters and digits, an amount that is not a whole positive
    number below the NAPAS ceiling, a text that is empty, too long or not plain ASCII.
    """
    _check_payee(code)
    _check_amount(code.amount)
    tags = [
        Tag("00", "01"),
        Tag("01", "11" if code.amount is None else "12"),
        _payee(code),
        Tag("53", "704"),
        Tag("58", "VN"),
    ]
    if code.amount is not None:
        tags.append(Tag("54", str(code.amount)))
    for tag_id, field, value in (
        ("52", "category", code.category),
        ("59", "name", code.name),
        ("60", "city", code.city),
        ("61", "postal_code", code.postal_code),
    ):
        if value is not None:
            tags.append(Tag(tag_id, _plain(value, field, tag_id)))
    tags.extend(_templates(code))
    return emv.write(sorted(tags, key=lambda tag: tag.id))


def _check_payee(code: VietQR) -> None:
    """Refuse a bank that is not in the list, and an account or service NAPAS does not know."""
    if not isinstance(code.bin, str) or not _BIN.fullmatch(code.bin):
        raise Invalid("qr_bin", field="bin", tag="38/01/00", found=code.bin)
    if not banks.is_known(code.bin):
        raise Invalid("qr_bin_unknown", field="bin", tag="38/01/00", found=code.bin)
    if not isinstance(code.account, str) or not _ACCOUNT.fullmatch(code.account):
        raise Invalid("qr_account", field="account", tag="38/01/01", longest=19)
    if code.service is not None and code.service not in SERVICES:
        raise Invalid("qr_service", field="service", tag="38/02", found=code.service)
    if code.category is not None and not re.fullmatch(r"[0-9]{4}", str(code.category)):
        raise Invalid("qr_category", field="category", tag="52", found=code.category)


def _check_amount(amount: int | None) -> None:
    """Refuse an amount that is not a whole number of đồng from 1 to the NAPAS ceiling."""
    if amount is None:
        return
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise Invalid("qr_amount", field="amount", tag="54", found=repr(amount))
    if not 1 <= amount <= MAX_AMOUNT:
        raise Invalid("qr_amount", field="amount", tag="54", found=amount, most=MAX_AMOUNT)


def _payee(code: VietQR) -> Tag:
    """Tag 38: NAPAS, the bank and the account, the service. A number of 9704... is a card."""
    service = code.service or (TO_CARD if _CARD.fullmatch(code.account) else TO_ACCOUNT)
    account = emv.template("01", Tag("00", code.bin), Tag("01", code.account))
    return emv.template("38", Tag("00", NAPAS_GUID), account, Tag("02", service))


def _templates(code: VietQR) -> list[Tag]:
    """Tags 62, 64 and 80 to 99, as far as they were asked for."""
    tags = []
    labels = {"08": _plain(code.text, "text", "62/08")} if code.text is not None else {}
    for tag_id, value in code.labels:
        if tag_id not in _LABELS or tag_id in labels:
            raise Invalid("qr_label", field="labels", tag=f"62/{tag_id}")
        labels[tag_id] = _plain(value, "labels", f"62/{tag_id}")
    if labels:
        tags.append(_template("62", labels))
    if code.language is not None:
        tags.append(_template("64", dict(zip(("00", "01", "02"), code.language, strict=True))))
    for tag_id, value in code.unreserved:
        if not re.fullmatch(r"[89][0-9]", tag_id):
            raise Invalid("qr_label", field="unreserved", tag=tag_id)
        tags.append(Tag(tag_id, _plain(value, "unreserved", tag_id)))
    return tags


def _template(tag_id: str, values: dict[str, str]) -> Tag:
    """Return a template with its fields in the order of their numbers.

    Raises Invalid when a field or the whole is too long.
    """
    children = tuple(Tag(key, values[key]) for key in sorted(values))
    for problem in emv.problems(children, tag_id):
        field = "text" if problem.where == "62/08" else "labels"
        raise Invalid(problem.code, field=field, tag=problem.where, **problem.facts)
    return emv.template(tag_id, *children)


def _plain(value: str, field: str, tag: str) -> str:
    """Return the value. Raises Invalid when it is empty, not printable ASCII or over its length."""
    if not isinstance(value, str) or not _PLAIN.fullmatch(value):
        raise Invalid("qr_not_plain", field=field, tag=tag, found=value)
    longest = emv.LONGEST.get(tag, 99)
    if len(value) > longest:
        raise Invalid("qr_length", field=field, tag=tag, length=len(value), longest=longest)
    return value


def parse(payload: str) -> ParsedQR:
    """Read a code whose structure and checksum are right.

    Raises Invalid naming ``tag`` and ``offset``; the code ``qr_crc`` means that only the checksum
    is wrong, every other code that the structure is.
    """
    parsed = read_structure(payload)
    if not parsed.crc_is_right:
        raise Invalid(
            "qr_crc",
            field="payload",
            tag="63",
            offset=len(payload) - 8,
            stated=parsed.crc_stated,
            computed=parsed.crc_computed,
        )
    return parsed


def read_structure(payload: str) -> ParsedQR:
    """Read a code by its structure alone; ``crc_is_right`` says the rest. Raises Invalid."""
    envelope = emv.read(payload)
    tags = tuple(_open_payee(tag) if tag.id == "38" else tag for tag in envelope.tags)
    payee = _napas_payee(tags)
    amount = emv.find(tags, "54")
    additional = emv.find(tags, emv.ADDITIONAL)
    text = additional.child("08") if additional else None
    return ParsedQR(
        tags=tags,
        crc_stated=envelope.crc_stated,
        crc_computed=envelope.crc_computed,
        remarks=emv.problems(tags) + (_napas_remarks(tags) if payee else ()),
        bin=payee[0] if payee else None,
        account=payee[1] if payee else None,
        service=payee[2] if payee else None,
        amount=_whole(amount.value, tags) if amount else None,
        amount_text=amount.value if amount else None,
        text=text.value if text else None,
    )


def _open_payee(tag: Tag) -> Tag:
    """Open 38/01 when tag 38 is NAPAS's. Raises Invalid for anything but a BIN and an account."""
    guid, payee = tag.child("00"), tag.child("01")
    if guid is None or guid.value.upper() != NAPAS_GUID:
        return tag
    if payee is None:
        raise Invalid("qr_no_payee", field="payload", tag="38/01", offset=tag.offset)
    inner = emv.read_tags(payee.value, template="38/01", offset=payee.offset + 4)
    if [part.id for part in inner] != ["00", "01"] or not _BIN.fullmatch(inner[0].value):
        raise Invalid("qr_payee", field="payload", tag="38/01", offset=payee.offset)
    if not inner[1].value:
        raise Invalid("qr_payee", field="payload", tag="38/01/01", offset=inner[1].offset)
    opened = Tag(payee.id, payee.value, payee.offset, inner)
    children = tuple(opened if part is payee else part for part in tag.children)
    return Tag(tag.id, tag.value, tag.offset, children)


def _napas_payee(tags: tuple[Tag, ...]) -> tuple[str, str, str | None] | None:
    """Return BIN, account and service of a VietQR, or None. Raises Invalid for text no bank reads.

    Name and city of a VietQR are plain ASCII; an accented one was never shown by bank apps.
    """
    tag = emv.find(tags, "38")
    payee = tag.child("01") if tag else None
    if tag is None or payee is None or not payee.children:
        return None
    for part in tags:
        if part.id in {"59", "60"} and not part.value.isascii():
            raise Invalid("qr_not_plain", field="payload", tag=part.id, offset=part.offset)
    service = tag.child("02")
    return payee.children[0].value, payee.children[1].value, service.value if service else None


def _napas_remarks(tags: tuple[Tag, ...]) -> tuple[Problem, ...]:
    """Name where a VietQR that can be read departs from NAPAS's own rules."""
    values = {tag.id: tag.value for tag in tags}
    tag = emv.find(tags, "38")
    account = tag.child("01") if tag else None
    remarks = []
    wanted = "12" if "54" in values else "11"
    if values.get("01") != wanted:
        remarks.append(Problem("01", "qr_method", {"found": values.get("01", ""), "is": wanted}))
    if values.get("53") != "704":
        remarks.append(Problem("53", "qr_currency", {"found": values.get("53", "")}))
    if values.get("58") != "VN":
        remarks.append(Problem("58", "qr_country", {"found": values.get("58", "")}))
    if "54" in values and _whole(values["54"], tags) is None:
        remarks.append(Problem("54", "qr_amount", {"found": values["54"]}))
    if account and not _ACCOUNT.fullmatch(account.children[1].value):
        remarks.append(Problem("38/01/01", "qr_account", {"found": account.children[1].value}))
    if tag and tag.child("02") is None:
        remarks.append(Problem("38/02", "qr_service", {"found": ""}))
    return tuple(remarks)


def _whole(text: str, tags: tuple[Tag, ...]) -> int | None:
    """Return a whole positive amount in đồng ("50000", "50000."), or None; never a rounded one."""
    currency = emv.find(tags, "53")
    digits = text.removesuffix(".")
    if currency is None or currency.value != "704" or not _DIGITS.fullmatch(digits):
        return None
    return int(digits) or None
