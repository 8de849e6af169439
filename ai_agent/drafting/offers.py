"""What the firm sells: the price of an item that neither the request nor an earlier invoice prices."""

from __future__ import annotations

from collections.abc import Iterable

from ai_agent.drafting.history import Priced
from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.words import shared, significant
from ai_agent.drafting.types import Offer


class Offers:
    """The offers in one currency."""

    def __init__(self, offers: Iterable[Offer], currency: str) -> None:
        self._offers = [(significant(offer.name), offer) for offer in offers if offer.currency == currency]

    def price_of(self, description: str) -> Priced | None:
        """The price of the one offer that is meant: every word of its name is said, or every word that is said is in
        its name. None where two offers fit alike: a price is never guessed."""
        said = significant(description)
        fits = [
            (shared(said, name), offer)
            for name, offer in self._offers
            if name and said and shared(said, name) == min(len(said), len(name))
        ]
        best = max((words for words, _ in fits), default=0)
        found = [offer for words, offer in fits if words == best]
        if len(found) != 1:
            return None
        (offer,) = found
        return Priced(offer.rate, units.canonical(offer.unit) or units.UNIT, offer.name)
