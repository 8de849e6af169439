"""The demo gateway's test cards: what each number does."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_chance: Final = random.SystemRandom()
_LENGTHS: Final = range(12, 20)


@dataclass(frozen=True, slots=True)
class TestCard:
    """A number and what happens: paid when `failure` is empty, after a while when `slow`."""

    __test__ = False  # not a test class, whatever its name

    number: str
    does: str | Promise
    failure: str = ""
    slow: bool = False

    @property
    def spaced(self) -> str:
        return " ".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


FAILURES: Final = {
    "card_declined": _("The card was declined."),
    "insufficient_funds": _("There is not enough money on the card."),
    "expired_card": _("The card has expired."),
    "incorrect_cvc": _("The security code is wrong."),
    "lost_card": _("The card was reported lost."),
    "try_again": _("The bank did not answer. Try again."),
}

CARDS: Final = (
    TestCard("4242424242424242", _("Pays")),
    TestCard("5555555555554444", _("Pays")),
    TestCard("4000000000000077", _("Pays after a minute: “processing” until then"), slow=True),
    TestCard("4000000000000341", _("“Processing”, and declined after a minute"), failure="card_declined", slow=True),
    TestCard("4000000000000002", _("Declined"), failure="card_declined"),
    TestCard("4000000000009995", _("Not enough money"), failure="insufficient_funds"),
    TestCard("4000000000000069", _("Card expired"), failure="expired_card"),
    TestCard("4000000000000127", _("Wrong security code"), failure="incorrect_cvc"),
    TestCard("4000000000009987", _("Card reported lost"), failure="lost_card"),
)
_BY_NUMBER: Final = {card.number: card for card in CARDS}


def digits_of(typed: str) -> str:
    """The digits of a typed card number; empty when it is none (length and Luhn's check digit)."""
    digits = re.sub(r"[\s-]", "", typed)
    if not (digits.isascii() and digits.isdigit() and len(digits) in _LENGTHS):
        return ""
    return digits if _luhn(digits) else ""


def card_of(digits: str, *, success_rate: Decimal) -> TestCard:
    """What a card does now. Unknown numbers are declined; those that pay do so only as often as the rate says."""
    card = _BY_NUMBER.get(digits)
    if card is None:
        return TestCard(digits, "", failure="card_declined")
    if not card.failure and Decimal(_chance.randrange(10_000)) >= success_rate * 10_000:
        return TestCard(card.number, card.does, failure="try_again")
    return card


def failure_text(code: str) -> str:
    """Why a card was refused, in plain words; empty for no failure."""
    return str(FAILURES.get(code, FAILURES["card_declined"])) if code else ""


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2  # noqa: PLR2004 -- Luhn's own numbers
        total += value
    return total % 10 == 0
