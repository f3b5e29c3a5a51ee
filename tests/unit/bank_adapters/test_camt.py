"""Camt.052, 053 and 054: every sample reads as it should, and no XML does what it should not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bank_adapters.statements import camt
from bank_adapters.statements.camt import READER
from payments.domain.bank_messages import Direction, Statement
from payments.domain.errors import InvalidFile
from tests.statement_fuzz import broken
from tests.statement_samples import EXPECTED, SAMPLES, assert_as_expected

PUBLIC = sorted(name for name in EXPECTED if name.startswith("camt"))
OURS = sorted(name for name in EXPECTED if name.endswith("camt053.xml") and name.startswith("vn/"))
SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def balance(code: str, amount: str, *, side: str = "CRDT", currency: str = "VND") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
    )


def entry(
    amount: str = "50000",
    *,
    side: str = "CRDT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    more: str = "",
    booked: str = "<Dt>2026-03-02</Dt>",
    currency: str = "VND",
    details: str = "<TxDtls><RmtInf><Ustrd>nop phi</Ustrd></RmtInf></TxDtls>",
) -> str:
    return (
        f"<Ntry><Amt Ccy='{currency}'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}{status}"
        f"<BookgDt>{booked}</BookgDt><AcctSvcrRef>E1</AcctSvcrRef>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def document(*parts: str, space: str = SPACE, container: str = "BkToCstmrStmt") -> bytes:
    inside = {"BkToCstmrStmt": "Stmt", "BkToCstmrAcctRpt": "Rpt"}.get(container, "Ntfctn")
    return (
        f"<Document xmlns='{space}'><{container}><GrpHdr><MsgId>M</MsgId></GrpHdr>"
        f"<{inside}><Id>S1</Id><Acct><Id><Othr><Id>0011</Id></Othr></Id></Acct>"
        f"{''.join(parts)}</{inside}></{container}></Document>"
    ).encode()


def only(body: bytes) -> Statement:
    (statement,) = READER.read(body).statements
    return statement


def rules(body: bytes) -> list[str]:
    return [problem.rule for problem in READER.read(body).problems]


def refusal(body: bytes) -> str:
    with pytest.raises(InvalidFile) as caught:
        READER.read(body)
    return caught.value.problems[0].code


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_sample_reads_as_expected(name: str) -> None:
    body = (SAMPLES / name).read_bytes()
    wanted = EXPECTED[name]["statements"]

    assert READER.recognises(name, body)
    if not wanted:
        assert refusal(body) == "nothing_read"
        return
    statements = READER.read(body).statements
    assert len(statements) == len(wanted)
    for statement, one in zip(statements, wanted, strict=True):
        assert_as_expected(statement, one)
        pending = sum(entry.is_pending for entry in statement.entries)
        assert pending == one["pending"]


@pytest.mark.parametrize("name", OURS)
def test_a_vietnamese_sample_reads_as_expected(name: str) -> None:
    assert_as_expected(only((SAMPLES / name).read_bytes()), EXPECTED[name])


@pytest.mark.parametrize("name", OURS)
def test_a_vietnamese_sample_has_no_problem_of_reading(name: str) -> None:
    assert rules((SAMPLES / name).read_bytes()) == []


def test_the_parts_of_an_entry_are_read() -> None:
    body = (SAMPLES / "vn/vn_clean.camt053.xml").read_bytes()
    statement = only(body)

    assert statement.account_number == "0011000000010"
    assert statement.number == "61"
    assert statement.decimals == 0
    assert statement.entries[0].where == "entry 1"
    assert statement.entries[0].text.startswith("Nop phi")


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 15)])
@pytest.mark.parametrize(
    ("container", "family"),
    [
        ("BkToCstmrStmt", "camt.053"),
        ("BkToCstmrAcctRpt", "camt.052"),
        ("BkToCstmrDbtCdtNtfctn", "camt.054"),
    ],
)
def test_every_version_of_every_message_is_read(container: str, family: str, version: str) -> None:
    space = f"urn:iso:std:iso:20022:tech:xsd:{family}.001.{version}"
    body = document(entry(), space=space, container=container)

    assert READER.recognises("a.xml", body)
    assert only(body).entries[0].amount == 50_000


def test_a_message_without_a_namespace_is_read() -> None:
    assert len(only(document(entry()).replace(f" xmlns='{SPACE}'".encode(), b"")).entries) == 1


def test_a_message_whose_elements_have_a_prefix_is_read() -> None:
    body = document(entry()).replace(b"</", b"\0").replace(b"<", b"<ns:").replace(b"\0", b"</ns:")
    body = body.replace(b"xmlns=", b"xmlns:ns=")

    assert READER.recognises("a.xml", body)
    assert only(body).entries[0].text == "nop phi"


def test_a_message_in_an_envelope_is_read() -> None:
    body = b"<Envelope><AppHdr><Fr>x</Fr></AppHdr>" + document(entry()) + b"</Envelope>"

    assert len(only(body).entries) == 1


def test_a_message_of_another_family_is_refused() -> None:
    space = "urn:iso:std:iso:20022:tech:xsd:camt.052.001.08"

    assert refusal(document(entry(), space=space)) == "message_family"


def test_a_batch_is_one_entry_with_every_payers_words() -> None:
    statement = only((SAMPLES / "vn/vn_batch.camt053.xml").read_bytes())

    assert [entry.amount for entry in statement.entries] == [150_000]
    words = "Nop phi ho so HS1 | Nop phi ho so HS2 | Nop phi ho so HS3"
    assert statement.entries[0].text == words


def test_a_batch_that_lists_fewer_payments_than_it_announces_is_named() -> None:
    details = "<Btch><NbOfTxs>2</NbOfTxs></Btch><TxDtls/>"

    assert rules(document(entry(details=details))) == ["details_count"]


@pytest.mark.parametrize(
    "status", ["<Sts>PDNG</Sts>", "<Sts><Cd>PDNG</Cd></Sts>", "<Sts><Cd>INFO</Cd></Sts>"]
)
def test_what_is_not_booked_is_pending(status: str) -> None:
    assert only(document(entry(status=status))).entries[0].is_pending


def test_a_status_of_the_banks_own_is_pending_and_named() -> None:
    body = document(entry(status="<Sts><Prtry>ABC</Prtry></Sts>"))

    assert only(body).entries[0].is_pending
    assert rules(body) == ["status_unknown"]


def test_a_reversal_has_its_own_direction_when_the_balances_say_so() -> None:
    taken_back = entry(side="DBIT", more="<RvslInd>true</RvslInd>")
    body = document(balance("OPBD", "0"), balance("CLBD", "0"), entry(), taken_back)

    assert [one.direction for one in only(body).entries] == [Direction.IN, Direction.OUT]
    assert only(body).entries[1].is_reversal


def test_a_reversal_is_turned_when_the_balances_say_so() -> None:
    taken_back = entry(side="CRDT", more="<RvslInd>true</RvslInd>")
    body = document(balance("OPBD", "0"), balance("CLBD", "0"), entry(), taken_back)

    assert [one.direction for one in only(body).entries] == [Direction.IN, Direction.OUT]


def test_a_previous_closing_opens_and_interim_balances_do_both() -> None:
    previous = only(document(balance("PRCD", "7"), balance("CLBD", "50007"), entry()))
    interim = only(document(balance("ITBD", "7"), balance("ITBD", "50007"), entry()))

    assert (previous.opening, previous.closing) == (7, 50_007)
    assert (interim.opening, interim.closing) == (7, 50_007)


def test_a_single_interim_balance_opens() -> None:
    statement = only(document(balance("ITBD", "7"), entry()))

    assert (statement.opening, statement.closing) == (7, None)


def test_an_overdrawn_balance_is_negative() -> None:
    assert only(document(balance("OPBD", "7", side="DBIT"), entry())).opening == -7


def test_what_is_available_is_no_balance_of_the_books() -> None:
    assert only(document(balance("CLAV", "7"), entry())).closing is None


def test_minor_units_are_kept_to_the_last_digit() -> None:
    statement = only(document(entry("8.85", currency="EUR"), entry("0.00123", currency="EUR")))

    assert statement.decimals == 5
    assert [one.amount for one in statement.entries] == [885_000, 123]


@pytest.mark.parametrize(
    "amount", ["12..34", "", "-5", "1,000", "1e3", "٥", "50000.5", "1" * 19, "NaN", "0x10"]
)
def test_an_amount_that_cannot_be_read_is_named_and_counts_nothing(amount: str) -> None:
    body = document(entry(amount))

    assert only(body).entries[0].amount == 0
    assert rules(body)[0] == "amount_unreadable"


def test_an_amount_that_stands_twice_is_none() -> None:
    body = document(entry(more="<Amt Ccy='VND'>1</Amt>"))

    assert rules(body) == ["amount_unreadable"]


def test_an_entry_in_another_currency_is_named() -> None:
    assert rules(document(entry(), entry(currency="USD"))) == ["currency_differs"]


def test_a_time_in_utc_is_told_as_vietnams_day() -> None:
    found = only(document(entry(booked="<DtTm>2026-03-02T17:30:00Z</DtTm>"))).entries[0]

    assert found.booked_on == date(2026, 3, 3)
    assert found.booked_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)


def test_printed_totals_are_read_and_their_sum_is_checked() -> None:
    totals = (
        "<TxsSummry><TtlNtries><NbOfNtries>1</NbOfNtries><Sum>60000</Sum></TtlNtries>"
        "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>50000</Sum></TtlCdtNtries></TxsSummry>"
    )
    body = document(totals, entry())

    assert (only(body).printed_count, only(body).printed_credits) == (1, 50_000)
    assert rules(body) == ["printed_sum"]


def test_a_payers_words_never_become_elements() -> None:
    words = "a &lt;/Ustrd&gt;&lt;Ntry&gt; <![CDATA[<Ntry><Amt>9</Amt></Ntry>]]>\n:61:\u202e=1+1"
    details = f"<TxDtls><RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls>"
    statement = only(document(entry(details=details)))

    told = "a </Ustrd><Ntry> <Ntry><Amt>9</Amt></Ntry> :61:=1+1"
    assert [one.text for one in statement.entries] == [told]


def test_entries_inside_what_is_not_looked_for_are_none() -> None:
    strange = f"<SplmtryData><Envlp>{entry('9')}</Envlp></SplmtryData>"

    assert len(only(document(entry(), strange)).entries) == 1


@pytest.mark.parametrize(
    "kind",
    [
        "<!DOCTYPE Document>",
        '<!DOCTYPE D [<!ENTITY a "b">]>',
        '<!DOCTYPE D SYSTEM "file:///etc/hostname">',
        '<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE D [<!ENTITY % a SYSTEM "x">]>',
    ],
)
def test_any_document_type_is_refused(kind: str) -> None:
    assert refusal(kind.encode() + document(entry())) == "xml_refused"


def test_a_document_cut_anywhere_is_refused() -> None:
    body = document(balance("OPBD", "0"), balance("CLBD", "50000"), entry())

    for end in range(len(body)):
        assert refusal(body[:end]) in {"file_cut", "xml_unreadable"}


def test_what_stands_behind_the_document_is_refused() -> None:
    assert refusal(document(entry()) * 2) == "xml_unreadable"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "cp1258"])
def test_the_encoding_is_the_one_that_is_declared(encoding: str) -> None:
    details = "<TxDtls><RmtInf><Ustrd>né à</Ustrd></RmtInf></TxDtls>"
    name = {"utf-8-sig": "utf-8", "cp1258": "windows-1258"}.get(encoding, encoding)
    text = f"<?xml version='1.0' encoding='{name}'?>" + document(entry(details=details)).decode()
    body = text.encode(encoding)

    assert READER.recognises("a.xml", body)
    assert only(body).entries[0].text == "né à"


def test_bytes_that_are_not_in_the_declared_encoding_are_refused() -> None:
    body = document(entry()).replace(b"nop phi", "né".encode("latin-1"))

    assert refusal(body) == "xml_unreadable"


def test_an_unknown_encoding_is_refused() -> None:
    assert refusal(b"<?xml version='1.0' encoding='wtf-9'?>" + document(entry())) in {
        "encoding_unknown",
        "xml_unreadable",
    }


def test_a_deep_document_is_refused() -> None:
    assert refusal(b"<a>" * 100_000 + document(entry()) + b"</a>" * 100_000) == "xml_refused"
    deep = "<b>" * 100_000 + "</b>" * 100_000
    assert len(only(document(f"<X>{deep}</X>", entry(more=deep))).entries) == 1


def test_a_statement_without_entries_and_balances_is_refused() -> None:
    assert refusal(document()) == "nothing_read"


def test_several_statements_are_told_apart(tmp_path: Path) -> None:
    body = document(entry()).replace(
        b"</Stmt>", b"</Stmt>" + b"<Stmt>" + entry("x").encode() + b"</Stmt>"
    )
    content = READER.read(body)

    assert len(content.statements) == 2
    assert content.problems[0].where == "statement 2 entry 1"


def as_elements(body: bytes, patch: pytest.MonkeyPatch) -> object:
    """What is read when every entry is built as elements, none known by its shape."""
    with patch.context() as patched:
        patched.setattr(camt._Reading, "match", lambda *_: None)
        return outcome(body)


def outcome(body: bytes) -> object:
    try:
        return READER.read(body)
    except InvalidFile as error:
        return error.problems


def test_entries_of_one_shape_read_as_their_elements_do(monkeypatch: pytest.MonkeyPatch) -> None:
    known = 0
    real = camt._Reading.match

    def counted(reading: camt._Reading, body: bytes, place: int) -> int | None:
        nonlocal known
        end = real(reading, body, place)
        known += end is not None
        return end

    monkeypatch.setattr(camt._Reading, "match", counted)
    entries = [entry(str(1000 + number), booked="<Dt>2026-03-02</Dt>") for number in range(50)]
    odd = [
        entry("5.00"),
        entry("7", side="DBIT"),
        entry("x"),
        entry("8", details="<TxDtls><RmtInf><Ustrd>a &amp; b é</Ustrd></RmtInf></TxDtls>"),
        entry("9", details="<TxDtls><RmtInf><Ustrd>\n</Ustrd></RmtInf></TxDtls>"),
        entry("9", details="<TxDtls/><TxDtls/>"),
        entry("10", details="<TxDtls><RmtInf><Ustrd>né</Ustrd></RmtInf></TxDtls>"),
    ]
    body = document(balance("OPBD", "0"), *entries, *odd, *entries, *odd)

    assert outcome(body) == as_elements(body, monkeypatch)
    assert known > 100


@pytest.mark.parametrize(
    "hiding", ["<![CDATA[{}]]>", "<!--{}-->", "<?x {}?>", "<SplmtryData>{}</SplmtryData>"]
)
@pytest.mark.parametrize("place", ["text", "between", "entry"])
def test_entries_in_hiding_are_not_read(
    hiding: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = "".join(entry("99") for _ in range(5))
    hidden = hiding.format(fake)
    if place == "text":
        details = f"<TxDtls><RmtInf><Ustrd>{hidden}</Ustrd></RmtInf></TxDtls>"
        body = document(entry(), entry(), entry(details=details), entry())
    elif place == "between":
        body = document(entry(), entry(), "" if "CDATA" in hiding else hidden, entry(), entry())
    else:
        body = document(entry(), entry(more=hidden), entry(), entry())

    assert outcome(body) == as_elements(body, monkeypatch)
    assert len(only(body).entries) == 4
    assert all(one.amount == 50_000 for one in only(body).entries)


def test_a_line_is_named_where_it_stands_behind_known_entries() -> None:
    body = document(*(f"\n{entry(str(number))}" for number in range(1, 40)), "\n<Bal></Stmt>")

    with pytest.raises(InvalidFile) as caught:
        READER.read(body)
    assert caught.value.problems[0].where == "line 41"


def test_broken_files_read_as_their_elements_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for body in broken("camt", 400, seed=7):
        assert outcome(body) == as_elements(body, monkeypatch)
