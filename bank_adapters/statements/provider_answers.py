"""A provider's transactions API as a statement: reads the answers that were kept of an asking.

The adapter that asked reads each page, whichever it is, so a new provider with an API needs nothing
here. A balance of nought is what a provider writes for one it does not know; it is taken for none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import cast

from bank_adapters.registry import installed_adapters
from bank_adapters.statements.balances import Running, Step, newest_first
from payments.domain.adapters import Credentials
from payments.domain.bank_messages import (
    Direction,
    Statement,
    StatementEntry,
    StatementFile,
    StatementProblem,
    TransferNotice,
    TransferStatus,
)
from payments.domain.business_day import local
from payments.domain.errors import Invalid
from payments.domain.kept_answers import MARK, KeptAnswers, span_of
from payments.domain.kept_answers import READER as NAME
from payments.ports.bank import PollingAdapter

_NO_SECRETS = Credentials("", {})


@dataclass(frozen=True, slots=True)
class ProviderAnswersReader:
    """Reads what thuphi keeps of a provider's transactions API. It holds no state."""

    name: str = NAME

    def recognises(self, file_name: str, body: bytes) -> bool:
        """Say whether the file begins as thuphi writes it."""
        del file_name
        return body.startswith(MARK.encode())

    def read(self, body: bytes) -> StatementFile:
        """Read the one statement of a file: the rows of its account, the oldest first.

        Opening and closing are what the running balances tell, and None where there are none.
        Raises Invalid naming what of the answers cannot be read, or that pages are missing.
        """
        kept = KeptAnswers.read(body)
        notices, problems = _told_once(kept)
        opening, closing = _balances(notices)
        statement = Statement(
            account_number=kept.account_number,
            currency=notices[0].currency if notices else "VND",
            entries=tuple(_entry(notice) for notice in notices),
            opening=opening,
            closing=closing,
            period_from=kept.first,
            period_to=kept.last,
        )
        return StatementFile((statement,), tuple(problems))


def _told_once(kept: KeptAnswers) -> tuple[list[TransferNotice], list[StatementProblem]]:
    """Return the notices of the account: pages overlap where rows share a second."""
    known: dict[str, TransferNotice] = {}
    problems = []
    for day in _days(kept):
        own = [notice for notice in day if notice.account_number == kept.account_number]
        for notice in _oldest_first(own):
            before = known.setdefault(notice.event_id, notice)
            if before != notice:
                message = "one transaction is told in two ways"
                problems.append(StatementProblem("transaction_differs", _where(notice), message))
    return list(known.values()), problems


def _days(kept: KeptAnswers) -> Iterator[list[TransferNotice]]:
    """Yield the notices of each day, all its pages together."""
    adapter = _adapter(kept.provider)
    answers = iter(kept.answers)
    for day in kept.days:
        found: list[TransferNotice] = []
        cursor = ""
        while True:
            text = next(answers, None)
            if text is None:
                raise Invalid("answers_incomplete", field="answers")
            page = adapter.poll_page(text.encode(), span_of(day, cursor), _NO_SECRETS)
            found += page.notices
            cursor = page.cursor
            if not cursor:
                break
        yield found
    if next(answers, None) is not None:
        raise Invalid("answers_incomplete", field="answers")


@cache  # which adapters are installed does not change while a program runs
def _adapter(provider: str) -> PollingAdapter:
    """Return the adapter whose pages were kept. Raises Invalid for one that cannot ask."""
    adapter = installed_adapters().get(provider)
    if adapter is None or adapter.declaration.polling is None:
        raise Invalid("provider_not_asked", field="provider")
    return cast("PollingAdapter", adapter)


def _oldest_first(notices: list[TransferNotice]) -> list[TransferNotice]:
    """Turn rows that stand newest first, by their times or, where those are equal, balances."""
    if not notices:
        return notices
    first, last = notices[0].occurred_at, notices[-1].occurred_at
    turned = first > last if first != last else newest_first(_steps(notices))
    return sorted(notices[::-1] if turned else notices, key=lambda notice: notice.occurred_at)


def _balances(notices: list[TransferNotice]) -> tuple[int | None, int | None]:
    """Return opening and closing by the balances; rows behind the last of them still move it."""
    steps = [step for step in _steps(notices) if step[0]]
    known = [place for place, (_, after) in enumerate(steps) if after is not None]
    if not known:
        return None, None
    running = Running()
    running.take(steps[: known[-1] + 1])
    told = running.ends()
    if told is None:
        return None, None
    return told[0], told[1] + sum(moved or 0 for moved, _ in steps[known[-1] + 1 :])


def _steps(notices: list[TransferNotice]) -> list[Step]:
    """Return what each row moves, nothing while it is pending, and the balance after it."""
    return [(_moved(notice), notice.balance_after) for notice in notices]


def _moved(notice: TransferNotice) -> int:
    if notice.status is not TransferStatus.BOOKED:
        return 0
    return notice.amount if notice.direction is Direction.IN else -notice.amount


def _entry(notice: TransferNotice) -> StatementEntry:
    at = local(notice.occurred_at)
    # Midnight to the second is what a provider says that knows the day alone.
    is_timed = (at.hour, at.minute, at.second) != (0, 0, 0)
    return StatementEntry(
        where=_where(notice),
        booked_on=at.date(),
        amount=notice.amount,
        direction=notice.direction,
        text=notice.remittance_information,
        bank_reference=notice.bank_reference,
        booked_at=notice.occurred_at if is_timed else None,
        balance_after=notice.balance_after,
        is_pending=notice.status is not TransferStatus.BOOKED,
    )


def _where(notice: TransferNotice) -> str:
    """Return where in the answers a person finds a row: by the provider's own number."""
    return f"id {notice.event_id}"


READER = ProviderAnswersReader()
