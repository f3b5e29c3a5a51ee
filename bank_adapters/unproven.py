"""Whether an adapter looks into a body that nobody has proven: the part of the contract kit for it.

It counts how often the bytes are turned into text, which every reader of JSON or XML does first
that the adapters use. A signature over raw bytes needs no text; one over what is read needs it
once, of a body that is small.
"""

from __future__ import annotations

from typing import Final

from bank_adapters.testing import MEANING, Case, Sample, cases
from payments.domain.bank_messages import BankRequest
from payments.domain.errors import NotAuthenticated

GARBAGE: Final = (
    b"", b"{", b"\xff\xfe\x00", b"[" * 5_000, b'{"a":' * 1_000, b'{"amount":' + b"9" * 5_000,
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"amount=1&amount=2",
)  # fmt: skip
"""Bodies that are dangerous, or costly, to whoever reads them."""


class WatchedBytes(bytes):
    """Bytes that remember in ``readings`` how often they were turned into text."""

    readings = 0

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Decode, and count it."""
        self.readings += 1
        return super().decode(encoding, errors)


def early_readings(sample: Sample) -> tuple[str, ...]:
    """Return the forgeries and garbage whose body the adapter has read before it refused them.

    Where the proof is over what is read (MEANING), one reading of a body within the limits is the
    proving itself.
    """
    unsigned = [
        Case(f"unsigned {body[:12]!r}", sample, sample.request._replace(body=body),
             sample.credentials, sample.now)
        for body in GARBAGE
    ]  # fmt: skip
    return tuple(case.name for case in (*unsigned, *cases(sample)) if _is_read_early(case))


def _is_read_early(case: Case) -> bool:
    sent, adapter = case.delivery, case.sample.adapter
    body = WatchedBytes(sent.body)
    request = BankRequest(sent.method, sent.query, sent.headers, body, "192.0.2.1", sent.path)
    try:
        adapter.authenticate(request, case.credentials, case.now)
    except NotAuthenticated:
        return body.readings > _readings_to_prove(case)
    # The adapter takes it for proven: what it reads from now on is the other part's to judge.
    return False


def _readings_to_prove(case: Case) -> int:
    is_small = len(case.delivery.body) <= case.sample.adapter.declaration.max_body_bytes
    return 1 if case.sample.covers == MEANING and is_small else 0
