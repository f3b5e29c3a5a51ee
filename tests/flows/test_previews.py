"""What a bank tells of a running day is kept as it came and never becomes the record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciliation.cli.statement_reading import read_command
from reconciliation.domain.statements import FileVerdict
from tests.flows.stage import TOTAL, Stage

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{family}.001.08"><{container}><{report}>
<Id>1</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>VND</Ccy></Acct>
<Ntry><Amt Ccy="VND">475000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2021-03-09</Dt></BookgDt><AcctSvcrRef>FT00001</AcctSvcrRef>
<NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</{report}></{container}></Document>
"""
MT942 = """:20:TT HCC
:25:{account}
:28C:9/1
:34F:VND0,
:13D:2103091000+0700
:61:2103090309C475000,NTRFNONREF//FT00001
:86:{text}
:90D:0VND0,
:90C:1VND475000,
-
"""
PREVIEWS = {
    "camt.052": (CAMT, "BkToCstmrAcctRpt", "Rpt"),
    "camt.054": (CAMT, "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    "MT942": (MT942, "", ""),
}


def told(stage: Stage, message: str, text: str) -> bytes:
    """The message of a running day in which a transfer is already booked."""
    form, container, report = PREVIEWS[message]
    account = stage.made.account.account_number
    return form.format(
        family=message, container=container, report=report, account=account, text=text
    ).encode()


@pytest.mark.parametrize("message", PREVIEWS)
def test_a_preview_is_kept_and_nothing_of_it_is_posted(stage: Stage, message: str) -> None:
    standing = stage.request()
    body = told(stage, message, standing.request.reference)

    result = stage.import_file(body, "trong-ngay")

    assert [(one.rule, dict(one.facts)) for one in result.problems] == [
        ("preview", {"message": message})
    ]
    assert result.verdict is FileVerdict.QUARANTINED
    assert stage.count("statements") == stage.count("transfers") == 0
    assert stage.count("statement_files") == 1
    assert stage.state(standing) == "open"


@pytest.mark.parametrize("message", PREVIEWS)
def test_the_statement_of_the_day_is_the_record_after_its_preview(
    stage: Stage, message: str
) -> None:
    standing = stage.request()
    paid = stage.pay(standing.request.reference)
    stage.import_file(told(stage, message, standing.request.reference), "trong-ngay")

    result = stage.import_file(stage.mt940([paid], []), "ca-ngay")

    assert (result.verdict, result.entries_new) == (FileVerdict.IMPORTED, 1)
    assert stage.balances() == {"bank": TOTAL, "fee_income": -TOTAL}


@pytest.mark.parametrize("message", PREVIEWS)
def test_the_command_that_reads_still_shows_a_preview(
    stage: Stage, tmp_path: Path, message: str
) -> None:
    file = tmp_path / "trong-ngay"
    file.write_bytes(told(stage, message, "nop phi"))

    shown = CliRunner().invoke(read_command, [str(file)], obj=stage.wiring)

    entries = json.loads(shown.output)["statements"][0]["entries"]
    assert [(one["amount"], one["text"]) for one in entries] == [(TOTAL, "nop phi")]


def test_an_mt940_with_totals_of_its_own_is_no_preview(stage: Stage) -> None:
    body = stage.mt940([stage.pay("nop phi")], []).replace(b"\n:62F:", b"\n:90C:1VND475000,\n:62F:")

    assert stage.import_file(body, "ca-ngay").verdict is FileVerdict.IMPORTED
