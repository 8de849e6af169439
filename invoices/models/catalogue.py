"""The catalogue: services and products that a business profile sells, with what they cost."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import CurrencyField, PercentField, RateField
from billing_assistant.core.states import values_constraint
from invoices.states import CatalogueKind, TaxCategory


@pghistory.track()
class CatalogueItem(Entity):
    """Something that is billed again and again. A line copies what it says; later changes touch no draft."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="catalogue")
    kind = models.CharField(_("kind"), max_length=20, choices=CatalogueKind.choices(), default=CatalogueKind.SERVICE)
    code = models.CharField(_("code"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("text on invoices"), max_length=500, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    tax_category = models.CharField(_("tax category"), max_length=20, choices=TaxCategory.choices())
    tax_rate = PercentField(_("tax rate in per cent"))
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint("profile", Upper("name"), name="catalogue_name_once"),
            models.UniqueConstraint("profile", Upper("code"), condition=~Q(code=""), name="catalogue_code_once"),
            models.CheckConstraint(
                condition=Q(tax_category__in=["standard", "reduced"]) | Q(tax_rate=0),
                name="catalogue_untaxed_has_no_rate",
            ),
            models.CheckConstraint(condition=Q(tax_rate__gte=0, tax_rate__lte=100), name="catalogue_rate_in_range"),
            values_constraint("catalogue_kind_known", "kind", CatalogueKind),
            values_constraint("catalogue_tax_known", "tax_category", TaxCategory),
        ]
        indexes: ClassVar = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="catalogue_name_search")]

    def __str__(self) -> str:
        return self.name

    @property
    def line_text(self) -> str:
        """What a line about it says."""
        return self.description or self.name


class CataloguePrice(models.Model):
    """What one unit costs in a currency from a moment on. Prices are only added; without an amount it is not offered
    in that currency any more."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(CatalogueItem, on_delete=models.PROTECT, related_name="prices")
    currency = CurrencyField(_("currency"))
    amount = RateField(_("price"), null=True)
    since = models.DateTimeField(_("since"))
    actor_label = models.CharField(_("set by"), max_length=150)

    class Meta:
        ordering = ("currency", "-since", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="catalogue_price_positive")
        ]
        indexes: ClassVar = [models.Index(fields=["item", "currency", "-since", "-id"], name="catalogue_price_latest")]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"
