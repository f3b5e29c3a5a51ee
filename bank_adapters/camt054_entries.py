"""The entries of a camt.054 document as notices of transfers.

The version in the namespace is not looked at. A document type definition, and so every entity, is
refused before anything is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bank_adapters.fields import MOST_DONG, free_text
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.domain.business_day import from_local
from payments.domain.errors import Invalid

_NAMESPACE = re.compile(r"(\{urn:iso:std:iso:20022:tech:xsd:camt\.054\.001\.[0-9]{2}\})?Document")
_WHOLE = re.compile(r"([1-9][0-9]{0,17})(\.0{1,5})?")
_TIME = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_IDENTITY = re.compile(r"[!-~]+( [!-~]+)*")
_DIRECTIONS: Final = {"CRDT": Direction.IN, "DBIT": Direction.OUT}
_STATUSES: Final = {
    "BOOK": TransferStatus.BOOKED,
    "PDNG": TransferStatus.PENDING,
    "FUTR": TransferStatus.PENDING,
    "INFO": TransferStatus.PENDING,
}


def notices(body: bytes) -> tuple[TransferNotice, ...]:
    """Read every entry of a document, and each of its transactions where it is a batch.

    Raises Invalid naming the element that is wrong.
    """
    root = _root(body)
    found: list[TransferNotice] = []
    for notification in _needed(root, "BkToCstmrDbtCdtNtfctn").findall("Ntfctn"):
        for entry in notification.findall("Ntry"):
            found += _of_entry(notification, entry)
    return tuple(_told_apart(found))


def _told_apart(found: Iterable[TransferNotice]) -> Iterator[TransferNotice]:
    """Number what one document calls by one name: two entries are two transfers."""
    seen: Counter[str] = Counter()
    for notice in found:
        seen[notice.event_id] += 1
        times = seen[notice.event_id]
        yield notice if times == 1 else replace(notice, event_id=f"{notice.event_id}#{times}")


def _root(body: bytes) -> Element:
    try:
        # Only UTF-8: in another encoding the same bytes could say something else to others.
        root: Element = fromstring(body.decode("utf-8"), forbid_dtd=True)
    except (UnicodeDecodeError, ParseError, DefusedXmlException, ValueError):
        raise Invalid("body_not_xml", field="body") from None
    if _NAMESPACE.fullmatch(root.tag) is None:
        raise Invalid("body_not_xml", field="body")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _of_entry(notification: Element, entry: Element) -> Iterator[TransferNotice]:
    details = [
        details for group in entry.findall("NtryDtls") for details in group.findall("TxDtls")
    ]
    amount, currency = _money(_needed(entry, "Amt"))
    identity = _entry_id(notification, entry)
    parts = _parts(details, amount, currency, _said(entry, "CdtDbtInd"))
    if parts is None:
        yield _notice(notification, entry, details, identity, amount)
        return
    for number, (one, part) in enumerate(zip(details, parts, strict=True), 1):
        yield _notice(notification, entry, [one], f"{identity}.{number}", part)


def _parts(
    details: Sequence[Element], amount: int, currency: str, direction: str
) -> list[int] | None:
    """Return the amounts of a batch, or None when it is to be read as one transfer.

    The account has moved by the amount of the entry: only parts that make it up may stand for it.
    """
    if len(details) < 2:
        return None
    parts = []
    for one in details:
        written = one.find("Amt")
        written = one.find("AmtDtls/TxAmt/Amt") if written is None else written
        if written is None or written.get("Ccy") != currency:
            return None
        parts.append(_money(written)[0])
    # A part that went the other way is not told apart by the sum.
    if any(one.findtext("CdtDbtInd", direction).strip() != direction for one in details):
        return None
    return parts if sum(parts) == amount else None


def _notice(
    notification: Element, entry: Element, details: Sequence[Element], identity: str, amount: int
) -> TransferNotice:
    reference = entry.findtext("AcctSvcrRef", "")
    if len(details) == 1:
        reference = details[0].findtext("Refs/AcctSvcrRef", "") or reference
    return TransferNotice(
        event_id=identity,
        account_number=_account(notification),
        # The indicator of a reversal (RvslInd) says why; CdtDbtInd is already the way it went.
        direction=_direction(entry),
        amount=amount,
        currency=_needed(entry, "Amt").get("Ccy", ""),
        occurred_at=_time(notification, entry),
        remittance_information=_text(entry, details),
        bank_reference=" ".join(reference.split()),
        status=_status(entry),
    )


def _entry_id(notification: Element, entry: Element) -> str:
    own = entry.findtext("AcctSvcrRef", "").strip()
    if not own:
        own = f"{_said(notification, 'Id')}/{_said(entry, 'NtryRef')}"
    if _IDENTITY.fullmatch(own) is None or len(own) > 110:
        raise Invalid("field_malformed", field="AcctSvcrRef")
    # What takes an entry back may bear the name of the entry.
    is_reversal = entry.findtext("RvslInd", "false").strip() in {"true", "1"}
    return f"{own}/RVSL" if is_reversal else own


def _account(notification: Element) -> str:
    account = _needed(notification, "Acct/Id")
    said = account.findtext("IBAN") or account.findtext("Othr/Id") or ""
    if re.fullmatch(r"[0-9A-Za-z]{1,34}", said) is None:
        raise Invalid("field_malformed", field="Acct/Id")
    return said


def _money(element: Element) -> tuple[int, str]:
    currency = element.get("Ccy", "")
    written = _WHOLE.fullmatch((element.text or "").strip())
    if written is None:
        raise Invalid("amount_out_of_range", field="Amt")
    amount = int(written[1])
    if amount > MOST_DONG:
        raise Invalid("amount_out_of_range", field="Amt")
    if re.fullmatch(r"[A-Z]{3}", currency) is None:
        raise Invalid("field_malformed", field="Ccy")
    return amount, currency


def _time(notification: Element, entry: Element) -> datetime:
    for path in ("BookgDt", "ValDt"):
        said = entry.findtext(f"{path}/DtTm") or entry.findtext(f"{path}/Dt")
        if said:
            return _read_time(said, path)
    return _read_time(_said(notification, "CreDtTm"), "CreDtTm")


def _read_time(said: str, name: str) -> datetime:
    """Read a time with or without a zone (then Vietnam's), or a day (then its start)."""
    if _TIME.fullmatch(said) is None:
        raise Invalid("time_malformed", field=name)
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Invalid("time_malformed", field=name) from None
    return moment.astimezone(UTC) if moment.tzinfo else from_local(moment)


def _text(entry: Element, details: Sequence[Element]) -> str:
    paths = ("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref")
    lines = [found.text or "" for one in details for path in paths for found in one.findall(path)]
    if not any(line.strip() for line in lines):
        lines = [one.findtext("AddtlTxInf", "") for one in details]
    if not any(line.strip() for line in lines):
        lines = [entry.findtext("AddtlNtryInf", "")]
    return " ".join(free_text({"RmtInf": " ".join(lines)}, "RmtInf").split())


def _status(entry: Element) -> TransferStatus:
    # Up to version 07 the status stands in Sts itself, from version 08 in Sts/Cd.
    path = "Sts/Cd" if entry.find("Sts/Cd") is not None else "Sts"
    status = _STATUSES.get(_said(entry, path))
    if status is None:
        raise Invalid("field_malformed", field=path)
    return status


def _direction(entry: Element) -> Direction:
    direction = _DIRECTIONS.get(_said(entry, "CdtDbtInd"))
    if direction is None:
        raise Invalid("field_malformed", field="CdtDbtInd")
    return direction


def _needed(element: Element, path: str) -> Element:
    """Return the only element of a path. Two would let two readers take one each."""
    found = element.findall(path)
    if len(found) != 1:
        raise Invalid("json_field_missing" if not found else "field_malformed", field=path)
    return found[0]


def _said(element: Element, path: str) -> str:
    return (_needed(element, path).text or "").strip()
