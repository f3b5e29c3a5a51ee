"""The fees in force on a day as a list to read: fields, their procedures, the fees of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from payments.domain.fees import FeeItem, in_force
from payments.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class ProcedureOfFees:
    """A procedure and its fees in force; a procedure without any asks for nothing."""

    code: str
    name: str
    fees: tuple[FeeItem, ...]


@dataclass(frozen=True, slots=True)
class FieldOfFees:
    """A field with its procedures in the order of their codes."""

    code: str
    name: str
    procedures: tuple[ProcedureOfFees, ...]


def fees_of(uow: UnitOfWork, centre_id: str, day: date) -> list[FieldOfFees]:
    """Return a centre's fields with the fees in force on a day, in the order of their names."""
    fees: dict[str, list[FeeItem]] = {}
    for item in in_force(uow.centres.fee_items(centre_id), day):
        fees.setdefault(item.procedure_code, []).append(item)
    procedures: dict[str, list[ProcedureOfFees]] = {}
    for procedure in uow.centres.procedures(centre_id):
        code = procedure.procedure_code
        listed = ProcedureOfFees(code, procedure.name, tuple(fees.get(code, ())))
        procedures.setdefault(procedure.field_code, []).append(listed)
    fields = [
        FieldOfFees(field.field_code, field.name, tuple(procedures.get(field.field_code, ())))
        for field in uow.centres.fields(centre_id)
    ]
    return sorted(fields, key=lambda field: plain(field.name))


def searched(fields: Sequence[FieldOfFees], wanted: str) -> list[FieldOfFees]:
    """Return what holds every word that was searched for, marks and capitals aside."""
    words = plain(wanted).split()
    if not words:
        return list(fields)
    found = []
    for field in fields:
        procedures = tuple(
            procedure for procedure in field.procedures if _holds(field, procedure, words)
        )
        if procedures:
            found.append(replace(field, procedures=procedures))
    return found


def plain(text: str) -> str:
    """Return a text as people search for it: small letters without marks, đ as d."""
    letters = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _holds(field: FieldOfFees, procedure: ProcedureOfFees, words: Sequence[str]) -> bool:
    """Say whether a procedure, its field or one of its fees holds every word."""
    told = [field.name, procedure.code, procedure.name]
    told += [part for fee in procedure.fees for part in (fee.fee_code, fee.name, fee.legal_basis)]
    text = plain(" ".join(told))
    return all(word in text for word in words)
