"""Words that stand between a price and what it is for."""

from __future__ import annotations

from typing import Final

from ai_agent.drafting.rules.wordsets import word_set

PRICE_MARKS: Final = word_set(
    "@ at price prices priced cost costs costing charged rate rates bei gharama worth pricing"
)
PRICE_LINKS: Final = word_set(
    "is are of = : ni ya just only now a an the about around approx approximately say kwa amounting for to x yake"
)
