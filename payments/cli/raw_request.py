"""One HTTP request as it stands in a file: request line, headers, a blank line, the raw body."""

from __future__ import annotations

import re
from urllib.parse import unquote

from payments.domain.adapters import Declaration
from payments.domain.bank_messages import BankRequest
from payments.domain.errors import Invalid

_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~\x80-\xff]+) HTTP/1\.[01]")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*", re.DOTALL)
_ABSOLUTE = re.compile(r"https?://[^/?]*", re.IGNORECASE)


def read_raw_request(raw: bytes, declared: Declaration, address: str) -> BankRequest:
    """Read a request whose lines end with CRLF or LF; the body is exactly the rest of the bytes.

    ``declared`` says which paths there are behind an address. Raises Invalid naming the line that
    is no line of HTTP/1.1.
    """
    lines: list[str] = []
    rest = raw
    while True:
        line, end, rest = rest.partition(b"\n")
        if not end:
            raise Invalid("request_without_blank_line", field=f"line {len(lines) + 1}")
        text = line.removesuffix(b"\r").decode("latin-1")
        if not text:
            break
        lines.append(text)
    first = _REQUEST_LINE.fullmatch(lines[0]) if lines else None
    if first is None:
        raise Invalid("request_line_malformed", field="line 1")
    headers = []
    for number, text in enumerate(lines[1:], start=2):
        header = _HEADER.fullmatch(text)
        if header is None:
            raise Invalid("header_line_malformed", field=f"line {number}")
        headers.append((header[1], header[2]))
    target, _, query = first[2].partition("?")
    path = _path(_ABSOLUTE.sub("", target, count=1), declared)
    return BankRequest(first[1], query, tuple(headers), rest, address, path)


def _path(target: str, declared: Declaration) -> str:
    """Return what stands behind the address: the longest declared path that the target ends with.

    A target that ends with none is looked at as the address itself, whatever it is called.
    """
    whole = unquote(target).strip("/")
    fitting = [path for path in declared.paths if whole == path or whole.endswith(f"/{path}")]
    return max(fitting, key=len, default="") if any(fitting) else ""
