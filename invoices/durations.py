"""How long something took, as people write it: "2h 30m", "2:30", "90 min", "2.5"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import quantize_places

MINUTES: Final = Decimal(60)
LONGEST: Final = 30
PLACES: Final = 6
_WORDS = re.compile(
    r"(?:(?P<hours>\d{1,6}(?:[.,]\d{1,6})?)\s*(?:h|hrs?|hours?|saa))?\s*"
    r"(?:(?P<minutes>\d{1,6})\s*(?:m|mins?|minutes?|dakika)?)?",
    re.ASCII | re.IGNORECASE,
)
_CLOCK = re.compile(r"(?P<hours>\d{1,6}):(?P<minutes>[0-5]\d)", re.ASCII)
_PLAIN = re.compile(r"(?P<hours>\d{1,6}(?:[.,]\d{1,6})?)", re.ASCII)


def hours_of(text: str) -> Decimal:
    """Hours with six decimals; a number alone is hours. Raises ValidationFailed for what is no time, or none at all."""
    typed = text.strip()
    found = next((match for form in (_PLAIN, _CLOCK, _WORDS) if (match := form.fullmatch(typed))), None)
    if found is None or len(typed) > LONGEST or not any(found.groupdict().values()):
        raise ValidationFailed({"quantity": [_("Write the time like 2h 30m, 2:30 or 2.5.")]})
    parts = found.groupdict()
    hours = Decimal((parts["hours"] or "0").replace(",", "."))
    total = quantize_places(hours + Decimal(parts.get("minutes") or 0) / MINUTES, PLACES)
    if total <= 0:
        raise ValidationFailed({"quantity": [_("The time has to be more than zero.")]})
    return total
