"""The centre, its fields and procedures, its bank accounts, and where banks announce transfers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Centre:
    """One public administration centre. ``unit_code`` is its identifier in dossier codes.

    ``cutoff_minutes`` is minutes after local midnight (see business_day). ``reference_prefix``
    is the deployment's prefix of payment references.
    """

    centre_id: str
    name: str
    address: str
    unit_code: str
    tax_code: str
    reference_prefix: str
    cutoff_minutes: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account of the centre. Citizens pay into the one with ``is_collecting``."""

    centre_id: str
    account_id: str
    bank_bin: str
    account_number: str
    holder: str
    is_collecting: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address where a provider announces the transfers of one account.

    ``way`` is how the provider proves itself, one of its adapter's. ``settings`` is a JSON object
    of texts; ``secret_box`` holds the encrypted secrets by name, bound to this row. The provider is
    asked too since ``polled_since``, and never when it is None.
    """

    endpoint_id: str
    centre_id: str
    account_id: str
    adapter: str
    way: str
    settings: str
    secret_box: bytes
    is_enabled: bool
    created_at: datetime
    polled_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceCounter:
    """A desk where a cashier sits, with the address of its citizen display."""

    centre_id: str
    counter_id: str
    name: str
    display_token: str


@dataclass(frozen=True, slots=True)
class CounterScreen:
    """What the citizen display of a counter shows: a request, or nothing when it is None."""

    centre_id: str
    counter_id: str
    request_id: str | None
    shown_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A department's key for the JSON API. Only its SHA-256 is kept."""

    centre_id: str
    key_id: str
    name: str
    key_hash: str
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Field:
    """A field of administrative procedures (lĩnh vực)."""

    centre_id: str
    field_code: str
    name: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """An administrative procedure (thủ tục) of a field, with its national code."""

    centre_id: str
    procedure_code: str
    field_code: str
    name: str
