"""Tax rates of a business profile."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import PercentField
from billing_assistant.core.states import values_constraint
from invoices.states import TaxCategory

_VALIDITY = Func(F("valid_from"), F("valid_until"), Value("[]"), function="daterange", output_field=DateRangeField())


def _never_two(name: str, *fields: str, condition: Q | None = None) -> ExclusionConstraint:
    """No two rates of a profile that are alike in `fields` are valid on the same day."""
    same = [(field, RangeOperators.EQUAL) for field in ("profile", *fields)]
    return ExclusionConstraint(
        name=name, expressions=[*same, (_VALIDITY, RangeOperators.OVERLAPS)], condition=condition
    )


@pghistory.track()
class TaxRate(Entity):
    """A rate that can be chosen on a line: category and per cent, between two local dates.

    Both dates are inclusive; empty is open.
    Lines carry category and per cent alone, so on any day there is one rate of each, and one default.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="tax_rates")
    name = models.CharField(_("name"), max_length=40)
    category = models.CharField(_("category"), max_length=20, choices=TaxCategory.choices())
    rate = PercentField(_("rate in per cent"))
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    reason = models.CharField(
        _("why no tax is charged"),
        max_length=240,
        blank=True,
        help_text=_("Printed on documents. Empty: the usual words, in the language of the document."),
    )

    class Meta:
        ordering = ("-is_default", "-rate", "name", "-valid_from")
        constraints: ClassVar = [
            _never_two("tax_rate_once_a_day", "category", "rate"),
            _never_two("tax_rate_name_once_a_day", "category", "name"),
            _never_two("one_default_tax_rate_a_day", condition=Q(is_default=True)),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="tax_rate_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=100), name="tax_rate_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(category__in=["standard", "reduced"]) | Q(rate=0),
                name="untaxed_categories_have_no_rate",
            ),
            values_constraint("tax_category_known", "category", TaxCategory),
        ]

    def __str__(self) -> str:
        return self.name

    def is_valid_on(self, day: date) -> bool:
        """Whether the rate holds on a local date."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )
