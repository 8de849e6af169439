"""What was erased on whose word, and how long a business profile keeps what it has on people."""

from __future__ import annotations

from typing import ClassVar, Final

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity

LEAST_YEARS: Final = 5
MOST_YEARS: Final = 30
MOST_MONTHS: Final = 360


def _months(label: object, default: int) -> models.PositiveSmallIntegerField[int, int]:
    limits = [MinValueValidator(1), MaxValueValidator(MOST_MONTHS)]
    return models.PositiveSmallIntegerField(label, default=default, validators=limits)  # type: ignore[arg-type] # lazy


class ErasureRecord(Entity):
    """That a customer, or one contact of it, was erased: who asked, what was done, what is kept, until when and why.

    It holds nothing personal. `done` counts by label; `kept` has label, count, until (ISO date, or empty) and reason.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer_id = models.UUIDField()
    contact_id = models.UUIDField(null=True, blank=True)
    customer_number = models.CharField(_("customer"), max_length=40)
    requested_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    requested_by_label = models.CharField(_("asked for by"), max_length=150)
    done = models.JSONField(default=dict)
    kept = models.JSONField(default=list)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["profile", "-id"], name="erasure_by_profile"),
            models.Index(fields=["customer_id"], name="erasure_by_customer"),
        ]

    def __str__(self) -> str:
        return self.customer_number


@pghistory.track()
class RetentionRules(Entity):
    """How long one business profile keeps what it has on people. A profile without a row has the defaults."""

    profile = models.OneToOneField("core.BusinessProfile", on_delete=models.PROTECT, related_name="retention_rules")
    document_years = models.PositiveSmallIntegerField(
        _("documents are kept, in years"),
        default=7,
        validators=[MinValueValidator(LEAST_YEARS), MaxValueValidator(MOST_YEARS)],
        help_text=_("After the end of the year of the document."),
    )
    message_months = _months(_("texts of messages are kept, in months"), 36)
    payload_months = _months(_("raw webhooks and import files are kept, in months"), 12)
    inactive_months = _months(_("an unused customer is proposed for erasure after, in months"), 24)

    class Meta:
        verbose_name_plural = "retention rules"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(document_years__gte=LEAST_YEARS, document_years__lte=MOST_YEARS),
                name="documents_kept_as_the_law_says",
            ),
            models.CheckConstraint(
                condition=Q(message_months__gte=1, payload_months__gte=1, inactive_months__gte=1),
                name="retention_of_a_month_at_least",
            ),
        ]

    def __str__(self) -> str:
        return str(self.profile)
