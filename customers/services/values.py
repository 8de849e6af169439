"""Single values of a customer, checked and brought into the form in which they are kept.

Each reader takes what a form or JSON gave and returns the kept value, or raises BadValue with a sentence for people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing_assistant.core.currencies import CURRENCIES, exponent
from billing_assistant.core.money import MAX_AMOUNT, is_quantized
from billing_assistant.core.states import Status
from customers.countries import country_code, country_name
from customers.phones import BadPhone, phone_digits
from customers.states import LANGUAGES, ContactChannel

MOST_TAGS: Final = 20
LONGEST_TAG: Final = 40
LONGEST_EMAIL: Final = 254
_LINES: Final = frozenset("\n\r\t")


class BadValue(ValueError):
    """A value that cannot be taken; its message is for people."""


@dataclass(frozen=True, slots=True)
class Place:
    """What other fields say that a value depends on: the region of phone numbers, the currency of amounts."""

    region: str
    currency: str


Reader = Callable[[object, Place], object]


def _string(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadValue(_("This must be text."))
    return value


def _without_controls(text: str, *, lines: bool) -> str:
    for char in text:
        if unicodedata.category(char) in {"Cc", "Cs"} and not (lines and char in _LINES):
            raise BadValue(_("This has a character that cannot be kept."))
    return text


def text(longest: int, *, required: bool = False) -> Reader:
    """One line of text."""

    def read(value: object, _place: Place) -> str:
        line = _without_controls(" ".join(_string(value).split()), lines=False)
        if required and not line:
            raise BadValue(_("This is needed."))
        if len(line) > longest:
            raise BadValue(too_long(longest))
        return line

    return read


def lines(longest: int, *, required: bool = False) -> Reader:
    """Text of several lines."""

    def read(value: object, _place: Place) -> str:
        body = _without_controls(_string(value), lines=True).replace("\r\n", "\n").strip()
        if required and not body:
            raise BadValue(_("This is needed."))
        if len(body) > longest:
            raise BadValue(too_long(longest))
        return body

    return read


def too_long(longest: int) -> str:
    return ngettext("Write at most %(n)s character.", "Write at most %(n)s characters.", longest) % {"n": longest}


def email(value: object, _place: Place) -> str:
    address = _string(value).strip()
    if not address:
        return ""
    if len(address) > LONGEST_EMAIL:
        raise BadValue(too_long(LONGEST_EMAIL))
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadValue(_("This is not an e-mail address. Write it like name@example.com.")) from error
    return address


def phone(value: object, place: Place) -> str:
    typed = _string(value).strip()
    if not typed:
        return ""
    try:
        return phone_digits(typed, region=place.region)
    except BadPhone as error:
        raise BadValue(str(error)) from error


def account_number(value: object, _place: Place) -> str:
    """A bank account number or IBAN: capitals and digits, without the spaces that people put between."""
    number = re.sub(r"[\s-]", "", _string(value)).upper()
    if number and not re.fullmatch(r"[A-Z0-9]{5,34}", number):
        raise BadValue(_("This is not an account number. Write 5 to 34 letters and digits, like 0123456789."))
    return number


def swift(value: object, _place: Place) -> str:
    code = "".join(_string(value).split()).upper()
    if code and not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", code):
        raise BadValue(_("This is not a SWIFT code. It has 8 or 11 letters and digits, like EQBLKENA."))
    return code


def country(value: object, _place: Place) -> str:
    typed = _string(value).strip()
    if not typed:
        return ""
    code = country_code(typed)
    if code is None:
        raise BadValue(_("There is no such country. Write its English name or its two letters."))
    return country_name(code)


def one_of(words: type[Status]) -> Reader:
    """A word of an enum."""

    def read(value: object, _place: Place) -> str:
        try:
            return words(_string(value)).value
        except ValueError as error:
            allowed = ", ".join(word.value for word in words)
            raise BadValue(_("Choose one of: %(words)s.") % {"words": allowed}) from error

    return read


def language(value: object, _place: Place) -> str:
    """A language code, or its English name in small letters as the API gives it."""
    word = _string(value).strip().lower()
    by_name = {name: code for code, name in LANGUAGES.items()}
    code = by_name.get(word, word)
    if code not in LANGUAGES:
        raise BadValue(_("Choose one of: %(words)s.") % {"words": ", ".join(by_name)})
    return code


def currency(value: object, _place: Place) -> str:
    code = _string(value).strip().upper()
    if code not in CURRENCIES:
        raise BadValue(_("There is no such currency. Write its three letters, like KES."))
    return code


def yes_or_no(value: object, _place: Place) -> bool:
    if not isinstance(value, bool):
        raise BadValue(_("This must be true or false."))
    return value


def consent(value: object, _place: Place) -> dict[ContactChannel, bool]:
    """Yes or no by channel; a channel that is not named stays as it is."""
    if not isinstance(value, Mapping):
        raise BadValue(_("This must be true or false by channel."))
    said: dict[ContactChannel, bool] = {}
    for name, allowed in value.items():
        try:
            channel = ContactChannel(name)
        except ValueError:
            words = ", ".join(word.value for word in ContactChannel)
            raise BadValue(_("Choose one of: %(words)s.") % {"words": words}) from None
        said[channel] = yes_or_no(allowed, _place)
    return said


def limit(value: object, place: Place) -> Decimal | None:
    """An amount that is not negative, in whole minor units of the customer's currency; None is no limit."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise BadValue(_("This is not an amount."))
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        raise BadValue(_("This is not an amount.")) from error
    if not amount.is_finite() or (isinstance(value, str) and not value.isascii()):
        raise BadValue(_("This is not an amount."))
    if amount < 0:
        raise BadValue(_("A credit limit cannot be negative."))
    if amount > MAX_AMOUNT:
        raise BadValue(_("The amount is too large."))
    if not is_quantized(amount, place.currency):
        places = exponent(place.currency)
        raise BadValue(
            ngettext(
                "%(currency)s amounts have at most %(n)s decimal.",
                "%(currency)s amounts have at most %(n)s decimals.",
                places,
            )
            % {"currency": place.currency, "n": places}
        )
    return amount


def tags(value: object, _place: Place) -> list[str]:
    """Short words in small letters, each once, in the order given."""
    if not isinstance(value, list | tuple):
        raise BadValue(_("This must be a list of words."))
    words = [_without_controls(" ".join(_string(word).lower().split()), lines=False) for word in value]
    kept = list(dict.fromkeys(word for word in words if word))
    if len(kept) > MOST_TAGS:
        raise BadValue(_("Keep to %(n)s tags.") % {"n": MOST_TAGS})
    if any(len(word) > LONGEST_TAG for word in kept):
        raise BadValue(too_long(LONGEST_TAG))
    return kept
