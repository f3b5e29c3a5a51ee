"""What a forger tries on a signed request: the mutations that the contract kit is made of."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from payments.ports import Delivery

HEADER: Final = "header"
FIELD: Final = "field"
QUERY: Final = "query"


class Proof(NamedTuple):
    """Where one part of the proof stands: a header, a field of the body, or one of the query."""

    place: str
    name: str


class Request(NamedTuple):
    """A changed request. ``is_spelling``: the proof is the same in other letters.

    ``is_minus``: a provider that writes money out as a negative amount may mean just that.
    """

    name: str
    delivery: Delivery
    is_spelling: bool = False
    is_minus: bool = False


class Part(NamedTuple):
    """One part of a request whose bits are flipped: a header by its place, the query, the body."""

    name: str
    value: bytes
    header: int = -1


_DIGITS_ELSEWHERE: Final = {ord("0") + n: chr(0x0660 + n) for n in range(10)}

_BAD_AMOUNTS: Final = (
    "0", "-0", "0.5", "150000.5", "1e999", "1e-99999999999999999999", "1e3.5", "NaN", "Infinity",
    "-Infinity", "10000000000001", "9" * 19, "9" * 5000, "0x249F0", "", " ", "true", "null",
    "[150000]", "{}", "150 000", "150,000", "+150000", "١٥٠٠٠٠", "１５００００", "1_500", "đồng",
)  # fmt: skip


def wrong_methods(good: Delivery, declared: Sequence[str]) -> Iterator[Request]:
    """Send the good request by other methods."""
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "post", ""):
        if method not in declared:
            yield Request(f"by {method or 'no method'}", good._replace(method=method))


def too_large(request: Delivery, most: int) -> Iterator[Request]:
    """Send one byte too many and ten times too many; the proof is put on afterwards."""
    for size in (most + 1, 10 * most):
        if request.body:
            padding = b" " * (size - len(request.body))
            yield Request(f"a body of {size} bytes", request._replace(body=request.body + padding))
        else:
            padded = request.query + "&x=" + "1" * size
            yield Request(f"a query of {size} bytes", request._replace(query=padded))


def wrong_proofs(good: Delivery, proof: Proof) -> Iterator[Request]:
    """Leave a part of the proof away, double it, and change its value in every usual way."""
    value = _proof_value(good, proof)
    yield Request(f"{proof.name} missing", _with_proof(good, proof, ()))
    yield Request(f"{proof.name} twice", _with_proof(good, proof, (value, value)))
    yield Request(f"{proof.name} twice, the first wrong", _with_proof(good, proof, ("x", value)))
    yield Request(f"{proof.name} twice, the last wrong", _with_proof(good, proof, (value, "x")))
    for what, changed in _changed_values(value):
        if changed != value:
            made = _with_proof(good, proof, (changed,))
            yield Request(f"{proof.name} {what}", made, is_spelling=what == "in other case")


def changed(good: Delivery, amount: str) -> Iterator[Request]:
    """Change the body or the query behind the signer's back."""
    if good.query:
        yield from _changed_query(good, amount)
    if not good.body:
        return
    body = good.body
    middle = len(body) // 2
    for name, other in (
        ("body empty", b""),
        ("body cut by one", body[:-1]),
        ("body halved", body[:middle]),
        ("body longer by a blank", body + b" "),
        ("body longer by a line", body + b"\r\n"),
        ("body behind a blank", b" " + body),
        ("body twice", body + body),
        ("body in UTF-16", body.decode("utf-8").encode("utf-16")),
        ("body with a byte-order mark", b"\xef\xbb\xbf" + body),
        ("body in capitals", body.upper()),
        ("first byte changed", bytes([body[0] ^ 1]) + body[1:]),
        ("middle byte changed", body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]),
        ("last byte changed", body[:-1] + bytes([body[-1] ^ 1])),
        *_other_amounts(body, amount),
    ):
        yield Request(name, good._replace(body=other))
    if body.startswith(b"{"):
        fields = json.loads(body)
        for name, written in (
            ("body written again", json.dumps(fields)),
            ("body written again, indented", json.dumps(fields, indent=1, ensure_ascii=False)),
            ("body in another order", json.dumps(dict(reversed(list(fields.items()))))),
        ):
            # The same bytes would be the same request.
            if written.encode() != body:
                yield Request(name, good._replace(body=written.encode()))


def unreadable(request: Delivery, amount: str) -> Iterator[Request]:
    """Write the request wrongly; the proof is put on afterwards, so only reading can refuse it."""
    for bad in (*_BAD_AMOUNTS, "-" + amount) if amount else ():
        # A short name for a long number.
        name = f"amount {bad[:20]!r} of {len(bad)}"
        yield Request(name, _with_amount(request, amount, bad), is_minus=bad == "-" + amount)
    if request.body.startswith(b"{"):
        yield from _unreadable_json(request, amount)
    if request.body.startswith(b"<"):
        yield from _unreadable_xml(request)
    if request.query:
        for pair in request.query.split("&"):
            twice = request._replace(query=f"{request.query}&{pair}")
            yield Request(f"{pair.split('=')[0]} in the query twice", twice)


def parts(request: Delivery, good: Delivery, *, body_too: bool) -> tuple[Part, ...]:
    """Return what of the signed request is worth flipping: what the signer added, query, body."""
    made = [
        Part(name, value.encode("latin-1"), number)
        for number, (name, value) in enumerate(good.headers)
        if (name, value) not in request.headers
    ]
    if body_too:
        made += [Part("query", good.query.encode()), Part("body", good.body)]
    return tuple(part for part in made if part.value)


def flipped(good: Delivery, of: Sequence[Part], bit: int) -> tuple[str, Delivery]:
    """Return the request with one bit of one part flipped, and the name of that bit."""
    for part in of:
        if bit < 8 * len(part.value):
            break
        bit -= 8 * len(part.value)
    else:
        raise IndexError(bit)
    raw = bytearray(part.value)
    raw[bit // 8] ^= 1 << bit % 8
    name = f"bit {bit} of {part.name}"
    if part.header >= 0:
        headers = list(good.headers)
        headers[part.header] = (part.name, raw.decode("latin-1"))
        return name, good._replace(headers=tuple(headers))
    if part.name == "query":
        return name, good._replace(query=raw.decode("latin-1"))
    return name, good._replace(body=bytes(raw))


def _other_amounts(body: bytes, amount: str) -> Iterator[tuple[str, bytes]]:
    if amount:
        one, written = int(amount), amount.encode()
        yield "one đồng more", body.replace(written, str(one + 1).encode())
        yield "one đồng less", body.replace(written, str(one - 1).encode())
        yield "ten times as much", body.replace(written, written + b"0")


def _changed_values(value: str) -> Iterator[tuple[str, str]]:
    raw = value.encode("utf-8")
    yield "empty", ""
    yield "a blank", " "
    yield "cut by one", value[:-1]
    yield "without its first", value[1:]
    yield "halved", value[: len(value) // 2]
    yield "longer by one", value + "0"
    yield "twice in one", f"{value},{value}"
    yield "with a blank behind", value + " "
    yield "with a blank before", " " + value
    yield "with a line end", value + "\n"
    yield "with a NUL", value + "\0"
    yield "quoted", f'"{value}"'
    yield "in other case", value.swapcase()
    yield "reversed", value[::-1]
    yield "in base64", base64.b64encode(raw).decode("ascii")
    yield "in hexadecimal", raw.hex()
    yield "percent-encoded", "".join(f"%{byte:02X}" for byte in raw)
    yield "in digits of another script", value.translate(_DIGITS_ELSEWHERE)
    yield "with half a surrogate", value[:-1] + "\udc80"
    yield "all noughts", "0" * len(value)
    yield "null", "null"
    yield "true", "true"
    yield "without end", "a" * 10_000


def _proof_value(good: Delivery, proof: Proof) -> str:
    if proof.place == HEADER:
        return next(v for name, v in good.headers if name.lower() == proof.name.lower())
    if proof.place == QUERY:
        pairs = (pair.partition("=") for pair in good.query.split("&"))
        return next(value for name, _, value in pairs if name == proof.name)
    return str(json.loads(good.body)[proof.name])


def _with_proof(good: Delivery, proof: Proof, values: Sequence[str]) -> Delivery:
    name = proof.name
    if proof.place == HEADER:
        kept = [(key, v) for key, v in good.headers if key.lower() != name.lower()]
        return good._replace(headers=(*kept, *((name, value) for value in values)))
    if proof.place == QUERY:
        pairs = [pair for pair in good.query.split("&") if pair.partition("=")[0] != name]
        return good._replace(query="&".join([*pairs, *(f"{name}={value}" for value in values)]))
    fields = {key: value for key, value in json.loads(good.body).items() if key != name}
    rest = json.dumps(fields)[1:-1]
    doubled = [f"{json.dumps(name)}: {json.dumps(value)}" for value in values]
    return good._replace(body=("{" + ", ".join([rest, *doubled]) + "}").encode())


def _with_amount(request: Delivery, amount: str, bad: str) -> Delivery:
    if amount in request.query:
        return request._replace(query=request.query.replace(amount, quote(bad)))
    return request._replace(body=request.body.replace(amount.encode(), bad.encode()))


def _changed_query(good: Delivery, amount: str) -> Iterator[Request]:
    pairs = good.query.split("&")
    for name, query in (
        ("query empty", ""),
        ("query reversed", "&".join(reversed(pairs))),
        ("query sorted", "&".join(sorted(pairs))),
        ("query without its first", "&".join(pairs[1:])),
        ("query with more", good.query + "&vnp_More=1"),
        ("query in capitals", good.query.upper()),
        ("query one đồng more", good.query.replace(amount, str(int(amount) + 1))),
        ("query ten times as much", good.query.replace(amount, amount + "0")),
        ("query with its blanks otherwise", good.query.replace("+", "%20")),
    ):
        if query != good.query:
            yield Request(name, good._replace(query=query))


def _unreadable_json(request: Delivery, amount: str) -> Iterator[Request]:
    body, rest = request.body, request.body[1:]
    number = re.escape(amount.encode())
    doubled = re.sub(rb'("[^"]+")(\s*:\s*)("?)' + number + rb'("?)', rb"\g<0>,\1:\3\g<4>1", body)
    for name, other in (
        ("body empty and signed", b""),
        ("body blank", b" "),
        ("body a list", b"[" + body + b"]"),
        ("body a text", b'"in"'),
        ("body null", b"null"),
        ("body a number", b"1"),
        ("body an empty object", b"{}"),
        ("body cut and signed", body[:-1]),
        ("body two values", body + body),
        ("body with a comment", b"/**/" + body),
        ("body with a comma too many", body[:-1] + b",}"),
        ("body a form", b"amount=" + amount.encode()),
        ("body not UTF-8", b'{"x":"\xff\xfe",' + rest),
        ("body UTF-16 and signed", body.decode("utf-8").encode("utf-16")),
        ("body with a mark and signed", b"\xef\xbb\xbf" + body),
        ("a key twice", b'{"x":1,"x":2,' + rest),
        ("a key twice inside", b'{"x":{"a":1,"a":2},' + rest),
        ("the amount twice", doubled if amount else b""),
        ("NaN nobody asked for", b'{"x":NaN,' + rest),
        ("an exponent without end", b'{"x":1e99999999999999999999,' + rest),
        ("infinity nobody asked for", b'{"x":-Infinity,' + rest),
        ("nested without end", b'{"x":' + b"[" * 20_000 + b"]" * 20_000 + b"," + rest),
    ):
        yield Request(name, request._replace(body=other))


def _unreadable_xml(request: Delivery) -> Iterator[Request]:
    body = request.body
    root = body.index(b"<", body.index(b"?>") if body.startswith(b"<?") else 0)
    head, tail = body[:root], body[root:]
    for name, other in (
        ("body empty and signed", b""),
        ("body cut and signed", body[:-1]),
        ("body two documents", body + body),
        ("body not UTF-8", body.replace(b"</", b"\xff\xfe</", 1)),
        ("a DTD", head + b"<!DOCTYPE Document>" + tail),
        ("a DTD with an entity", head + b'<!DOCTYPE D [<!ENTITY a "1">]>' + tail),
        ("a DTD from elsewhere", head + b'<!DOCTYPE D SYSTEM "http://192.0.2.1/a.dtd">' + tail),
        ("an entity nobody declared", tail.replace(b"</", b"&a;</", 1)),
        ("body JSON", b'{"amount": 1}'),
    ):
        yield Request(name, request._replace(body=other))
