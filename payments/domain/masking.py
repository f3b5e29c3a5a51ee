"""Names as strangers may see them: enough for the citizen to know themselves, no more."""

from __future__ import annotations


def masked_name(name: str) -> str:
    """Hide all but the last word of a name and the first letter of the others: N***** V** An.

    A name of one word keeps its first letter only. Source: the least personal data on public
    screens (Law on personal data protection 91/2025/QH15).
    """
    words = name.split()
    if len(words) < 2:
        return "".join(_hidden(word) for word in words)
    return " ".join([*(_hidden(word) for word in words[:-1]), words[-1]])


def _hidden(word: str) -> str:
    """Keep the first letter of a word; the number of stars tells nothing about a long word."""
    return word[0] + "*" * min(len(word) - 1, 4)
