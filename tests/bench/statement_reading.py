"""Statements read from a file, against mt-940 and a bare lxml iterparse in the same run.

Runs alone too: ``python tests/bench/statement_reading.py``. The two libraries are no dependency of
ours: they are fetched into a folder of this run, and where they cannot be, the figure says so.
Each reading is a process of its own, so that its memory is its own; the best of some rounds counts,
ours and theirs by turns.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 5
MT940_ENTRIES, CAMT_ENTRIES, LONG_ENTRIES = 20_000, 50_000, 500_000
_A_PAGE = 200
_RIVALS = ("mt-940==5.1.1", "lxml==6.1.3")

_READINGS = {
    "mt940": """
from bank_adapters.statements.mt940 import READER
def read():
    with open(path, "rb") as source:
        return sum(len(one.entries) for one in READER.read(source.read()).statements)
""",
    "mt-940": """
import mt940
def read():
    with open(path, encoding="utf-8", newline="") as source:
        return sum(len(one.transactions) for one in mt940.parse_statements(source.read()))
""",
    "camt": """
from bank_adapters.statements.camt import READER
def read():
    with open(path, "rb") as source:
        return sum(len(one.entries) for one in READER.read_stream(source).statements)
""",
    "camt parts": """
from bank_adapters.statements.camt import READER
from payments.domain.statement_parts import EntryBatch
def read():
    with open(path, "rb") as source:
        return sum(len(part) for part in READER.read_parts(source) if isinstance(part, EntryBatch))
""",
    "lxml": """
from lxml import etree
def read():
    count = 0
    for _, element in etree.iterparse(path, tag="{*}Ntry"):
        count += 1
        element.clear()
    return count
""",
}
_CHILD = """
import json, re, sys, time
from pathlib import Path
path = sys.argv[1]
{reading}
started = time.process_time()
count = read()
seconds = time.process_time() - started
peak = int(re.search("VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({{"count": count, "seconds": seconds, "peak": peak}}))
"""


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Give each figure beside its limit, as ``make bench`` prints them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rivals = _fetch(folder / "rivals")
        mt940, camt, long = folder / "a.sta", folder / "a.xml", folder / "long.xml"
        mt940.write_text(_mt940(MT940_ENTRIES), encoding="utf-8", newline="")
        _write_camt(camt, CAMT_ENTRIES)
        _write_camt(long, LONG_ENTRIES)
        for what, ours, theirs, file, count, rounds in (
            ("MT940,", "mt940", "mt-940", mt940, MT940_ENTRIES, ROUNDS),
            ("camt.053,", "camt", "lxml", camt, CAMT_ENTRIES, ROUNDS),
            ("camt.053 by parts, one statement of", "camt parts", "lxml", long, LONG_ENTRIES, 1),
        ):
            names = (ours, theirs) if rivals else (ours,)
            best = _best(names, file, count, folder / "rivals", rounds)
            other = best.get(theirs)
            label = {"mt-940": "mt-940", "lxml": "bare lxml iterparse"}[theirs]
            yield (
                f"{what} {count:,} entries read, {best[ours][1]:.0f} MB at most",
                f"{best[ours][0]:.2f} s",
                f"{other[0]:.2f} s ({label})" if other else f"not measured: no {label} here",
                f"{best[ours][0] / other[0]:.2f}" if other else "–",
            )


def _fetch(folder: Path) -> bool:
    """Fetch the two libraries; say whether they are there."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    done = subprocess.run([*command, str(folder), *_RIVALS], capture_output=True, check=False)
    return done.returncode == 0


def _best(
    names: tuple[str, ...], file: Path, count: int, rivals: Path, rounds: int
) -> Mapping[str, tuple[float, float]]:
    """Return the least seconds and the most memory of each reading, taken by turns."""
    best: dict[str, tuple[float, float]] = {}
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(rivals)))}
    for _ in range(rounds):
        for name in names:
            program = _CHILD.format(reading=_READINGS[name])
            done = subprocess.run(
                [sys.executable, "-c", program, file],
                capture_output=True,
                check=True,
                env=environment,
            )
            told = json.loads(done.stdout)
            if told["count"] != count:
                raise SystemExit(f"{name} read {told['count']} of {count} entries")
            seconds, peak = best.get(name, (told["seconds"], told["peak"]))
            best[name] = min(seconds, told["seconds"]), max(peak, told["peak"])
    return best


def _amount(number: int) -> int:
    return 10_000 + number % 9 * 1_000


def _mt940(entries: int) -> str:
    """Write statements of two hundred entries, each with a text of two lines."""
    lines = []
    balance = 0
    for page in range(entries // _A_PAGE):
        lines += [f":20:VCB{page:06}", ":25:BFTVVNVX/0011000000009", f":28C:{page + 1:05}/001"]
        lines.append(f":60F:C260302VND{balance},")
        for number in range(page * _A_PAGE, (page + 1) * _A_PAGE):
            balance += _amount(number)
            lines.append(f":61:2603020302C{_amount(number)},NTRFNONREF//FT26061{number:07}")
            lines.append(
                f":86:Nop phi ho so TPX{number:07} NGUYEN VAN {number} chuyen tien thu tuc"
            )
            lines.append(f"hanh chinh trung tam {number}")
        lines += [f":62F:C260302VND{balance},", "-"]
    return "\r\n".join([*lines, ""])


def _write_camt(path: Path, entries: int) -> None:
    """Write one statement, an element a line as banks do."""
    total = sum(map(_amount, range(entries)))
    balances = "\n".join(
        f"   <Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='VND'>{amount}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
        for code, amount in (("OPBD", 0), ("CLBD", total))
    )
    head = (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>\n <BkToCstmrStmt>\n"
        "  <GrpHdr><MsgId>M</MsgId></GrpHdr>\n  <Stmt>\n   <Id>S61</Id>\n"
        "   <Acct><Id><Othr><Id>0011000000010</Id></Othr></Id><Ccy>VND</Ccy></Acct>\n"
    )
    tail = "  </Stmt>\n </BkToCstmrStmt>\n</Document>\n"
    with path.open("w", encoding="utf-8") as target:
        target.writelines((head, balances, "\n"))
        target.writelines(map(_camt_entry, range(entries)))
        target.write(tail)


def _camt_entry(number: int) -> str:
    amount = f"<Amt Ccy='VND'>{_amount(number)}</Amt>"
    return f"""   <Ntry>
    <NtryRef>E{number:07}</NtryRef>
    {amount}
    <CdtDbtInd>CRDT</CdtDbtInd>
    <Sts><Cd>BOOK</Cd></Sts>
    <BookgDt><Dt>2026-03-02</Dt></BookgDt>
    <ValDt><Dt>2026-03-02</Dt></ValDt>
    <AcctSvcrRef>FT26061{number:07}</AcctSvcrRef>
    <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
    <NtryDtls><TxDtls>
     <Refs><EndToEndId>HS{number:07}</EndToEndId></Refs>
     {amount}
     <RltdPties><Dbtr><Pty><Nm>NGUYEN VAN {number}</Nm></Pty></Dbtr></RltdPties>
     <RmtInf><Ustrd>Nop phi ho so TPX{number:07} trung tam hanh chinh cong</Ustrd></RmtInf>
    </TxDtls></NtryDtls>
   </Ntry>
"""


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
