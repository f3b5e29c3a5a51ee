"""What the pretended gateways share: numbers of their own, and fields to be signed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping

from payments.domain.errors import Invalid
from payments.ports import Delivery


def gateway_number(event_id: str) -> str:
    """Return the digits by which a gateway numbers an event: itself, or always the same ones."""
    if re.fullmatch(r"[1-9][0-9]{0,14}", event_id):
        return event_id
    return str(int.from_bytes(hashlib.sha256(event_id.encode()).digest()[:6], "big") + 1)


def fields_of(request: Delivery) -> Mapping[str, object]:
    """Return the object of a JSON body, as any reader takes it. Raises Invalid for another one."""
    body = json.loads(request.body)
    if not isinstance(body, dict):
        raise Invalid("body_not_object", field="body")
    return body


def texts_of(body: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """Return the fields as they stand in a signed text; absent ones and null are empty."""
    values = {name: body.get(name) for name in names}
    return {name: "" if value is None else str(value) for name, value in values.items()}
