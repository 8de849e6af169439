"""Tax at issue: the rates of the lines hold on the issue date, and what is not taxed says why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from invoices.errors import TaxRateNotValid
from invoices.models import BillingRules, TaxRate
from invoices.selectors import tax_rates_all
from invoices.services.compute import LineInput, TaxGroup
from invoices.states import UNTAXED, TaxCategory


class TaxesAtIssue:
    """The tax rates of a profile as one issue sees them, read once."""

    def __init__(self, profile: BusinessProfile, rules: BillingRules) -> None:
        self._profile = profile
        self._rates = tax_rates_all(profile.pk)
        self._listed_only = rules.listed_taxes_only

    def check(self, number: str, lines: Iterable[LineInput], day: date) -> None:
        """Raises TaxRateNotValid for a line whose rate is of other days, or (where the rules say so) not listed."""
        valid = [rate for rate in self._rates if rate.is_valid_on(day)]
        for key in dict.fromkeys(_key(line) for line in lines):
            known = [rate for rate in self._rates if (rate.category, rate.rate) == key]
            if any(rate in valid for rate in known) or not (known or self._listed_only):
                continue
            raise TaxRateNotValid(_refusal(number, key, day, valid))

    def reason(self, group: TaxGroup, day: date, language: str) -> str:
        """Why a group is not taxed, in the language of the document; empty for taxed groups."""
        return _reason(self._rates, group.category, day, tax_name=self._profile.tax_name, language=language)


def reasons_on(
    profile_id: UUID, categories: Iterable[TaxCategory], day: date, *, tax_name: str
) -> dict[TaxCategory, str]:
    """Why each category is not taxed, in the active language, for what is not issued yet; taxed ones have no reason."""
    untaxed = UNTAXED.intersection(categories)
    rates = tax_rates_all(profile_id) if untaxed else ()
    spoken = translation.get_language() or settings.LANGUAGE_CODE
    return {one: _reason(rates, one, day, tax_name=tax_name, language=spoken) for one in untaxed}


def _reason(rates: Iterable[TaxRate], category: TaxCategory, day: date, *, tax_name: str, language: str) -> str:
    if category not in UNTAXED:
        return ""
    own = [rate.reason for rate in rates if rate.category == category and rate.is_valid_on(day)]
    return next((text for text in own if text), "") or usual_reason(category, tax_name=tax_name, language=language)


def usual_reason(category: TaxCategory, *, tax_name: str, language: str) -> str:
    """The words that documents print for a category that is not taxed; empty for those that are."""
    words = {"tax": tax_name}
    with translation.override(language):
        match category:
            case TaxCategory.STANDARD | TaxCategory.REDUCED:
                return ""
            case TaxCategory.ZERO:
                return _("Zero rated supply: %(tax)s at 0 %%.") % words
            case TaxCategory.EXEMPT:
                return _("Exempt supply: no %(tax)s is charged.") % words
            case TaxCategory.REVERSE_CHARGE:
                return _("Reverse charge: %(tax)s to be accounted for by the recipient.") % words
    assert_never(category)


def _key(line: LineInput) -> tuple[TaxCategory, Decimal]:
    return line.tax_category, ZERO if line.tax_category in UNTAXED else line.tax_rate


def _refusal(number: str, key: tuple[TaxCategory, Decimal], day: date, valid: Sequence[TaxRate]) -> str:
    category, rate = key
    said = str(category.label) + (f" {rate.normalize():f} %" if rate else "")
    alike = [one for one in valid if one.category == category] or list(valid)
    return _("%(number)s has %(tax)s, which is not valid on %(day)s. Valid on that day: %(valid)s.") % {
        "number": number,
        "tax": said,
        "day": day,
        "valid": ", ".join(one.name for one in alike) or _("none"),
    }
