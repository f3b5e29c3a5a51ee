"""Transfer texts as eight banks deliver them, drawn from a seeded source of chance.

The shapes are those of ``tests/data/remark_templates.json``, and so are the blanks that the banks'
line breaks put in. Payers and banks do the rest: capitals, look-alikes, glued words, slips.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

DATA = Path(__file__).parents[1] / "data" / "remark_templates.json"
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_TEMPLATES = json.loads(DATA.read_text(encoding="utf-8"))["templates"]
# Where a bank does not say how common a shape is, it counts as much as a common one.
_SHARES = [template["share"] or 0.3 for template in _TEMPLATES]
_OPTIONAL = re.compile(r"\[((?:[ (;]|IBFT )[^\]]*)\]")
_FIELD = re.compile(r"\{([^}]+)\}")
_COLUMNS = re.compile(r"column (\d+)(?:\.\.(\d+))?")
_FAMILY = ("NGUYEN", "TRAN", "LE", "PHAM", "HOANG", "PHAN", "VU", "VO", "DANG", "BUI", "DO", "HO")
_MIDDLE = ("VAN", "THI", "DUC", "MINH", "QUOC", "THANH", "XUAN", "THI THANH")
_GIVEN = ("A", "BINH", "CHI", "DUNG", "HOA", "HUONG", "LAN", "NAM", "PHUC", "QUANG", "TAM", "XUYEN")
_BANKS = ("VCB", "TCB", "BIDV", "VIB", "MB", "ACB", "TPBANK", "VPBANK", "AGRIBANK", "MSCBVNVX")
_BINS = ("970422", "970415", "970405", "970418", "970436", "970407")
_AROUND = (
    "{}", "{}", "{} nop phi", "nop le phi {}", "{} {name}", "{name} chuyen tien {}", "{} phi ho so {code}",
    "nộp lệ phí {} ạ", "thanh toan {} giup em xin cam on", "TT {}, {code}", "{} cap lai giay phep xay dung",
)  # fmt: skip
_LOOK_ALIKE = {"0": "OQD", "1": "IL", "2": "Z", "5": "S", "6": "G", "8": "B", "V": "U"}
_IN_FRONT = ("QR", "ND", "IBFT", "TT", "VQR", "Q000", "HS", "x", "090926", "PHI", "TP")
_BEHIND = ("090926", "FT24254690750064", "NGUYEN", "x", "0", "ND", "PHI", "GD", "CT")
_BETWEEN = " .-_/:;,"


def digits(chance: Random, count: int) -> str:
    """Return random digits."""
    return "".join(chance.choices("0123456789", k=count))


def name(chance: Random) -> str:
    """Return a person's name as banks write it."""
    return " ".join(chance.choice(names) for names in (_FAMILY, _MIDDLE, _GIVEN))


def dossier_code(chance: Random) -> str:
    """Return a dossier's number in one of the two national shapes, sometimes unpunctuated."""
    day = f"{_two(chance, 20, 26)}{_two(chance, 1, 12)}{_two(chance, 1, 28)}"
    unit = chance.choice(("000.00.16.H57", "H57", "H15.50.05.13", "H57.21"))
    code = f"{unit}-{day}-{digits(chance, 4)}"
    return chance.choice((code, code, re.sub(r"\W", "", code)))


def payers_remark(chance: Random, reference: str) -> str:
    """Return what a payer writes around a reference; an empty one leaves the other words."""
    words = chance.choice(_AROUND)
    return words.format(reference, name=name(chance), code=dossier_code(chance)).strip()


def delivered(chance: Random, remark: str) -> str:
    """Return a payer's remark as one of the banks delivers it."""
    (template,) = chance.choices(_TEMPLATES, _SHARES)
    shape = chance.choice(template["shape"].split("  |  "))
    shape = _OPTIONAL.sub(lambda match: match[1] if chance.random() < 0.5 else "", shape)
    for suffix in template.get("suffixes", ()):
        if chance.random() < suffix["p"]:
            shape = shape.replace("{r}", suffix.get("prefix", "") + "{r}") + suffix.get("s", "")
            break
    line = _FIELD.sub(lambda match: remark if match[1] == "r" else _field(match[1], chance), shape)
    mangle = template.get("mangle", "")
    if columns := _COLUMNS.search(mangle):
        column = chance.randint(int(columns[1]), int(columns[2] or columns[1]))
        line = f"{line[:column]} {line[column:]}"
    elif template["bank"] == "MB":
        line = f"{line[:45]} {line[45:]}"
    return line[:204] if "204" in mangle else line


def mangled(chance: Random, reference: str) -> str:
    """Return a reference that is whole, written in one of the ways it comes back."""
    kind = chance.randrange(8)
    if kind == 0:
        return reference.lower()
    if kind == 1:
        return "".join(chance.choice((sign, sign.lower())) for sign in reference)
    if kind == 2:
        return "".join(chance.choice(_LOOK_ALIKE.get(sign, "") + sign) for sign in reference)
    if kind == 3:
        return chance.choice(_IN_FRONT) + reference
    if kind == 4:
        return reference + chance.choice(_BEHIND)
    if kind == 5:
        return chance.choice(_BETWEEN).join(reference)
    for _ in range(kind - 5):
        at = chance.randrange(1, len(reference))
        reference = reference[:at] + chance.choice(_BETWEEN) + reference[at:]
    return reference


def slipped(chance: Random, reference: str) -> str:
    """Return a reference with one slip: substitution 60, swap 25, omission 15 in a hundred."""
    while True:
        kind, at = chance.random(), chance.randrange(len(reference))
        if kind < 0.6:
            damaged = reference[:at] + chance.choice(ALNUM) + reference[at + 1 :]
        elif kind < 0.85:
            damaged = reference[:at] + reference[at : at + 2][::-1] + reference[at + 2 :]
        else:
            damaged = reference[:at] + reference[at + 1 :]
        if damaged != reference:
            return damaged


def line_without(chance: Random) -> str:
    """Return a line that carries no reference: everyday remarks, numbers, names, random tokens."""
    kind = chance.randrange(5)
    if kind == 0:
        remark = payers_remark(chance, "")
    elif kind == 1:
        remark = f"{chance.choice(('0', '84'))}{digits(chance, 9)} {name(chance)}"
    elif kind == 2:
        remark = f"{dossier_code(chance)} {digits(chance, chance.randint(8, 19))}"
    elif kind == 3:
        remark = "".join(chance.choices(ALNUM, k=chance.randint(8, 40)))
    else:
        remark = " ".join("".join(chance.choices(ALNUM, k=chance.randint(1, 12))) for _ in range(5))
    return delivered(chance, remark)


def _two(chance: Random, low: int, high: int) -> str:
    """Return two digits between two limits."""
    return f"{chance.randint(low, high):02}"


_FIELDS: dict[str, Callable[[Random], str]] = {
    "NAME": name,
    "alias": lambda chance: digits(chance, 10),
    "phone": lambda chance: f"0{digits(chance, 9)}",
    "acct": lambda chance: digits(chance, chance.randint(8, 14)),
    "va": lambda chance: digits(chance, 18),
    "bin6": lambda chance: chance.choice(_BINS),
    "BANK": lambda chance: chance.choice(_BANKS),
    "BIC": lambda chance: f"{chance.choice(_BANKS)[:4]}VNVX",
    "ft": lambda chance: f"FT{_two(chance, 21, 26)}{chance.randint(1, 366):03}{digits(chance, 9)}",
    "oqch": lambda chance: f"OQCH{''.join(chance.choices(ALNUM + ALNUM.lower(), k=8))}",
    "yyyy": lambda chance: f"20{_two(chance, 21, 26)}",
    "MMDDhhmmss": lambda chance: _stamp(chance, "MDhms"),
    "yyyymmdd": lambda chance: f"20{_stamp(chance, 'yMD')}",
    "ddmmyy": lambda chance: _stamp(chance, "DMy"),
    "yymmdd": lambda chance: _stamp(chance, "yMD"),
    "hhmmss": lambda chance: _stamp(chance, "hms"),
    "hh:mm:ss": lambda chance: _stamp(chance, "h:m:s"),
    "dd/mm/yyyy": lambda chance: _stamp(chance, "D/M/20y"),
    "ddmmyy or mmddyy": lambda chance: _stamp(chance, chance.choice(("DMy", "MDy"))),
    "d10or11": lambda chance: digits(chance, chance.choice((10, 11))),
}
_PARTS = {"y": (21, 26), "M": (1, 12), "D": (1, 28), "h": (0, 23), "m": (0, 59), "s": (0, 59)}


def _stamp(chance: Random, pattern: str) -> str:
    """Return a date or time: two digits for each letter of the pattern."""
    return "".join(_two(chance, *_PARTS[one]) if one in _PARTS else one for one in pattern)


def _field(field: str, chance: Random) -> str:
    """Return a value for a field of a shape. Raises KeyError for one that nobody knows."""
    if field in _FIELDS:
        return _FIELDS[field](chance)
    counted = re.fullmatch(r"(t|d|acct|alnum|a)(\d+)", field)
    if counted is None:
        raise KeyError(field)
    count = int(counted[2])
    if counted[1] in {"alnum", "a"}:
        return "".join(chance.choices(ALNUM, k=count))
    return digits(chance, count)
