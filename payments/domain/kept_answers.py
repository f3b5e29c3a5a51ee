"""A provider's answers about an account's transfers, kept as they came, as a statement file.

The answers are text, so that their bytes can be had back from the file. Nothing that changes from
one asking to the next stands beside them, so that equal answers make equal files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from payments.domain.adapters import PollSpan
from payments.domain.bank_messages import is_storable
from payments.domain.business_day import day_bounds
from payments.domain.errors import Invalid

MARK = '{"kept":"provider answers",'
"""How such a file begins."""

READER = "provider_answers"
"""The name of the statement reader that reads it."""

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """All pages of each day from ``first`` to ``last``, oldest day first, as they were answered."""

    provider: str
    account_number: str
    first: date
    last: date
    answers: tuple[str, ...]

    @property
    def days(self) -> list[date]:
        """The days that were asked for."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def written(self) -> bytes:
        """Return the file."""
        parts = {
            "provider": self.provider,
            "account": self.account_number,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "answers": list(self.answers),
        }
        rest = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return (MARK + rest.removeprefix("{")).encode()

    @classmethod
    def read(cls, body: bytes) -> KeptAnswers:
        """Read the file. Raises Invalid naming what is wrong with it."""
        try:
            parts = json.loads(body)
            answers = parts["answers"]
            texts = (parts["provider"], parts["account"], *answers)
            first, last = date.fromisoformat(parts["from"]), date.fromisoformat(parts["to"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Invalid("answers_unreadable", field="file") from error
        is_list = isinstance(answers, list) and all(map(_is_text, texts))
        if not is_list or not 0 <= (last - first).days < MOST_DAYS:
            raise Invalid("answers_unreadable", field="file")
        return cls(parts["provider"], parts["account"], first, last, tuple(answers))


def _is_text(value: object) -> bool:
    """Say whether a value is text that has bytes: JSON can spell half a letter, which has none."""
    return isinstance(value, str) and is_storable(value)


def span_of(day: date, cursor: str = "") -> PollSpan:
    """Return what is asked for a local day: its first and its last second."""
    start, end = day_bounds(day)
    return PollSpan(start, end - timedelta(seconds=1), cursor)
