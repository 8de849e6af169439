"""Placeholders in the texts of a plan: {month}, {year} and the like become words of the period that is billed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

PLACEHOLDERS: Final = {
    "period": _("The days of the period"),
    "from": _("Its first day"),
    "to": _("Its last day"),
    "month": _("The month in which it begins, with the year"),
    "next_month": _("The month after that"),
    "quarter": _("The quarter in which it begins"),
    "year": _("The year in which it begins"),
    "count": _("The number of the period, from 1"),
}
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_MONTHS_IN_QUARTER: Final = 3
_NEXT_MONTH: Final = timedelta(days=31)


def placeholders_unknown(text: str) -> list[str]:
    """What stands in braces and means nothing."""
    return [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]


def text_for(text: str, *, starts_on: date, ends_on: date, count: int, language: str) -> str:
    """A text with the words of a period, in the language of the document; what is not known stays as it is."""
    if "{" not in text:
        return text
    words = _words(starts_on, ends_on, language)
    return _PLACEHOLDER.sub(lambda found: str(count) if found[1] == "count" else words.get(found[1], found[0]), text)


@lru_cache(maxsize=512)
def _words(starts_on: date, ends_on: date, language: str) -> Mapping[str, str]:
    quarter = (starts_on.month - 1) // _MONTHS_IN_QUARTER + 1
    with translation.override(language):
        first, last = date_format(starts_on, "j F Y"), date_format(ends_on, "j F Y")
        month = date_format(starts_on, "F Y")
        next_month = date_format(starts_on.replace(day=1) + _NEXT_MONTH, "F Y")
    return MappingProxyType(
        {
            "period": f"{first} – {last}",
            "from": first,
            "to": last,
            "month": month,
            "next_month": next_month,
            "quarter": f"Q{quarter} {starts_on.year}",
            "year": str(starts_on.year),
        }
    )
