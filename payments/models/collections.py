"""Plans that a provider collects by a subscription of its own, and the payments that came of it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from integrations.vendors import vendor_label
from payments.states import CollectionState

STANDING: Final = Q(status__in=["waiting", "active", "on_hold", "paused"])


@pghistory.track(exclude=["read_at", "url"])
class PlanCollection(Entity):
    """A recurring plan of ours whose periods a provider charges by itself, for `price` of a product there.

    The client subscribes on a page of the provider (`url`, open until `url_until`; `pages` counts them). From then on
    `subscription_id` is the provider's word for it. Our billing run makes the invoices; those payments settle them.
    `next_product_id` is charged from `next_charge_at` on, for `next_price`, where the plan has changed.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("invoices.Plan", on_delete=models.PROTECT, related_name="collections")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="plan_collections")
    provider = models.CharField(max_length=30)
    account = models.CharField(max_length=60)
    product_id = models.CharField(max_length=120)
    product_name = models.CharField(max_length=200)
    currency = CurrencyField(_("currency"))
    price = AmountField(_("price"))
    status = models.CharField(
        _("status"), max_length=10, choices=CollectionState.choices(), default=CollectionState.WAITING
    )
    subscription_id = models.CharField(max_length=120, blank=True)
    next_product_id = models.CharField(max_length=120, blank=True)
    next_price = AmountField(_("price from then on"), null=True, blank=True, default=None)
    next_charge_at = models.DateTimeField(_("charged next"), null=True, blank=True)
    pages = models.PositiveIntegerField(default=0)
    url = models.CharField(max_length=2000, blank=True)
    url_until = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    begun_by_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan"], condition=STANDING, name="plan_collected_once"),
            models.UniqueConstraint(
                fields=["provider", "account", "subscription_id"],
                condition=~Q(subscription_id=""),
                name="collection_subscription_once",
            ),
            models.CheckConstraint(condition=Q(price__gt=0), name="collection_price_above_zero"),
            minor_units_constraint("collection_in_minor_units", "price", "next_price"),
            values_constraint("collection_status_known", "status", CollectionState),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="collection_by_customer"),
            models.Index(fields=["plan", "-id"], name="collection_by_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.provider}"

    def is_page_open(self, now: datetime) -> bool:
        """Whether the page for subscribing that was made last can still be used."""
        return bool(self.url and self.url_until and self.url_until > now)

    @property
    def provider_label(self) -> str:
        """What people call the provider."""
        return vendor_label(self.provider)

    @property
    def status_word(self) -> CollectionState:
        """The status with its label, colour and icon."""
        return CollectionState(self.status)


class CollectedPayment(Entity):
    """A payment that a provider collected for a plan."""

    collection = models.ForeignKey(PlanCollection, on_delete=models.PROTECT, related_name="collected")
    payment = models.OneToOneField("payments.Payment", on_delete=models.PROTECT, related_name="collected")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(self.payment_id)
