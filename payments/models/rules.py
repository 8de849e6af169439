"""How the clients of a business profile pay, and how long it waits for them."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.states import values_constraint
from payments.states import AutopayMoment

GRACE_DAYS: Final = 3
MOST_GRACE_DAYS: Final = 60
LEAST_PERCENT: Final = Decimal(5)
MOST_PERCENT: Final = Decimal(100)
AUTOPAY_DAYS: Final = (0, 1, 3, 5, 7, 9, 11, 14)
"""Days after the first attempt on which a charge is tried: eight times in two weeks."""


def autopay_days() -> list[int]:
    """The days of a profile that has not chosen others."""
    return list(AUTOPAY_DAYS)


class PayingRules(Entity):
    """The rules of one profile. A profile without a row has the defaults. Changes are in the event log."""

    profile = models.OneToOneField("core.BusinessProfile", on_delete=models.PROTECT, related_name="paying_rules")
    least_percent = models.DecimalField(
        _("smallest part, in per cent"), max_digits=5, decimal_places=2, default=LEAST_PERCENT
    )
    autopay_on = models.CharField(
        _("autopay charges"), max_length=10, choices=AutopayMoment.choices(), default=AutopayMoment.ISSUE
    )
    autopay_days = ArrayField(
        models.PositiveSmallIntegerField(), default=autopay_days, help_text=_("Days after the first attempt.")
    )
    plan_grace_days = models.PositiveSmallIntegerField(
        _("days of grace for an instalment"),
        default=GRACE_DAYS,
        help_text=_("A payment plan is broken when an instalment is not paid within these days."),
    )

    class Meta:
        verbose_name_plural = "paying rules"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(least_percent__gte=0, least_percent__lte=MOST_PERCENT), name="paying_least_is_a_percentage"
            ),
            models.CheckConstraint(condition=Q(autopay_days__len__gt=0), name="paying_autopay_has_days"),
            models.CheckConstraint(condition=Q(plan_grace_days__lte=MOST_GRACE_DAYS), name="plan_grace_is_short"),
            values_constraint("paying_autopay_moment_known", "autopay_on", AutopayMoment),
        ]

    def __str__(self) -> str:
        return f"Paying rules of {self.profile_id}"
