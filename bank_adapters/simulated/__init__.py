"""One pretended provider for each adapter: how it writes a transfer, and how it signs it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from payments.domain.adapters import Credentials
from payments.domain.business_day import local
from payments.domain.errors import Invalid
from payments.ports import Delivery

JSON = (("Content-Type", "application/json"),)


def as_json(fields: Mapping[str, object], path: str = "") -> Delivery:
    """Return an unsigned request with a JSON body, compact and with its letters as they are."""
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return Delivery(JSON, body, path=path)


def with_headers(request: Delivery, *headers: tuple[str, str]) -> Delivery:
    """Return a request with more headers."""
    return request._replace(headers=(*request.headers, *headers))


def with_field(request: Delivery, name: str, value: str) -> Delivery:
    """Return a request whose JSON object has one more text at its end, all else as it was."""
    if not request.body.endswith(b"}"):
        raise Invalid("body_not_object", field="body")
    more = f',"{name}":{json.dumps(value)}}}'.encode()
    return request._replace(body=request.body[:-1] + more)


def secret(credentials: Credentials, name: str) -> str:
    """Return the secret that a provider signs with. Raises Invalid when it has none."""
    values = credentials.secrets.get(name, ())
    if not values:
        raise Invalid("secret_missing", field=name)
    return values[0]


def local_text(moment: datetime) -> str:
    """Write an aware time as most providers do: Vietnam's, without saying so."""
    return f"{local(moment):%Y-%m-%d %H:%M:%S}"


def number_or_text(identity: str) -> int | str:
    """Write an id as a number where it is one."""
    return int(identity) if re.fullmatch(r"0|[1-9][0-9]{0,17}", identity) else identity
