"""Tax rates of a business profile."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import PercentField
from billing_assistant.core.states import values_constraint
from invoices.states import TaxCategory


@pghistory.track()
class TaxRate(Entity):
    """A rate that can be chosen on a line: category and per cent."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="tax_rates")
    name = models.CharField(_("name"), max_length=40)
    category = models.CharField(_("category"), max_length=20, choices=TaxCategory.choices())
    rate = PercentField(_("rate in per cent"))
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)

    class Meta:
        ordering = ("-is_default", "-rate", "name")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "category", "rate"], name="tax_rate_once"),
            models.UniqueConstraint(fields=["profile"], condition=Q(is_default=True), name="one_default_tax_rate"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=100), name="tax_rate_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(category__in=["standard", "reduced"]) | Q(rate=0),
                name="untaxed_categories_have_no_rate",
            ),
            values_constraint("tax_category_known", "category", TaxCategory),
        ]

    def __str__(self) -> str:
        return self.name
