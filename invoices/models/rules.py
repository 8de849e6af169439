"""How a business profile bills: the lock date, and what tax and exchange rates have to be there."""

from __future__ import annotations

from typing import ClassVar, Final

import pghistory
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity

MAX_RATE_DAYS: Final = 366


@pghistory.track()
class BillingRules(Entity):
    """The rules of one business profile. A profile without a row has the defaults; `locked_until` is inclusive."""

    profile = models.OneToOneField("core.BusinessProfile", on_delete=models.PROTECT, related_name="billing_rules")
    locked_until = models.DateField(_("locked up to and including"), null=True, blank=True)
    listed_taxes_only = models.BooleanField(
        _("only tax rates of the list"),
        default=False,
        help_text=_("An invoice with a rate that the list does not have is not issued."),
    )
    exchange_rate_required = models.BooleanField(
        _("foreign invoices need an exchange rate"),
        default=False,
        help_text=_("Without a rate that is recent enough they are not issued."),
    )
    exchange_rate_days = models.PositiveSmallIntegerField(
        _("an exchange rate holds for, in days"),
        default=7,
        validators=[MaxValueValidator(MAX_RATE_DAYS)],
        help_text=_("The latest rate on or before the issue date is taken when it is at most this old."),
    )

    class Meta:
        verbose_name_plural = "billing rules"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(exchange_rate_days__lte=MAX_RATE_DAYS), name="exchange_rate_days_within_a_year"
            ),
        ]

    def __str__(self) -> str:
        return str(self.profile)
