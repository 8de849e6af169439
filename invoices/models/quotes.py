"""Quotes and proforma invoices: a draft as it was offered. Immutable (see the trigger in the migration)."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.states import values_constraint
from invoices.quote_states import LIVE_QUOTES, QuoteKind, QuoteState


@pghistory.track(pghistory.UpdateEvent(), fields=["state", "sent_at", "viewed_at", "decided_at", "decided_by"])
class Quote(Entity):
    """A numbered offer over one version of a draft. From its first moment only its state, what was decided, its
    timestamps, its link and its stored PDF may change.

    `snapshot` is the version of the draft, `taxes` its tax groups, `seller` and `buyer` the sides as they stood.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="quotes")
    draft = models.ForeignKey("invoices.InvoiceDraft", on_delete=models.PROTECT, related_name="quotes")
    draft_version = models.PositiveIntegerField(_("version of the draft"))
    kind = models.CharField(_("kind"), max_length=20, choices=QuoteKind.choices(), default=QuoteKind.QUOTE)
    number = models.CharField(_("number"), max_length=60)
    state = models.CharField(_("state"), max_length=20, choices=QuoteState.choices(), default=QuoteState.OPEN)

    offered_on = models.DateField(_("offered"))
    valid_until = models.DateField(_("valid until"))
    offered_by_label = models.CharField(max_length=150, blank=True)
    invoice_on_acceptance = models.BooleanField(
        _("invoice on acceptance"), default=False, help_text=_("Issue and send the invoice when the client accepts.")
    )

    currency = CurrencyField(_("currency"))
    prices_include_tax = models.BooleanField(default=False)
    subtotal = AmountField()
    discount_total = AmountField()
    tax_total = AmountField()
    total = AmountField()
    snapshot = models.JSONField()
    taxes = models.JSONField()
    seller = models.JSONField()
    buyer = models.JSONField()
    template = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=5, default="en")
    terms = models.TextField(blank=True)

    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True)
    decided_via = models.CharField(max_length=20, blank=True, help_text=_("Who said so: the client, or a colleague."))
    decision_note = models.CharField(_("reason"), max_length=500, blank=True)
    renewal_asked_at = models.DateTimeField(null=True, blank=True)
    portal_link = models.ForeignKey(
        "customers.PortalLink", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)
    pdf = models.ForeignKey("core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey("invoices.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="quote_number_once"),
            models.UniqueConstraint(
                fields=["draft", "kind"],
                condition=Q(state__in=[state.value for state in LIVE_QUOTES]),
                name="one_live_quote_per_draft",
            ),
            values_constraint("quote_kind_known", "kind", QuoteKind),
            values_constraint("quote_state_known", "state", QuoteState),
            models.CheckConstraint(condition=Q(valid_until__gte=F("offered_on")), name="quote_valid_from_its_day"),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") - F("discount_total") + F("tax_total")), name="quote_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(state="invoiced", invoice__isnull=False) | ~Q(state="invoiced") & Q(invoice__isnull=True),
                name="invoiced_quote_has_its_invoice",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declined", "invoiced"])
                | Q(decided_at__isnull=False) & ~Q(decided_by=""),
                name="decided_quote_says_by_whom",
            ),
            minor_units_constraint("quote_in_minor_units", "subtotal", "discount_total", "tax_total", "total"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-id"], name="quote_by_profile"),
            models.Index(fields=["customer", "-id"], name="quote_by_customer"),
            models.Index(fields=["profile", "valid_until"], name="quote_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def kind_word(self) -> QuoteKind:
        return QuoteKind(self.kind)

    @property
    def state_word(self) -> QuoteState:
        return QuoteState(self.state)
