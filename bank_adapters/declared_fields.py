"""A transfer read by a declaration: which field of a provider's JSON holds what.

For providers that publish no field list, or leave words and times to the contract with the bank.
What the declaration does not name is not there; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bank_adapters import fields
from payments.domain.adapters import Credentials, Setting
from payments.domain.bank_messages import Direction, TransferNotice, TransferStatus
from payments.domain.business_day import from_local
from payments.domain.errors import Invalid

_COMPACT_TIME = re.compile(r"20[0-9]{12}")
_EVENT_ID = re.compile(r"[!-~]{1,96}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_VIRTUAL_ACCOUNT = re.compile(r"[!-~]{1,64}")


def compact_time(row: fields.JsonObject, name: str) -> datetime:
    """Read ``YYYYMMDDhhmmss`` in Vietnam's time, and return it aware in UTC."""
    value = row.get(name)
    if not isinstance(value, str) or _COMPACT_TIME.fullmatch(value) is None:
        raise Invalid("time_malformed", field=name)
    try:
        return from_local(datetime.strptime(value, "%Y%m%d%H%M%S"))  # noqa: DTZ007 # given there
    except ValueError:
        raise Invalid("time_malformed", field=name) from None


TIME_FORMATS: Final[Mapping[str, Callable[[fields.JsonObject, str], datetime]]] = {
    "local": fields.local_time,
    "compact": compact_time,
    "iso": fields.iso_time,
    "unix_ms": fields.unix_ms,
}

TIME_FORMAT: Final = Setting(
    "time_format",
    "how times are written: local (2026-03-02 15:00:00), compact (20260302150000), iso"
    " (2026-03-02T15:00:00+07:00) or unix_ms",
    is_needed=True,
)

SETTINGS: Final = (
    Setting("amount_field", "the field of the amount, such as data.amount", is_needed=True),
    Setting("account_field", "the field of the receiving account", is_needed=True),
    Setting("time_field", "the field of the time of the transfer", is_needed=True),
    TIME_FORMAT,
    Setting("text_field", "the field of the transfer's text", is_needed=True),
    Setting("list_field", "the field of the list, where one request tells of several transfers"),
    Setting("direction_field", "the field that says in or out; without it all money comes in"),
    Setting("in_value", "what it says for money in"),
    Setting("out_value", "what it says for money out"),
    Setting("status_field", "the field of the status; without it every transfer is booked"),
    Setting("booked_value", "what it says for a booked transfer"),
    Setting("pending_value", "what it says for a transfer that is still under way"),
    Setting("currency_field", "the field of the currency; without it all money is VND"),
    Setting("bank_reference_field", "the field of the bank's own reference"),
    Setting("virtual_account_field", "the field of the virtual account"),
)

EVENT_ID: Final = Setting("event_id_field", "the field of the transfer's id", is_needed=True)


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Where the facts of a transfer stand, by paths with points. Empty means: nowhere.

    What is named has to be there, so that a key that somebody has spoilt does not turn into an
    absent one; ``may_lack`` lets text and references be absent, where keys are signed too.
    """

    event_id: str
    amount: str
    account: str
    time: str
    time_format: str
    text: str
    direction: str = ""
    in_value: str = ""
    out_value: str = ""
    status: str = ""
    booked_value: str = ""
    pending_value: str = ""
    currency: str = ""
    bank_reference: str = ""
    virtual_account: str = ""
    may_lack: bool = False

    def read(self, row: fields.JsonObject, event_id: str = "") -> TransferNotice:
        """Read one transfer. ``event_id`` stands in where the row has none.

        Raises Invalid naming the field, or the setting that is wrong.
        """
        read_time = TIME_FORMATS.get(self.time_format)
        if read_time is None:
            raise Invalid("setting_malformed", field="time_format")
        if self.event_id:
            event_id = fields.whole_or_text(*_at(row, self.event_id), _EVENT_ID)
        return TransferNotice(
            event_id=event_id,
            account_number=fields.identifier(*_at(row, self.account), _ACCOUNT),
            direction=self._direction(row),
            amount=fields.loose_amount(*_at(row, self.amount)),
            currency=self._currency(row),
            occurred_at=read_time(*_at(row, self.time)),
            remittance_information=fields.free_text(*self._there(row, self.text)),
            bank_reference=self._optional(row, self.bank_reference, _EVENT_ID),
            virtual_account=self._optional(row, self.virtual_account, _VIRTUAL_ACCOUNT),
            status=self._status(row),
        )

    def _optional(self, row: fields.JsonObject, path: str, shape: re.Pattern[str]) -> str:
        if not path:
            return ""
        return fields.optional_identifier(*self._there(row, path), shape)

    def _there(self, row: fields.JsonObject, path: str) -> tuple[fields.JsonObject, str]:
        holder, name = _at(row, path)
        if name not in holder and not self.may_lack:
            raise Invalid("json_field_missing", field=path)
        return holder, name

    def _currency(self, row: fields.JsonObject) -> str:
        return fields.identifier(*_at(row, self.currency), _CURRENCY) if self.currency else "VND"

    def _direction(self, row: fields.JsonObject) -> Direction:
        if not self.direction:
            return Direction.IN
        if not self.in_value or not self.out_value:
            raise Invalid("setting_missing", field="in_value, out_value")
        said = _word(row, self.direction)
        if said == self.in_value:
            return Direction.IN
        if said == self.out_value:
            return Direction.OUT
        raise Invalid("field_malformed", field=self.direction)

    def _status(self, row: fields.JsonObject) -> TransferStatus:
        if not self.status:
            return TransferStatus.BOOKED
        if not self.booked_value:
            raise Invalid("setting_missing", field="booked_value")
        said = _word(row, self.status)
        if said == self.booked_value:
            return TransferStatus.BOOKED
        if self.pending_value and said == self.pending_value:
            return TransferStatus.PENDING
        return TransferStatus.FAILED


def map_of(credentials: Credentials) -> FieldMap:
    """Return the map that a connection declares by its settings. Raises Invalid naming one."""
    given = credentials.settings
    return FieldMap(
        event_id=given.get("event_id_field", ""),
        amount=credentials.setting("amount_field"),
        account=credentials.setting("account_field"),
        time=credentials.setting("time_field"),
        time_format=credentials.setting("time_format"),
        text=credentials.setting("text_field"),
        direction=given.get("direction_field", ""),
        in_value=given.get("in_value", ""),
        out_value=given.get("out_value", ""),
        status=given.get("status_field", ""),
        booked_value=given.get("booked_value", ""),
        pending_value=given.get("pending_value", ""),
        currency=given.get("currency_field", ""),
        bank_reference=given.get("bank_reference_field", ""),
        virtual_account=given.get("virtual_account_field", ""),
    )


def rows(body: fields.JsonObject, credentials: Credentials) -> list[fields.JsonObject]:
    """Return the transfers of a body: those of the declared list, or the body itself."""
    path = credentials.settings.get("list_field", "")
    return fields.items(*_at(body, path)) if path else [body]


def _at(row: fields.JsonObject, path: str) -> tuple[fields.JsonObject, str]:
    """Follow a path to the object that holds its last name. Raises Invalid naming the step."""
    *steps, last = path.split(".")
    for step in steps:
        row = fields.inner(row, step)
    return row, last


def _word(row: fields.JsonObject, path: str) -> str:
    holder, name = _at(row, path)
    value = holder.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Invalid("field_not_text", field=path)
    return str(value)
