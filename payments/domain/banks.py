"""The banks and wallets that a VietQR can pay, by BIN, with the date and sources of the list.

A short code is no key: BVB is Bảo Việt in one list and Bản Việt in another. The BIN stays when a
bank is renamed, so former names are kept beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from payments.domain.errors import NotFound

_FILE = Path(__file__).with_name("banks.json")


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank: its six digits, the name on screen, its full name and what it was called before.

    ``in_sbv_list`` says whether the State Bank's letter of March 2024 names the BIN.
    """

    bin: str
    code: str
    short_name: str
    name: str
    former_names: tuple[str, ...]
    in_sbv_list: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rename:
    """A bank that changed its name and kept its BIN, and who says so."""

    bin: str
    before: str
    after: str
    source: str


@dataclass(frozen=True, slots=True)
class BankList:
    """The whole list: its date, where it comes from, the renames and the banks by BIN."""

    as_of: date
    sources: tuple[tuple[str, str, str], ...]
    renames: tuple[Rename, ...]
    by_bin: Mapping[str, Bank]


@cache
def bank_list() -> BankList:
    """Return the list that ships with the program, read once."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    banks = {
        bin_: Bank(
            bin=bin_,
            code=row["code"],
            short_name=row["short_name"],
            name=row["name"],
            former_names=tuple(row["former_names"]),
            in_sbv_list=row["in_sbv_list"],
            sources=tuple(row["sources"]),
        )
        for bin_, row in data["banks"].items()
    }
    return BankList(
        as_of=date.fromisoformat(data["as_of"]),
        sources=tuple((row["name"], row["what"], row["where"]) for row in data["sources"]),
        renames=tuple(
            Rename(row["bin"], row["from"], row["to"], row["source"]) for row in data["renames"]
        ),
        by_bin=MappingProxyType(banks),
    )


def bank(bin_: str) -> Bank:
    """Return the bank of a BIN. Raises NotFound when the list does not have it."""
    found = bank_list().by_bin.get(bin_)
    if found is None:
        raise NotFound("bank_unknown", bin=bin_)
    return found


def is_known(bin_: str) -> bool:
    """Say whether the list has the BIN."""
    return bin_ in bank_list().by_bin


def all_banks() -> tuple[Bank, ...]:
    """Return every bank, in the order of BINs."""
    return tuple(bank_list().by_bin.values())
