"""Truths written as the messages of banks and providers: MT940, camt, OFX and kept answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from xml.sax.saxutils import escape

from payments.domain.kept_answers import MARK
from tests.fuzz.truths import Line, Truth

_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], " ")


def mt940(truth: Truth, random: Random) -> list[bytes]:
    """Write an MT940; the payer's words go into field 86 as they are, with their line breaks."""
    end = random.choice(("\r\n", "\n", "\r\n", "\r"))
    head = random.choice(("", "{1:F01BANKVNVXAXXX}{2:I940BANKVNVXN}{4:" + end, "\x01" + end))
    lines = [head] if head else []
    lines += [f":20:SK260302{end}", f":25:{random.choice(('BANKVNVX/', ''))}{truth.account}{end}"]
    lines += [f":28C:61/1{end}", f":60F:{_balance(truth.opening, truth.first)}{end}"]
    lines += [_field_61(line, end) for line in truth.lines]
    lines += [
        f":62F:{_balance(truth.closing, truth.last)}{end}",
        "-}" if "{4" in head else f"-{end}",
    ]
    return [line.encode() for line in lines]


def mt942(truth: Truth, random: Random) -> list[bytes]:
    """Write an MT942: no balances, and the numbers and sums of both sides at the end."""
    came = [line.amount for line in truth.lines if line.amount > 0]
    left = [-line.amount for line in truth.lines if line.amount < 0]
    lines = [
        ":20:SK260302\n", f":25:{truth.account}\n", ":28C:61/1\n", ":34F:VND0,\n",
        ":13D:2603021200+0700\n", *(_field_61(line, "\n") for line in truth.lines),
        f":90D:{len(left)}VND{sum(left)},\n", f":90C:{len(came)}VND{sum(came)},\n", "-\n",
    ]  # fmt: skip
    return [line.encode() for line in lines]


def _balance(units: int, day: object) -> str:
    return f"{'D' if units < 0 else 'C'}{day:%y%m%d}VND{abs(units)},"


def _field_61(line: Line, end: str) -> str:
    mark = "C" if line.amount > 0 else "D"
    first = f":61:{line.day:%y%m%d%m%d}{mark}{abs(line.amount)},NTRFNONREF//{line.reference[:16]}"
    return f"{first}{end}:86:{line.text}{end}"


def camt(truth: Truth, random: Random) -> list[bytes]:
    """Write a camt.053, camt.052 or camt.054; the last has no balances, but totals."""
    family = random.choice(("053", "053", "052", "054"))
    version = random.choice((2, 4, 8, 13))
    message, statement = {
        "053": ("BkToCstmrStmt", "Stmt"), "052": ("BkToCstmrAcctRpt", "Rpt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[family]  # fmt: skip
    blank = random.choice(("", "\n"))
    pieces = [
        random.choice(("", '<?xml version="1.0" encoding="UTF-8"?>\n')),
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{family}.001.{version:02}"><{message}>',
        f"<GrpHdr><MsgId>M1</MsgId></GrpHdr>{blank}<{statement}><Id>S61</Id>{blank}",
        f"<Acct><Id><Othr><Id>{truth.account}</Id></Othr></Id><Ccy>VND</Ccy></Acct>{blank}",
    ]
    if family != "054":
        pieces += [
            _bal("OPBD", truth.opening, truth.first),
            _bal("CLBD", truth.closing, truth.last),
        ]
    if family == "054" or random.random() < 0.3:
        pieces.append(_summary(truth))
    pieces += [_entry(line, version, random) + blank for line in truth.lines]
    pieces.append(f"</{statement}></{message}></Document>{blank}")
    return [piece.encode() for piece in pieces]


def _bal(code: str, units: int, day: object) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amt(units)}<Dt><Dt>{day}</Dt></Dt></Bal>"


def _amt(units: int) -> str:
    side = "CRDT" if units >= 0 else "DBIT"
    return f'<Amt Ccy="VND">{abs(units)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _summary(truth: Truth) -> str:
    sides = [[a for line in truth.lines if (a := line.amount * sign) > 0] for sign in (1, -1)]
    credited, debited = (
        f"<NbOfNtries>{len(one)}</NbOfNtries><Sum>{sum(one)}</Sum>" for one in sides
    )
    return (
        f"<TxsSummry><TtlCdtNtries>{credited}</TtlCdtNtries>"
        f"<TtlDbtNtries>{debited}</TtlDbtNtries></TxsSummry>"
    )


def _entry(line: Line, version: int, random: Random) -> str:
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version > 7 else "<Sts>BOOK</Sts>"
    reversal = "<RvslInd>true</RvslInd>" if random.random() < 0.1 else ""
    text = escape(line.text.translate(_NOT_XML))
    return (
        f"<Ntry>{_amt(line.amount)}{reversal}{status}<BookgDt><Dt>{line.day}</Dt></BookgDt>"
        f"<AcctSvcrRef>{line.reference}</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd>"
        "</RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def ofx(truth: Truth, random: Random) -> list[bytes]:
    """Write OFX of version 1, whose values are not closed, or of version 2."""
    is_xml = random.random() < 0.5
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'
    if not is_xml:
        head = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:UTF-8\nCHARSET:NONE\n\n"

    def value(name: str, text: object) -> str:
        return f"<{name}>{text}" + (f"</{name}>" if is_xml else "\n")

    pieces = [
        head, "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>", value("CURDEF", "VND"),
        f"<BANKACCTFROM>{value('BANKID', 'X')}{value('ACCTID', truth.account)}</BANKACCTFROM>",
        f"<BANKTRANLIST>{value('DTSTART', _ymd(truth.first))}{value('DTEND', _ymd(truth.last))}",
        *(_transaction(line, value) for line in truth.lines),
        "</BANKTRANLIST>",
        f"<LEDGERBAL>{value('BALAMT', truth.closing)}{value('DTASOF', _ymd(truth.last))}</LEDGERBAL>",
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n",
    ]  # fmt: skip
    return [piece.encode() for piece in pieces]


def _transaction(line: Line, value: Callable[[str, object], str]) -> str:
    text = escape(line.text.translate(_NOT_XML))
    return (
        f"<STMTTRN>{value('TRNTYPE', 'XFER')}{value('DTPOSTED', _ymd(line.day))}"
        f"{value('TRNAMT', line.amount)}{value('FITID', line.reference)}{value('MEMO', text)}</STMTTRN>"
    )


def _ymd(day: object) -> str:
    return f"{day:%Y%m%d}"


def sepay(truth: Truth, random: Random) -> list[bytes]:
    """Write SePay's answers of the days of a statement as they are kept, newest first."""
    rows: list[dict[str, object]] = [
        {
            "id": str(number), "account_number": truth.account, "sub_account": None, "code": None,
            "transaction_date": f"{line.day} 10:{number:02}:00",
            "amount_in": f"{max(line.amount, 0)}.00", "amount_out": f"{max(-line.amount, 0)}.00",
            "accumulated": f"{balance}.00", "transaction_content": line.text,
            "reference_number": line.reference,
        }
        for number, (line, balance) in enumerate(zip(truth.lines, truth.balances, strict=True))
    ]  # fmt: skip
    days: list[object] = [
        {"status": 200, "transactions": rows_of_day[::-1]} for rows_of_day in _by_day(truth, rows)
    ]
    return _kept("sepay", truth, days)


def casso(truth: Truth, random: Random) -> list[bytes]:
    """Write Casso's answers, oldest first, in pages."""
    rows = [
        {
            "id": number + 1, "tid": line.reference, "description": line.text, "amount": line.amount,
            "cusum_balance": balance, "when": f"{line.day}T10:{number:02}:00",
            "bankSubAccId": truth.account, "virtualAccount": "",
        }
        for number, (line, balance) in enumerate(zip(truth.lines, truth.balances, strict=True))
    ]  # fmt: skip
    size = random.choice((1, 2, 100))
    answers: list[object] = []
    for rows_of_day in _by_day(truth, rows):
        pages = [rows_of_day[at : at + size] for at in range(0, len(rows_of_day), size)] or [[]]
        answers += [
            {"error": 0, "data": {"page": at, "totalPages": len(pages), "records": page}}
            for at, page in enumerate(pages, start=1)
        ]
    return _kept("casso", truth, answers)


def _by_day(truth: Truth, rows: list[dict[str, object]]) -> list[list[dict[str, object]]]:
    days = range((truth.last - truth.first).days + 1)
    return [
        [
            row
            for line, row in zip(truth.lines, rows, strict=True)
            if (line.day - truth.first).days == n
        ]
        for n in days
    ]


def _kept(provider: str, truth: Truth, answers: Sequence[object]) -> list[bytes]:
    head = f'{MARK}"provider":"{provider}","account":"{truth.account}","from":"{truth.first}",'
    pieces = [head, f'"to":"{truth.last}","answers":[']
    for number, answer in enumerate(answers):
        pieces.append("," * bool(number) + json.dumps(json.dumps(answer, ensure_ascii=False)))
    return [piece.encode() for piece in (*pieces, "]}")]
