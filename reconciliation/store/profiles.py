"""Repository of mappings of columns, and the list that their page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from payments.domain.errors import NotFound
from payments.store.session import Session
from reconciliation.domain.statements import ProfileChange, StatementProfile
from reconciliation.store import tables

_profiles, _changes = tables.statement_profiles, tables.profile_changes


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A mapping with the newest word on it. ``is_read_by`` says that it reads the next file."""

    profile: StatementProfile
    name: str
    change: ProfileChange | None
    is_read_by: bool


class SqlProfiles:
    """Reads mappings and their changes."""

    def __init__(self, session: Session) -> None:
        """Read within a transaction."""
        self._session = session

    def get(self, centre_id: str, profile_id: str) -> StatementProfile:
        """Return a mapping as it was made. Raises NotFound."""
        own = (_profiles.c.centre_id == centre_id) & (_profiles.c.profile_id == profile_id)
        found = self._session.first(StatementProfile, select(_profiles).where(own))
        if found is None:
            raise NotFound("profile_unknown")
        return found

    def last_change(self, centre_id: str, profile_id: str) -> ProfileChange | None:
        """Return the newest word on a mapping; None when there is none."""
        own = (_changes.c.centre_id == centre_id) & (_changes.c.profile_id == profile_id)
        newest = select(_changes).where(own).order_by(_changes.c.number.desc()).limit(1)
        return self._session.first(ProfileChange, newest)

    def is_ended(self, centre_id: str, profile_id: str) -> bool:
        """Say whether a mapping reads no more files."""
        last = self.last_change(centre_id, profile_id)
        return last is not None and last.is_ended

    def of_headers(self, centre_id: str, header_keys: Iterable[str]) -> StatementProfile | None:
        """Return the newest mapping for one of some headers, unless it is ended.

        An older one of the same header does not come back when the newest ends.
        """
        own = (_profiles.c.centre_id == centre_id) & _profiles.c.header_key.in_(list(header_keys))
        newest = select(_profiles).where(own).order_by(*_NEWEST_FIRST)
        return next(
            (
                one
                for one in _newest_of_each(self._session.all(StatementProfile, newest))
                if not self.is_ended(centre_id, one.profile_id)
            ),
            None,
        )

    def all(self, centre_id: str) -> list[ProfileRow]:
        """Return every mapping of a centre, the newest first."""
        statement = select(_profiles).where(_profiles.c.centre_id == centre_id)
        profiles = self._session.all(StatementProfile, statement.order_by(*_NEWEST_FIRST))
        newest = {one.profile_id for one in _newest_of_each(profiles)}
        rows = []
        for one in profiles:
            change = self.last_change(centre_id, one.profile_id)
            is_ended = change is not None and change.is_ended
            name = change.name if change else one.name
            rows.append(ProfileRow(one, name, change, one.profile_id in newest and not is_ended))
        return rows


_NEWEST_FIRST = (_profiles.c.made_at.desc(), _profiles.c.profile_id.desc())


def _newest_of_each(profiles: Iterable[StatementProfile]) -> list[StatementProfile]:
    """Return the first of each header, of mappings that come newest first."""
    newest: dict[str, StatementProfile] = {}
    for one in profiles:
        newest.setdefault(one.header_key, one)
    return list(newest.values())
