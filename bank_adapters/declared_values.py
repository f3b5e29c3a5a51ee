"""Reading a declaration key by key: what is wrong is named by its whole path."""

from __future__ import annotations

from collections.abc import Iterable

from bank_adapters.fields import JsonObject
from payments.domain.errors import Invalid

_LONGEST = 200


class Reader:
    """An object of a declaration. ``close`` refuses the keys that nobody has read."""

    def __init__(self, values: JsonObject, path: str) -> None:
        """Read the object that stands at a path."""
        self._values = values
        self._path = path
        self._read: set[str] = set()

    def has(self, key: str) -> bool:
        """Say whether the key is there."""
        return key in self._values

    def name(self, key: str) -> str:
        """Return the whole path of a key."""
        return f"{self._path}.{key}"

    def wrong(self, key: str) -> Invalid:
        """Return the error of a value that could not work."""
        return Invalid("field_malformed", field=self.name(key))

    def any(self, key: str) -> object:
        """Return the value of a key that has to be there, whatever it is."""
        if key not in self._values:
            raise Invalid("json_field_missing", field=self.name(key))
        self._read.add(key)
        return self._values[key]

    def inner(self, key: str) -> Reader:
        """Return the reader of an object inside."""
        value = self.any(key)
        if not isinstance(value, dict):
            raise Invalid("json_object_wanted", field=self.name(key))
        return Reader(value, self.name(key))

    def text(
        self, key: str, *, optional: bool = False, may_be_empty: bool = False, default: str = ""
    ) -> str:
        """Return a text. An absent one is its default, or an error when it has none."""
        if (optional or default) and key not in self._values:
            return default
        value = self.any(key)
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise Invalid("json_text_wanted", field=self.name(key))
        if not value and not may_be_empty:
            raise self.wrong(key)
        return value

    def word(self, key: str, known: Iterable[str], *, default: str = "") -> str:
        """Return one of the known words."""
        value = self.text(key, default=default)
        words = list(known)
        if value not in words:
            raise Invalid("json_word_unknown", field=self.name(key), known=", ".join(words))
        return value

    def whole(self, key: str, least: int, most: int) -> int:
        """Return a whole number of a range."""
        value = self.any(key)
        if type(value) is not int:
            raise Invalid("json_whole_wanted", field=self.name(key))
        if not least <= value <= most:
            raise self.wrong(key)
        return value

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        """Return a list of texts that is not empty."""
        if optional and key not in self._values:
            return ()
        value = self.any(key)
        if not isinstance(value, list) or not value or len(value) > _LONGEST:
            raise Invalid("json_list_wanted", field=self.name(key))
        if not all(isinstance(item, str) and item for item in value):
            raise Invalid("json_text_wanted", field=self.name(key))
        return tuple(value)

    def close(self) -> None:
        """Raise Invalid for the first key that means nothing here."""
        for key in self._values:
            if key not in self._read:
                raise Invalid("json_field_unknown", field=self.name(key))
