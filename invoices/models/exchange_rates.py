"""Exchange rates of a business profile."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import CurrencyField, RateField
from billing_assistant.core.states import values_constraint
from invoices.states import RateSource


@pghistory.track()
class ExchangeRate(Entity):
    """What one unit of `currency` was worth in `into` on a local date: one a pair and day."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="exchange_rates")
    currency = CurrencyField(_("currency"))
    into = CurrencyField(_("in"))
    valid_on = models.DateField(_("on"))
    rate = RateField(_("rate"))
    source = models.CharField(_("source"), max_length=20, choices=RateSource.choices(), default=RateSource.MANUAL)
    actor_label = models.CharField(_("set by"), max_length=150, blank=True)

    class Meta:
        ordering = ("-valid_on", "currency")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile", "currency", "into", "valid_on"], name="one_exchange_rate_per_day"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_is_positive"),
            models.CheckConstraint(condition=~Q(currency=F("into")), name="exchange_rate_between_two_currencies"),
            values_constraint("exchange_rate_source_known", "source", RateSource),
        ]
        indexes: ClassVar = [models.Index(fields=["profile", "-valid_on", "-id"], name="exchange_rate_by_date")]

    def __str__(self) -> str:
        return f"{self.currency}/{self.into} {self.valid_on}"
