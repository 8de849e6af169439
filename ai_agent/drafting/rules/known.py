"""What earlier invoices' lines are called: naming one is evidence of an item (section 9)."""

from __future__ import annotations

from collections.abc import Iterable

from ai_agent.drafting.rules.words import shared, significant


class Known:
    """The significant words of each earlier line."""

    def __init__(self, descriptions: Iterable[str] = ()) -> None:
        self.lines = [significant(description) for description in descriptions]
        self.words = frozenset(word for line in self.lines for word in line)

    def line(self, description: str) -> frozenset[str] | None:
        """The line that a description shares most words with; None where it shares none."""
        words = significant(description)
        best = max(self.lines, key=lambda line: shared(words, line), default=None)
        return best if best is not None and shared(words, best) else None

    def are_two(self, first: str, second: str) -> bool:
        """Whether two names stand for two different lines."""
        one, other = self.line(first), self.line(second)
        return one is not None and other is not None and one != other
