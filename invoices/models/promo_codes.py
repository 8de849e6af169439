"""Promo codes of a business profile, and each use of one."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from invoices.states import DiscountKind


@pghistory.track()
class PromoCode(Entity):
    """A word that gives a discount on a whole document: per cent of its lines, or an amount in one currency.

    It is good between two local dates of the profile (both inclusive, empty: open), for as many invoices as
    `most_uses` says. `minimum` is what the lines have to come to before the discount, in `currency`.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="promo_codes")
    code = models.CharField(_("code"), max_length=40)
    description = models.CharField(_("what it is for"), max_length=240, blank=True)
    kind = models.CharField(_("gives"), max_length=10, choices=DiscountKind.choices(), default=DiscountKind.PERCENT)
    value = models.DecimalField(_("value"), max_digits=19, decimal_places=4, default=Decimal(0))
    currency = CurrencyField(_("currency"), blank=True)
    minimum = AmountField(_("from an amount of"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    most_uses = models.PositiveIntegerField(_("uses in all"), null=True, blank=True)
    once_per_customer = models.BooleanField(_("once per customer"), default=False)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ("code", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "code"], name="promo_code_once"),
            models.CheckConstraint(condition=Q(code=Upper(F("code"))) & ~Q(code=""), name="promo_code_is_upper_case"),
            models.CheckConstraint(
                condition=Q(kind=DiscountKind.PERCENT.value, value__gt=0, value__lte=100)
                | Q(kind=DiscountKind.AMOUNT.value, value__gt=0) & ~Q(currency=""),
                name="promo_code_gives_something",
            ),
            models.CheckConstraint(
                condition=Q(minimum=0) | Q(minimum__gt=0) & ~Q(currency=""), name="promo_minimum_has_a_currency"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="promo_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(most_uses__isnull=True) | Q(most_uses__gt=0), name="promo_can_be_used"),
            values_constraint("promo_kind_known", "kind", DiscountKind),
        ]

    def __str__(self) -> str:
        return self.code


class PromoUse(Entity):
    """An invoice that was issued with a promo code. A voided invoice gives its use back."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    promo = models.ForeignKey(PromoCode, on_delete=models.PROTECT, related_name="uses")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    invoice = models.OneToOneField("invoices.Invoice", on_delete=models.PROTECT, related_name="promo_use")
    currency = CurrencyField(_("currency"))
    discount = AmountField(_("discount given"))
    given_back_at = models.DateTimeField(_("given back"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [minor_units_constraint("promo_use_in_minor_units", "discount")]
        indexes: ClassVar = [
            models.Index(fields=["promo", "customer"], name="promo_use_counts", condition=Q(given_back_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.promo_id}: {self.invoice_id}"
