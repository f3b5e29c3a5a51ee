"""What the use cases read of a provider's feed: its polls, and the balances it has told."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from payments.domain.breaks import Break
from payments.domain.polling import FeedState
from payments.domain.running_balance import Moved


class FeedsRepository(Protocol):
    """Feeds of providers."""

    def state(self, centre_id: str, endpoint_id: str) -> FeedState:
        """Return where the feed of a connection stands."""
        ...

    def movements(self, centre_id: str, account_id: str, since: date) -> list[Moved]:
        """Return an account's transfers since a business date, with the balances told of them."""
        ...

    def open_flaws(self, centre_id: str, account_id: str) -> list[Break]:
        """Return the breaks of an account's running balance that nobody has worked off."""
        ...
