"""The entries of an MT940 message once their amounts are read: their sum, and which are words."""

from __future__ import annotations

from datetime import date
from operator import mul

from bank_adapters.statements.mt940_entries import (
    Entries,
    Head,
    read_head,
    references_of,
    texts_of,
)
from payments.domain.statement_parts import EntryBatch


class Rows:
    """Entries with their amounts in units of the statement, always positive."""

    def __init__(self, entries: Entries, amounts: list[int]) -> None:
        """Read what stands before the amounts, which is the same for many entries."""
        self.entries = entries
        self.amounts = amounts
        self.heads: dict[str, Head] = {head: read_head(head) for head in set(entries.printed.heads)}

    def signed(self) -> list[int]:
        """Return by how much each entry moves the balance."""
        signs = {text: head.sign for text, head in self.heads.items()}
        return list(map(mul, self.amounts, map(signs.__getitem__, self.entries.printed.heads)))

    def only_suspect(self, excess: int) -> int | None:
        """Return the place of the only entry in a payer's text that moved so much."""
        suspects = [
            place
            for place, (in_text, moved) in enumerate(
                zip(self.entries.in_text, self.signed(), strict=True)
            )
            if place and in_text and moved == excess
        ]
        return suspects[0] if len(suspects) == 1 else None

    def is_unlike_the_others(self, place: int) -> bool:
        """Whether an entry lacks the field 86 that all others have, or alone has another form.

        Both are needed besides the balances: a statement that its bank or a person shortened can
        miss the sum by a true entry too.
        """
        others = [other for other in range(len(self.amounts)) if other != place]
        texts = self.entries.printed.texts
        if not texts[place] and all(texts[other] for other in others):
            return True
        forms = {self._form(other) for other in others}
        return len(others) >= 3 and len(forms) == 1 and self._form(place) not in forms

    def _form(self, place: int) -> tuple[bool, str, str, bool]:
        head_text, _, kind, references, _, _ = (column[place] for column in self.entries.printed)
        head = self.heads[head_text]
        return head.has_entry_date, head.funds, kind.strip(), "//" in references

    def as_words(self, place: int) -> Rows:
        """Return the rows with an entry taken back into the text of the one before it."""
        return Rows(
            self.entries.as_words(place), [*self.amounts[:place], *self.amounts[place + 1 :]]
        )

    def batch(self, fallback: date) -> EntryBatch:
        """Return the entries. ``fallback`` is the day of those whose date is none."""
        printed, heads, count = self.entries.printed, self.heads.items(), len(self.amounts)
        booked = {text: head.booked_on or fallback for text, head in heads}
        value = {text: head.value_on for text, head in heads}
        direction = {text: head.direction for text, head in heads}
        reversal = {text: head.is_reversal for text, head in heads}
        pending = {text: head.is_pending for text, head in heads}
        return EntryBatch(
            where=[f"line {line}" for line in self.entries.lines],
            booked_on=list(map(booked.__getitem__, printed.heads)),
            amount=self.amounts,
            direction=list(map(direction.__getitem__, printed.heads)),
            text=texts_of(printed),
            bank_reference=references_of(printed.references),
            value_on=list(map(value.__getitem__, printed.heads)),
            booked_at=[None] * count,
            balance_after=[None] * count,
            is_reversal=list(map(reversal.__getitem__, printed.heads)),
            is_pending=list(map(pending.__getitem__, printed.heads)),
            is_charge=[False] * count,
        )
