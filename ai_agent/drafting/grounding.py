"""Whether what a model proposes occurs in the request or in the history: nothing else may reach a draft.

A figure is compared by value, so "1.2k" stands for 1200; a phrase may hold no word that was not typed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from ai_agent.drafting.rules import pieces
from ai_agent.drafting.rules.figures import MAX_FIGURE_LENGTH
from ai_agent.drafting.rules.numbers import LITERAL, literal_value
from ai_agent.drafting.rules.text import clean
from ai_agent.drafting.rules.words import shared, significant
from ai_agent.drafting.types import DraftingRequest

_TOKEN: Final = re.compile(r"[^\W_]+")
_PART: Final = re.compile(r"\d+|[^\W\d_]+")


class Ground:
    """The figures and words of a request and of the customer's earlier invoices."""

    def __init__(self, request: DraftingRequest) -> None:
        text = clean(request.prompt)
        self._tokens = frozenset(_TOKEN.findall(text.lower())) | frozenset(_PART.findall(text.lower()))
        self._values = frozenset(_values(text))
        self._words = significant(text)
        self._past_values = frozenset(
            value for invoice in request.history for line in invoice.lines for value in (line.rate, line.quantity)
        )
        self._past_words = frozenset(
            word for invoice in request.history for line in invoice.lines for word in significant(line.description)
        )

    def has_figure(self, value: Decimal) -> bool:
        """Whether the request names this figure, with either sign."""
        return abs(value) in self._values

    def has_past_figure(self, value: Decimal) -> bool:
        return value in self._past_values

    def has_phrase(self, words: str) -> bool:
        """Whether every word and number of a phrase was typed."""
        tokens = _TOKEN.findall(clean(words).lower())
        return bool(tokens) and all(token in self._tokens for token in tokens)

    def has_item(self, description: str) -> bool:
        """Whether a description speaks of something in the request or in earlier invoices."""
        words = significant(description)
        if not words:
            return not description or any(token in self._tokens for token in _TOKEN.findall(description.lower()))
        return bool(shared(words, self._words) or shared(words, self._past_words))


def _values(text: str) -> set[Decimal]:
    values = {
        abs(piece.figure.value) for piece in pieces.split(text) if piece.figure is not None and not piece.figure.vague
    }
    literals = (match[0] for match in LITERAL.finditer(text) if len(match[0]) <= MAX_FIGURE_LENGTH)
    return values | {literal_value(literal) for literal in literals}
