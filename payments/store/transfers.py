"""Repository of transfers, evidence, allocations and reversals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select

from payments.domain.bank_messages import Direction
from payments.domain.business_day import local
from payments.domain.errors import NotFound
from payments.domain.reversals import Reversible
from payments.domain.transfers import (
    Allocation,
    BankMessage,
    Candidate,
    Evidence,
    Teller,
    Transfer,
)
from payments.store import tables_money as money
from payments.store.known_transfers import REFERENCE, REST, TAKEN_BACK, TRANSFERS
from payments.store.reading import Prepared, Question
from payments.store.session import Session

_TELLINGS = Prepared(
    select(money.evidence)
    .where(
        money.evidence.c.centre_id == bindparam("centre_id"),
        money.evidence.c.account_id == bindparam("account_id"),
        money.evidence.c.source == bindparam("source"),
        money.evidence.c.event_id.in_(bindparam("event_ids", expanding=True)),
    )
    .order_by(money.evidence.c.telling)
)
_CANDIDATES = Prepared(
    TRANSFERS.where(
        money.transfers.c.centre_id == bindparam("centre_id"),
        money.transfers.c.account_id == bindparam("account_id"),
        money.transfers.c.told_by.in_(bindparam("told_by", expanding=True)),
        money.transfers.c.amount.in_(bindparam("amounts", expanding=True)),
        money.transfers.c.occurred_at.between(bindparam("since"), bindparam("until")),
        ~exists().where(
            money.evidence.c.centre_id == money.transfers.c.centre_id,
            money.evidence.c.transfer_id == money.transfers.c.transfer_id,
            or_(
                money.evidence.c.teller == bindparam("teller"),
                money.evidence.c.source.in_(bindparam("sources", expanding=True)),
            ),
        ),
    )
)


def tellings_asked(
    centre_id: str, account_id: str, source: str, event_ids: Iterable[str]
) -> Question:
    """Ask for the evidence of some events."""
    return Question(
        _TELLINGS,
        {
            "centre_id": centre_id,
            "account_id": account_id,
            "source": source,
            "event_ids": list(event_ids),
        },
    )


def candidates_asked(
    centre_id: str,
    account_id: str,
    *,
    not_told_by: Teller,
    sources: Iterable[str],
    amounts: Iterable[int],
    since: datetime,
    until: datetime,
) -> Question:
    """Ask for the transfers of a time that neither a teller nor some sources have spoken of."""
    return Question(
        _CANDIDATES,
        {
            "centre_id": centre_id,
            "account_id": account_id,
            "told_by": [teller for teller in Teller if teller is not not_told_by],
            "teller": not_told_by,
            "sources": sorted(sources),
            "amounts": sorted(amounts),
            "since": since,
            "until": until,
        },
    )


class SqlTransfers:
    """Reads transfers and what is known about them."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def get(self, centre_id: str, transfer_id: str) -> Transfer:
        """Return a transfer. Raises NotFound."""
        table = money.transfers
        same = (table.c.centre_id == centre_id) & (table.c.transfer_id == transfer_id)
        transfer = self._session.first(Transfer, TRANSFERS.where(same))
        if transfer is None:
            raise NotFound("transfer_unknown")
        return transfer

    def tellings(
        self, centre_id: str, account_id: str, source: str, event_ids: Iterable[str]
    ) -> dict[str, list[Evidence]]:
        """Return the evidence one source has given, by event id, first telling first."""
        asked = tellings_asked(centre_id, account_id, source, event_ids)
        told = self._session.all(Evidence, asked.query, **asked.values)
        found: dict[str, list[Evidence]] = {}
        for evidence in told:
            found.setdefault(evidence.event_id, []).append(evidence)
        return found

    def candidates(
        self,
        centre_id: str,
        account_id: str,
        *,
        not_told_by: Teller,
        sources: Iterable[str],
        amounts: Iterable[int],
        since: datetime,
        until: datetime,
    ) -> list[Candidate]:
        """Return transfers that neither a teller nor any of some sources has spoken of yet.

        A source names one transfer by one id, so under another id it speaks of another one.
        """
        asked = candidates_asked(
            centre_id,
            account_id,
            not_told_by=not_told_by,
            sources=sources,
            amounts=amounts,
            since=since,
            until=until,
        )
        transfers = self._session.all(Transfer, asked.query, **asked.values)
        tellers = self._tellers(centre_id, [transfer.transfer_id for transfer in transfers])
        return [
            Candidate(
                transfer,
                local(transfer.occurred_at).date(),
                frozenset(tellers.get(transfer.transfer_id, ())),
            )
            for transfer in transfers
        ]

    def reversible(
        self, reversal: Transfer, *, reference: str, since: datetime, until: datetime
    ) -> list[Reversible]:
        """Return the transfers that a reversal may take back, the oldest first."""
        table = money.transfers
        statement = (
            TRANSFERS.add_columns(REST)
            .where(
                table.c.centre_id == reversal.centre_id,
                table.c.account_id == reversal.account_id,
                table.c.direction == Direction.IN,
                table.c.occurred_at.between(since, until),
                table.c.amount - TAKEN_BACK >= reversal.amount,
                or_(
                    table.c.amount == reversal.amount,
                    and_(
                        table.c.bank_reference != "",
                        table.c.bank_reference == reversal.bank_reference,
                    ),
                    func.nullif(REFERENCE, "") == reference,
                ),
            )
            .order_by(table.c.occurred_at, table.c.transfer_id)
        )
        return [Reversible(transfer, rest) for transfer, rest in self._with_rest(statement)]

    def held(self, centre_id: str, request_id: str) -> list[tuple[Transfer, int]]:
        """Return the transfers that name a request and what of each still waits."""
        table, identified = money.transfers, money.identifications
        held: list[tuple[Transfer, int]] = []
        # Two questions, because no index answers what either of two tables may say.
        for names_it in (
            and_(table.c.request_id == request_id, table.c.direction == Direction.IN),
            and_(identified.c.request_id == request_id, identified.c.centre_id == centre_id),
        ):
            statement = TRANSFERS.add_columns(REST).where(table.c.centre_id == centre_id, names_it)
            held.extend(self._with_rest(statement))
        held.sort(key=lambda one: (one[0].occurred_at, one[0].transfer_id))
        return [(transfer, rest) for transfer, rest in held if rest > 0]

    def unallocated(self, centre_id: str, transfer_id: str) -> int:
        """Return what of a transfer is neither given to a request nor taken back."""
        table = money.transfers
        statement = select(REST).where(
            table.c.centre_id == centre_id,
            table.c.transfer_id == transfer_id,
            table.c.direction == Direction.IN,
        )
        return int(self._session.scalar(statement) or 0)

    def allocations(self, centre_id: str, transfer_id: str) -> list[Allocation]:
        """Return where the money of a transfer went."""
        table = money.allocations
        statement = select(table).where(
            table.c.centre_id == centre_id, table.c.transfer_id == transfer_id
        )
        return self._session.all(Allocation, statement.order_by(table.c.allocated_at))

    def message_seen(self, centre_id: str, body_sha256: str) -> BankMessage | None:
        """Return the first message with exactly these bytes, if there is one."""
        table = money.bank_messages
        statement = select(table).where(
            table.c.centre_id == centre_id, table.c.body_sha256 == body_sha256
        )
        return self._session.first(BankMessage, statement.order_by(table.c.received_at).limit(1))

    def _with_rest(self, statement: Select[*tuple[Any, ...]]) -> list[tuple[Transfer, int]]:
        """Return transfers with what of each still waits, from a query that selects both."""
        return [(Transfer(*row[:-1]), int(row[-1])) for row in self._session.rows(statement)]

    def _tellers(self, centre_id: str, transfer_ids: list[str]) -> dict[str, set[Teller]]:
        """Return who has told of some transfers."""
        if not transfer_ids:
            return {}
        table = money.evidence
        statement = select(table.c.transfer_id, table.c.teller).where(
            table.c.centre_id == centre_id, table.c.transfer_id.in_(transfer_ids)
        )
        found: dict[str, set[Teller]] = {}
        for row in self._session.rows(statement):
            found.setdefault(row.transfer_id, set()).add(row.teller)
        return found
