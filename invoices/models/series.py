"""Number series and their counters."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.profiles import PATTERN
from billing_assistant.core.states import values_constraint
from invoices.states import InvoiceKind


@pghistory.track()
class NumberSeries(Entity):
    """A gapless series of a profile. Imported documents have one outside the gap report."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="number_series")
    code = models.CharField(_("code"), max_length=20)
    kind = models.CharField(_("kind"), max_length=20, choices=InvoiceKind.choices())
    pattern = models.CharField(_("number format"), max_length=40, validators=[PATTERN])
    restarts_yearly = models.BooleanField(_("starts again each year"), default=True)
    is_default = models.BooleanField(_("used unless another is chosen"), default=True)
    follows_profile = models.BooleanField(_("follows the number formats of the business profile"), default=True)
    in_gap_report = models.BooleanField(_("in the gap report"), default=True)

    class Meta:
        verbose_name_plural = "number series"
        ordering = ("profile", "code")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "code"], name="series_code_once"),
            models.UniqueConstraint(
                fields=["profile", "kind"],
                condition=models.Q(is_default=True),
                name="one_default_series_per_kind",
            ),
            values_constraint("series_kind_known", "kind", InvoiceKind),
        ]

    def __str__(self) -> str:
        return self.code

    def number(self, *, year: int, sequence: int) -> str:
        """A number as people see it, like INV-2026-0042."""
        return self.pattern.format(year=year, number=sequence)


class SeriesCounter(models.Model):
    """The last number taken in a series and year: the row that is locked to take the next. Year 0 never restarts."""

    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveBigIntegerField(default=0)
    last_issued_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["series", "year"], name="one_counter_per_series_year")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.year}: {self.last_number}"
