"""What the use cases read about mappings of columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from reconciliation.domain.statements import ProfileChange, StatementProfile


class ProfilesRepository(Protocol):
    """Mappings that people made, and what was said of them later."""

    def get(self, centre_id: str, profile_id: str) -> StatementProfile:
        """Return a mapping as it was made. Raises NotFound."""
        ...

    def last_change(self, centre_id: str, profile_id: str) -> ProfileChange | None:
        """Return the newest word on a mapping; None when there is none."""
        ...

    def of_headers(self, centre_id: str, header_keys: Iterable[str]) -> StatementProfile | None:
        """Return the newest mapping for one of some headers, unless it is ended."""
        ...

    def is_ended(self, centre_id: str, profile_id: str) -> bool:
        """Say whether a mapping reads no more files."""
        ...
