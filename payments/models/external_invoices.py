"""Invoices that a provider made by itself (Stripe Billing). They are in no book of ours."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from integrations.vendors import vendor_label
from payments.states import ExternalInvoiceState, PayerKnownBy


@pghistory.track(exclude=["read_at"])
class ExternalInvoice(Entity):
    """An invoice as it was read from the provider at `read_at`. Amounts are signed: a credit may make one negative.

    `payer` is the provider's id of who is asked, `subscription` of what it is made for again and again. The customer is
    told by `known_by`; empty until somebody says who it is. `due_at` is empty where the provider charges by itself.
    `failed_attempts` is the count of tries at which we last heard that one failed.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="external_invoices"
    )
    known_by = models.CharField(max_length=10, choices=PayerKnownBy.choices(), blank=True)
    linked_by_label = models.CharField(max_length=150, blank=True)
    provider = models.CharField(max_length=30)
    account = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    number = models.CharField(_("number"), max_length=80, blank=True)
    status = models.CharField(_("status"), max_length=15, choices=ExternalInvoiceState.choices())
    payer = models.CharField(max_length=120)
    payer_name = models.CharField(max_length=200, blank=True)
    payer_email = models.CharField(max_length=254, blank=True)
    subscription = models.CharField(max_length=120, blank=True)
    currency = CurrencyField(_("currency"))
    total = AmountField(_("total"))
    amount_due = AmountField(_("due"))
    amount_paid = AmountField(_("paid"))
    url = models.CharField(max_length=2000, blank=True)
    made_at = models.DateTimeField(_("made"))
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    due_at = models.DateTimeField(_("due on"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("charged again"), null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    failed_attempts = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("-made_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile", "provider", "account", "external_id"], name="external_invoice_once"
            ),
            models.UniqueConstraint(
                fields=["profile", "provider", "account", "subscription"],
                condition=Q(status="upcoming"),
                name="external_invoice_one_upcoming",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=True, known_by="") | (Q(customer__isnull=False) & ~Q(known_by="")),
                name="external_invoice_says_how_known",
            ),
            minor_units_constraint("external_invoice_in_minor_units", "total", "amount_due", "amount_paid"),
            values_constraint("external_invoice_status_known", "status", ExternalInvoiceState),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-made_at", "-id"], name="external_invoice_by_age"),
            models.Index(fields=["customer", "-made_at", "-id"], name="external_invoice_by_customer"),
            models.Index(fields=["provider", "account", "payer"], name="external_invoice_by_payer"),
            models.Index(
                fields=["read_at"],
                name="external_invoice_unended",
                condition=Q(status__in=["upcoming", "draft", "open"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.external_id

    @property
    def provider_label(self) -> str:
        """What people call the provider."""
        return vendor_label(self.provider)

    @property
    def name(self) -> str:
        """What people call it: its number, once it has one, or the subscription that is going to make it."""
        upcoming = self.status == ExternalInvoiceState.UPCOMING
        return self.number or (self.subscription if upcoming else self.external_id)

    @property
    def known_by_word(self) -> PayerKnownBy | None:
        """How it is known whose it is."""
        return PayerKnownBy(self.known_by) if self.known_by else None

    @property
    def status_word(self) -> ExternalInvoiceState:
        """The status with its label, colour and icon."""
        return ExternalInvoiceState(self.status)
