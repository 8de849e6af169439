"""Phone numbers: read as people type them, kept as digits with the country code (254722123456, as M-Pesa wants it)."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat

LONGEST = 40


class BadPhone(ValueError):
    """The text is not a phone number; its message is for people."""


def phone_digits(text: str, *, region: str) -> str:
    """The number as digits with its country code, without a plus. `region` (ISO 3166) reads local numbers.

    Raises BadPhone.
    """
    typed = text.strip()
    if len(typed) > LONGEST:
        raise BadPhone(_("This is too long for a phone number."))
    candidates = [typed] if typed.startswith("+") else [typed, f"+{typed}"]
    for candidate in candidates:
        try:
            number = phonenumbers.parse(candidate, region)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) and not number.extension:
            return phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
    raise BadPhone(_("This is not a phone number. Write it like 0722 123 456 or +254 722 123456."))


@lru_cache(maxsize=4_096)
def phone_shown(digits: str) -> str:
    """A kept number as people read it: +254 722 123456. What cannot be read is shown as it is."""
    if not digits:
        return ""
    try:
        number = phonenumbers.parse(f"+{digits.removeprefix('+')}")
    except NumberParseException:
        return digits
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
