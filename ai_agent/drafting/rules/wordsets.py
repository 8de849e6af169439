"""Word lists, written as the words themselves."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """The set of the words in a text."""
    return frozenset(words.split())


def word_list(words: str) -> list[str]:
    """The words of a text in their order."""
    return words.split()
