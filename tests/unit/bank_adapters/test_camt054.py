"""camt.054 over HTTP: versions, batches, reversals and states; nothing that is not the document."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bank_adapters.camt054_entries import notices
from payments.domain.bank_messages import Direction, TransferStatus
from payments.domain.errors import Invalid


def entry(
    *,
    amount: str = "150000",
    currency: str = "VND",
    direction: str = "CRDT",
    status: str = "<Sts>BOOK</Sts>",
    booked: str = "<BookgDt><DtTm>2026-03-02T15:00:00+07:00</DtTm></BookgDt>",
    reference: str = "<AcctSvcrRef>FT1</AcctSvcrRef>",
    details: str = "<TxDtls><RmtInf><Ustrd>TPH7K2M4</Ustrd></RmtInf></TxDtls>",
    more: str = "",
) -> str:
    return (
        f'<Ntry><NtryRef>7</NtryRef><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{direction}</CdtDbtInd>{more}{status}{booked}{reference}"
        f"<NtryDtls>{details}</NtryDtls><AddtlNtryInf>bank's own words</AddtlNtryInf></Ntry>"
    )


def document(
    *entries: str, version: str = "08", account: str = "<Othr><Id>0123</Id></Othr>"
) -> bytes:
    return (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.{version}">'
        "<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M</MsgId></GrpHdr>"
        "<Ntfctn><Id>N1</Id><CreDtTm>2026-03-02T16:00:00</CreDtTm>"
        f"<Acct><Id>{account}</Id></Acct>{''.join(entries)}</Ntfctn>"
        "</BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def part(amount: str, text: str = "x", currency: str = "VND", direction: str = "") -> str:
    side = f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else ""
    return (
        f'<TxDtls><Amt Ccy="{currency}">{amount}</Amt>{side}'
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )


@pytest.mark.parametrize("version", ["02", "04", "08", "10", "12", "13"])
@pytest.mark.parametrize("status", ["<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"])
def test_every_version_is_read_alike(version: str, status: str) -> None:
    (notice,) = notices(document(entry(status=status), version=version))

    assert (notice.event_id, notice.amount, notice.direction) == ("FT1", 150_000, Direction.IN)
    assert (notice.account_number, notice.currency) == ("0123", "VND")
    assert notice.occurred_at == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert notice.remittance_information == "TPH7K2M4"


def test_a_document_without_a_namespace_is_read_too() -> None:
    bare = document(entry()).replace(
        b' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"', b""
    )

    assert notices(bare) == notices(document(entry()))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("BOOK", TransferStatus.BOOKED),
        ("PDNG", TransferStatus.PENDING),
        ("INFO", TransferStatus.PENDING),
        ("FUTR", TransferStatus.PENDING),
    ],
)
def test_only_what_is_booked_is_booked(said: str, meant: TransferStatus) -> None:
    (notice,) = notices(document(entry(status=f"<Sts><Cd>{said}</Cd></Sts>")))

    assert notice.status is meant


def test_every_entry_of_every_account_is_told() -> None:
    two = entry(reference="<AcctSvcrRef>FT2</AcctSvcrRef>", amount="1")

    assert [notice.event_id for notice in notices(document(entry(), two))] == ["FT1", "FT2"]


def test_a_batch_whose_parts_add_up_is_told_in_parts() -> None:
    batch = entry(details=part("100000", "TPHA") + part("50000.00", "TPHB"))

    told = notices(document(batch))

    assert [(n.event_id, n.amount, n.remittance_information) for n in told] == [
        ("FT1.1", 100_000, "TPHA"),
        ("FT1.2", 50_000, "TPHB"),
    ]


@pytest.mark.parametrize(
    "details",
    [
        part("100000", "TPHA") + part("40000", "TPHB"),
        part("100000", "TPHA") + part("50000", "TPHB", currency="USD"),
        part("100000", "TPHA") + part("50000", "TPHB", direction="DBIT"),
        part("100000", "TPHA") + "<TxDtls><RmtInf><Ustrd>TPHB</Ustrd></RmtInf></TxDtls>",
    ],
    ids=["another sum", "another currency", "another direction", "an amount missing"],
)
def test_a_batch_whose_parts_do_not_add_up_is_the_one_movement_of_the_account(
    details: str,
) -> None:
    (notice,) = notices(document(entry(details=details)))

    assert (notice.amount, notice.event_id) == (150_000, "FT1")
    assert notice.remittance_information == "TPHA TPHB"


def test_older_versions_write_the_parts_deeper() -> None:
    old = '<TxDtls><AmtDtls><TxAmt><Amt Ccy="VND">75000</Amt></TxAmt></AmtDtls></TxDtls>'

    assert [n.amount for n in notices(document(entry(details=old * 2)))] == [75_000, 75_000]


def test_a_reversal_is_the_way_it_went_and_not_its_original() -> None:
    taken_back = entry(direction="DBIT", more="<RvslInd>true</RvslInd>")

    first, second = notices(document(entry(), taken_back))

    assert (first.event_id, first.direction) == ("FT1", Direction.IN)
    assert (second.event_id, second.direction) == ("FT1/RVSL", Direction.OUT)


def test_two_entries_of_one_name_in_one_document_are_two_transfers() -> None:
    assert [n.event_id for n in notices(document(entry(), entry()))] == ["FT1", "FT1#2"]


def test_an_entry_without_the_bank_s_reference_is_named_by_its_notification() -> None:
    (notice,) = notices(document(entry(reference="")))

    assert (notice.event_id, notice.bank_reference) == ("N1/7", "")


@pytest.mark.parametrize(
    ("booked", "hour"),
    [
        ("<BookgDt><Dt>2026-03-02</Dt></BookgDt>", datetime(2026, 3, 1, 17, tzinfo=UTC)),
        (
            "<BookgDt><DtTm>2026-03-02T15:00:00</DtTm></BookgDt>",
            datetime(2026, 3, 2, 8, tzinfo=UTC),
        ),
        ("<ValDt><DtTm>2026-03-02T08:00:00Z</DtTm></ValDt>", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("", datetime(2026, 3, 2, 9, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_vietnam_s(booked: str, hour: datetime) -> None:
    (notice,) = notices(document(entry(booked=booked)))

    assert notice.occurred_at == hour


def test_the_text_stands_where_the_bank_has_put_it() -> None:
    structured = (
        "<TxDtls><RmtInf><Strd><CdtrRefInf><Ref>TPHC</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    )
    lines = "<TxDtls><RmtInf><Ustrd>a  b</Ustrd><Ustrd>c</Ustrd></RmtInf></TxDtls>"
    extra = "<TxDtls><AddtlTxInf>more</AddtlTxInf></TxDtls>"
    texts = [
        notices(document(entry(details=details)))[0].remittance_information
        for details in (structured, lines, extra, "")
    ]

    assert texts == ["TPHC", "a b c", "more", "bank's own words"]


def test_another_currency_is_told_as_it_is() -> None:
    (notice,) = notices(document(entry(currency="USD", amount="12.00")))

    assert (notice.amount, notice.currency) == (12, "USD")


UNREADABLE = {
    "another message": document(entry()).replace(b"camt.054", b"camt.053"),
    "another root": b"<Envelope/>",
    "no notification": document(entry()).replace(b"BkToCstmrDbtCdtNtfctn", b"Other"),
    "no account": document(entry(), account=""),
    "an account with a blank": document(entry(), account="<Othr><Id>01 23</Id></Othr>"),
    "two amounts": document(entry(more='<Amt Ccy="VND">9</Amt>')),
    "a fraction": document(entry(amount="150000.5")),
    "a comma": document(entry(amount="150000,00")),
    "no currency": document(entry(currency="")),
    "an unknown status": document(entry(status="<Sts>MAYB</Sts>")),
    "no status": document(entry(status="")),
    "an unknown direction": document(entry(direction="BOTH")),
    "no such day": document(entry(booked="<BookgDt><Dt>2026-02-30</Dt></BookgDt>")),
    "a time in words": document(entry(booked="<BookgDt><Dt>today</Dt></BookgDt>")),
    "a reference without end": document(entry(reference=f"<AcctSvcrRef>{'9' * 200}</AcctSvcrRef>")),
    "entities without end": b'<!DOCTYPE D [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'
    + document(entry()),
    "a file of ours": b'<!DOCTYPE D SYSTEM "file:///etc/passwd">' + document(entry()),
    "UTF-16": document(entry()).decode().encode("utf-16"),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_not_the_document_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        notices(body)
