"""A deposit and the rest: two instalments that sum to the total."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import split
from invoices.services.compute import HUNDRED


def deposit_split(
    *, total: Decimal, currency: str, percent: Decimal, deposit_on: date, rest_on: date
) -> tuple[tuple[date, Decimal], tuple[date, Decimal]]:
    """(due date, amount) of the deposit and of the rest, by largest remainder. Raises ValidationFailed."""
    if not 0 < percent < HUNDRED:
        raise ValidationFailed({"deposit_percent": [_("A deposit is more than 0 and less than 100 per cent.")]})
    if rest_on < deposit_on:
        raise ValidationFailed({"rest_on": [_("The rest is not due before the deposit.")]})
    deposit, rest = split(total, [percent, HUNDRED - percent], currency)
    if not deposit or not rest:
        raise ValidationFailed({"deposit_percent": [_("The total is too small to be split like this.")]})
    return (deposit_on, deposit), (rest_on, rest)
