"""How a request for approval reads, in the language of whoever looks: each app says it for its own actions.

`approval_words("payment.refund", gettext_lazy("Refund %(amount)s of %(number)s"))`. The number of the document is what
the action told of itself; a request of an action that nobody described, or of before, reads as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from billing_assistant.core.money import Money

NUMBER = "number"
"""What a document is called in what an action tells of itself."""
_words: dict[str, Promise] = {}


def approval_words(action: str, text: Promise) -> None:
    """Says how requests for an action read; the text may use %(amount)s and %(number)s."""
    _words[action] = text


def approval_text(*, action: str, told: Mapping[str, Any], amount: Decimal | None, currency: str, written: str) -> str:
    """The request in the language that is active; `written` is how it read when it was made."""
    text, number = _words.get(action), told.get(NUMBER)
    if text is None or amount is None or not number:
        return written
    return str(text) % {"amount": Money(amount, currency), "number": number}
