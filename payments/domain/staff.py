"""Staff, their roles, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The four roles of a centre."""

    CASHIER = "cashier"
    FINANCE = "finance"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a person may do. Every route that is not public names one."""

    OWN_ACCOUNT = "own_account"
    SEE_COUNTER = "see_counter"
    REGISTER_DOSSIER = "register_dossier"
    TAKE_CASH = "take_cash"
    SEE_FINANCE = "see_finance"
    IMPORT_STATEMENT = "import_statement"
    APPROVE_STATEMENT = "approve_statement"
    RESOLVE_BREAK = "resolve_break"
    CLOSE_DAY = "close_day"
    SEE_REPORTS = "see_reports"
    SEE_SETTINGS = "see_settings"
    MANAGE_FEES = "manage_fees"
    MANAGE_CALENDAR = "manage_calendar"
    IMPORT_DOSSIERS = "import_dossiers"
    MANAGE_STAFF = "manage_staff"
    SEE_AUDIT = "see_audit"


_P = Permission

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CASHIER: frozenset(
        {_P.OWN_ACCOUNT, _P.SEE_COUNTER, _P.REGISTER_DOSSIER, _P.TAKE_CASH, _P.IMPORT_DOSSIERS}
    ),
    Role.FINANCE: frozenset(
        {
            _P.OWN_ACCOUNT,
            _P.SEE_COUNTER,
            _P.SEE_FINANCE,
            _P.IMPORT_STATEMENT,
            _P.APPROVE_STATEMENT,
            _P.RESOLVE_BREAK,
            _P.CLOSE_DAY,
            _P.SEE_REPORTS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            _P.OWN_ACCOUNT,
            _P.SEE_SETTINGS,
            _P.MANAGE_FEES,
            _P.MANAGE_CALENDAR,
            _P.IMPORT_DOSSIERS,
            _P.MANAGE_STAFF,
            _P.SEE_REPORTS,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            _P.OWN_ACCOUNT,
            _P.SEE_COUNTER,
            _P.SEE_FINANCE,
            _P.SEE_REPORTS,
            _P.SEE_SETTINGS,
            _P.SEE_AUDIT,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class StaffUser:
    """A person who signs in. ``password_hash`` is Argon2id in its encoded form."""

    centre_id: str
    staff_id: str
    username: str
    display_name: str
    role: Role
    password_hash: str
    is_active: bool
    created_at: datetime

    def may(self, permission: Permission) -> bool:
        """Say whether the person's role carries the permission."""
        return self.is_active and permission in ROLE_PERMISSIONS[self.role]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A signed-in browser. The cookie holds the token; the database holds only its SHA-256."""

    token_hash: str
    centre_id: str
    staff_id: str
    csrf_token: str
    signed_in_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does a thing: a person, a bank endpoint, a department's API key or a job.

    ``actor_id`` reads ``staff:<id>``, ``endpoint:<id>``, ``api_key:<id>`` or ``job:<name>``.
    """

    centre_id: str
    actor_id: str

    @classmethod
    def of(cls, user: StaffUser) -> Actor:
        """Return the actor that a signed-in person is."""
        return cls(user.centre_id, f"staff:{user.staff_id}")
