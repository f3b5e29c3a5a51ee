"""Makers of what a test starts from: a centre with its people, and the parts of a running thuphi."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from payments.config import Settings
from payments.domain.adapters import Credentials
from payments.domain.centres import (
    ApiKey,
    BankAccount,
    Centre,
    Endpoint,
    Field,
    Procedure,
    ServiceCounter,
)
from payments.domain.dossiers import Dossier, DossierSource
from payments.domain.fees import Channel, FeeItem, FeeKind, PayerClass
from payments.domain.requests import RequestStanding
from payments.domain.staff import Actor, Role, StaffUser
from payments.ports import World
from payments.services.keep_secrets import KeptSecret, seal_secrets
from payments.services.register_dossiers import NewDossier, register_dossiers
from payments.signing import AesSecretBox, Argon2Passwords
from payments.store.unit_of_work import SqlUnitOfWork
from payments.wiring import RandomIds, Wiring
from wsgi import build_wiring

# A Tuesday, nine o'clock in the morning in Vietnam.
START = datetime(2021, 3, 9, 2, 0, tzinfo=UTC)
PASSWORD = "mat khau rat dai 2021"
SECRET_KEY = bytes(range(32))
WEBHOOK_SECRET = "a-secret-of-the-simulated-bank-0001"
WEBHOOK_CREDENTIALS = Credentials("hmac", {"hmac": (WEBHOOK_SECRET,)})
USERNAMES = {
    Role.CASHIER: "thungan",
    Role.FINANCE: "taichinh",
    Role.ADMINISTRATOR: "quantri",
    Role.AUDITOR: "kiemtoan",
}


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: int) -> None:
        """Move on by ``timedelta`` keywords: ``clock.move(minutes=5)``."""
        self.at += timedelta(**by)

    def wait(self, span: timedelta) -> None:
        """Let time go by without waiting."""
        self.at += span


@dataclass(frozen=True)
class MadeCentre:
    """What ``a_centre`` has put into the database."""

    centre: Centre
    account: BankAccount
    endpoint: Endpoint
    counter: ServiceCounter
    staff: Mapping[Role, StaffUser] = field(default_factory=dict)

    @property
    def centre_id(self) -> str:
        return self.centre.centre_id

    @property
    def cashier(self) -> StaffUser:
        return self.staff[Role.CASHIER]

    @property
    def actor(self) -> Actor:
        """The cashier, as an actor."""
        return Actor.of(self.cashier)


@cache
def password_hash(password: str = PASSWORD) -> str:
    """The hash of a password, made once a process because hashing is slow on purpose."""
    return Argon2Passwords().hash(password)


def some_settings(database_url: str, folder: Path, **changes: object) -> Settings:
    """Settings as the environment of a deployment would give them, changes by variable name."""
    environ = {
        "THUPHI_DATABASE_URL": database_url,
        "THUPHI_SECRET_KEYS": base64.b64encode(SECRET_KEY).decode(),
        "THUPHI_DATA_DIR": str(folder),
        "THUPHI_BASE_URL": "http://localhost",
    }
    return Settings.from_environment(
        environ | {name: str(value) for name, value in changes.items()}
    )


def a_wiring(settings: Settings, clock: FixedClock | None = None) -> Wiring:
    """The parts of a running thuphi, with a clock that stands still."""
    clock = clock or FixedClock()
    return replace(build_wiring(settings, World(clock, RandomIds(clock))), wait=clock.wait)


def a_centre(engine: Engine, centre_id: str = "HTR", at: datetime = START) -> MadeCentre:
    """Set up a centre: account, endpoint, counter, two fields, two procedures, fees, four people.

    Procedure ``1.001`` asks for a phí of 450.000 (F1) and a lệ phí of 25.000 (F2), procedure
    ``1.002`` for a lệ phí of 8.000 (F3) and procedure ``1.003`` for nothing (F4 is zero).
    """
    account = BankAccount(
        centre_id,
        f"{centre_id}-account",
        "970436",
        "0123499999",
        "TT HCC",
        is_collecting=True,
        created_at=at,
    )
    if centre_id != "HTR":
        # Two centres share no account.
        account = BankAccount(
            centre_id,
            f"{centre_id}-account",
            "970436",
            f"9{abs(hash(centre_id)) % 10**9:09d}",
            "TT HCC",
            is_collecting=True,
            created_at=at,
        )
    endpoint_id = f"{centre_id}-endpoint"
    kept = {"hmac": (KeptSecret(WEBHOOK_SECRET),)}
    box = seal_secrets(AesSecretBox([SECRET_KEY]), endpoint_id, kept)
    made = MadeCentre(
        Centre(centre_id, "Trung tâm HCC Hương Trà", "107 Cách Mạng Tháng Tám", "H57.12", "3300101011",
               "HTR", 1440, at),
        account,
        Endpoint(endpoint_id, centre_id, account.account_id, "sepay", "hmac", "{}", box, is_enabled=True, created_at=at),
        ServiceCounter(centre_id, f"{centre_id}-q1", "Quầy 1", f"{centre_id}-display-token"),
        {role: a_person(centre_id, role, at) for role in Role},
    )  # fmt: skip
    with SqlUnitOfWork(engine) as uow:
        uow.add(made.centre, made.account, made.endpoint, made.counter, *made.staff.values())
        uow.add(*_fields_and_procedures(centre_id), *_fees(centre_id, at))
        uow.commit()
    return made


def a_person(
    centre_id: str, role: Role, at: datetime = START, username: str | None = None
) -> StaffUser:
    """A person of a role whose password is PASSWORD; in other centres than HTR named after it."""
    name = username or USERNAMES[role] + ("" if centre_id == "HTR" else f".{centre_id.lower()}")
    return StaffUser(
        centre_id, f"{centre_id}-{name}", name, f"Người dùng {role.value}", role, password_hash(),
        is_active=True, created_at=at,
    )  # fmt: skip


def an_api_key(engine: Engine, centre_id: str, key_hash: str, at: datetime = START) -> ApiKey:
    """Add an API key by the SHA-256 of its text."""
    key = ApiKey(centre_id, f"{centre_id}-key", "Một cửa", key_hash, is_active=True, created_at=at)
    with SqlUnitOfWork(engine) as uow:
        uow.add(key)
        uow.commit()
    return key


def a_request(
    wiring: Wiring,
    made: MadeCentre,
    *,
    number: int = 1,
    procedure: str = "1.001",
    fees: Mapping[str, int] | None = None,
) -> RequestStanding:
    """Register a dossier and issue its request; without ``fees`` every fee in force once."""
    item = NewDossier(
        where="1",
        code=f"000.16.57.H57-210309-{number:04d}",
        procedure_code=procedure,
        applicant="Nguyễn Văn An",
        second_factor="1234",
        received_on=date(2021, 3, 9),
        fees=dict(fees or {}),
    )
    with wiring.open_uow() as uow:
        registered = register_dossiers(uow, wiring.world, made.actor, DossierSource.COUNTER, [item])
        uow.commit()
    standing = registered[0].standing
    if standing is None:
        raise AssertionError("the maker asks for fees, so there is a request")
    return standing


def a_dossier(standing: RequestStanding) -> Dossier:
    """The dossier of a request."""
    return standing.dossier


def _fields_and_procedures(centre_id: str) -> list[object]:
    return [
        Field(centre_id, "DD", "Đất đai"),
        Field(centre_id, "HT", "Hộ tịch"),
        Procedure(centre_id, "1.001", "DD", "Cấp giấy chứng nhận quyền sử dụng đất"),
        Procedure(centre_id, "1.002", "HT", "Cấp bản sao trích lục hộ tịch"),
        Procedure(centre_id, "1.003", "HT", "Đăng ký khai sinh đúng hạn"),
    ]


def _fees(centre_id: str, at: datetime) -> list[object]:
    rows = [
        ("F1", "1.001", "Phí thẩm định hồ sơ", FeeKind.PHI, 450_000, "hồ sơ"),
        ("F2", "1.001", "Lệ phí cấp giấy chứng nhận", FeeKind.LE_PHI, 25_000, "giấy"),
        ("F3", "1.002", "Lệ phí cấp bản sao", FeeKind.LE_PHI, 8_000, "bản"),
        ("F4", "1.003", "Lệ phí đăng ký khai sinh", FeeKind.LE_PHI, 0, "lần"),
    ]
    return [
        FeeItem(
            centre_id, f"{centre_id}-{code}", code, procedure, name, kind, Channel.ANY, PayerClass.ANY,
            amount, unit, "minh họa", date(2020, 1, 1), is_ended=False, created_at=at,
        )
        for code, procedure, name, kind, amount, unit in rows
    ]  # fmt: skip
