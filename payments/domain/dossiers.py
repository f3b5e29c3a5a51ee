"""The citizen's case, as the one-stop software, a file or the counter gives it to us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from payments.domain.fees import Channel, PayerClass


class DossierSource(StrEnum):
    """How a dossier reached us."""

    API = "api"
    FILE = "file"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier (hồ sơ). ``code_key`` is the code without punctuation, for search.

    ``second_factor`` is the last four characters of the applicant's phone or identity number: with
    the dossier code it opens the citizen's page. No more of either number is kept.
    """

    centre_id: str
    dossier_id: str
    code: str
    code_key: str
    procedure_code: str
    applicant: str
    second_factor: str
    channel: Channel
    payer_class: PayerClass
    received_on: date
    source: DossierSource
    created_at: datetime
