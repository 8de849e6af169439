"""The query of the customer list, checked: an unknown word is refused with what would be known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import InvalidAmount, ValidationFailed
from billing_assistant.core.money import Money, parse_amount
from billing_assistant.core.states import Status
from customers.ordering import SORTS
from customers.selectors import CustomerFilters
from customers.states import BillingCycle, CustomerStatus, PaymentStatus, PreferredMethod

S = TypeVar("S", bound=Status)
LONGEST: Final = 100
FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


def filters_of(query: Mapping[str, str], currency: str) -> CustomerFilters:
    """The filters of a call; amounts are in `?currency=`, else in the currency that is given.

    Raises ValidationFailed with every reason, by parameter.
    """
    errors: dict[str, list[str]] = {}

    def word(name: str, words: type[S]) -> S | None:
        text = query.get(name, "").strip()
        try:
            return words(text) if text else None
        except ValueError:
            errors[name] = [_("Choose one of: %(words)s.") % {"words": ", ".join(one.value for one in words)}]
            return None

    for name in ("search", "tag"):
        if len(query.get(name, "")) > LONGEST or "\x00" in query.get(name, ""):
            errors[name] = [_("This text cannot be searched for.")]
    owing = query.get("outstanding", "").strip().lower()
    if owing and owing not in FLAGS:
        errors["outstanding"] = [_("Write true or false.")]
    filters = CustomerFilters(
        search=query.get("search", ""),
        status=word("status", CustomerStatus),
        payment_status=word("payment_status", PaymentStatus),
        billing_cycle=word("billing_cycle", BillingCycle),
        payment_method=word("payment_method", PreferredMethod),
        owing=FLAGS.get(owing),
        owes_more_than=_least(query, currency, errors),
        tag=query.get("tag", "").strip(),
    )
    if errors:
        raise ValidationFailed(errors)
    return filters


def _least(query: Mapping[str, str], currency: str, errors: dict[str, list[str]]) -> Money | None:
    """What `min_outstanding` says, in `currency`; a reason is put to the errors."""
    text, code = query.get("min_outstanding", "").strip(), query.get("currency", "").strip().upper() or currency
    if code not in CURRENCIES:
        errors["currency"] = [_("This is not a currency.")]
        return None
    try:
        amount = parse_amount(text) if text else None
    except InvalidAmount as error:
        errors["min_outstanding"] = [str(error)]
        return None
    if amount is not None and amount < 0:
        errors["min_outstanding"] = [_("An amount must not be negative.")]
    return None if amount is None else Money(amount, code)


def sort_of(query: Mapping[str, str]) -> str:
    """The ordering of a call; by name when none is given. Raises ValidationFailed."""
    aliases = {"outstanding_balance": "outstanding", "last_invoice_date": "last_invoice"}
    wanted = query.get("sort", "").strip() or "name"
    minus, key = ("-", wanted[1:]) if wanted.startswith("-") else ("", wanted)
    sort = minus + aliases.get(key, key)
    if sort not in SORTS:
        raise ValidationFailed({"sort": [_("Choose one of: %(words)s.") % {"words": ", ".join(SORTS)}]})
    return sort
