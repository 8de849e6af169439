"""Customers, their contacts and notes."""

from __future__ import annotations

from typing import ClassVar, Final

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.models.sealed import FingerprintColumn, SealedColumn, sealed_text
from billing_assistant.core.states import values_constraint
from customers.phones import phone_shown
from customers.states import (
    BillingCycle,
    ContactRole,
    CustomerStatus,
    InvoiceStyle,
    PaymentStatus,
    PaymentTerms,
    PreferredMethod,
)

SHOWN_DIGITS: Final = 4


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Customer(Entity):
    """Whom we bill: a company or a person. Balances are in the ledger, under this row's id."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="customers")
    number = models.CharField(_("number"), max_length=40)
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    secondary_email = models.EmailField(_("second e-mail"), blank=True)
    secondary_phone = models.CharField(_("second phone"), max_length=40, blank=True)

    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)

    secondary_street = models.CharField(_("second street"), max_length=200, blank=True)
    secondary_city = models.CharField(_("second city"), max_length=100, blank=True)
    secondary_postal_code = models.CharField(_("second postal code"), max_length=20, blank=True)
    secondary_country = models.CharField(_("second country"), max_length=60, blank=True)

    business_type = models.CharField(_("kind of business"), max_length=60, blank=True)
    tax_id_sealed = SealedColumn(_("tax number"))
    tax_id_fingerprint = FingerprintColumn()
    tax_id = sealed_text("tax_id", searchable=True)

    # Where a refund goes.
    bank_name_sealed = SealedColumn(_("bank"))
    bank_name = sealed_text("bank_name")
    bank_account_name_sealed = SealedColumn(_("account name"))
    bank_account_name = sealed_text("bank_account_name")
    bank_account_number_sealed = SealedColumn(_("account number"))
    bank_account_number_fingerprint = FingerprintColumn()
    bank_account_number = sealed_text("bank_account_number", searchable=True)
    bank_swift_sealed = SealedColumn(_("SWIFT code"))
    bank_swift = sealed_text("bank_swift")

    preferred_payment_method = models.CharField(
        _("prefers to pay by"), max_length=20, choices=PreferredMethod.choices(), default=PreferredMethod.BANK
    )
    payment_terms = models.CharField(
        _("payment terms"), max_length=20, choices=PaymentTerms.choices(), default=PaymentTerms.NET_30
    )
    billing_cycle = models.CharField(
        _("billing cycle"), max_length=20, choices=BillingCycle.choices(), default=BillingCycle.NONE
    )
    credit_limit = AmountField(_("credit limit"), null=True, blank=True, default=None)

    status = models.CharField(
        _("status"), max_length=20, choices=CustomerStatus.choices(), default=CustomerStatus.ACTIVE
    )
    payment_status = models.CharField(
        _("payment status"), max_length=20, choices=PaymentStatus.choices(), default=PaymentStatus.GOOD
    )
    auto_send_invoices = models.BooleanField(_("send invoices without asking"), default=False)
    send_reminders = models.BooleanField(_("send payment reminders"), default=True)

    invoice_template = models.CharField(
        _("invoice style"), max_length=20, choices=InvoiceStyle.choices(), default=InvoiceStyle.PROFESSIONAL
    )
    language = models.CharField(_("language"), max_length=5, default="en")
    include_tax = models.BooleanField(_("charge tax"), default=True)
    currency = CurrencyField(_("currency"), default="KES")

    notes = models.TextField(_("notes"), blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(default=now)
    is_placeholder = models.BooleanField(
        default=False, help_text=_("Stands for documents whose customer is not known.")
    )

    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        help_text=_("Who stands for it."),
    )
    merged_at = models.DateTimeField(_("merged"), null=True, blank=True)

    source_ref = models.CharField(
        max_length=80, blank=True, help_text=_("Where an import or another system knows this customer.")
    )

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="customer_number_once"),
            models.UniqueConstraint(
                fields=["profile", "source_ref"], condition=~Q(source_ref=""), name="customer_source_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_a_name"),
            models.CheckConstraint(
                condition=Q(credit_limit__isnull=True) | Q(credit_limit__gte=0),
                name="credit_limit_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True, merged_at__isnull=True)
                | (Q(merged_into__isnull=False, merged_at__isnull=False) & ~Q(merged_into=F("id"))),
                name="customer_merged_into_another",
            ),
            values_constraint("customer_status_known", "status", CustomerStatus),
            values_constraint("customer_payment_status_known", "payment_status", PaymentStatus),
        ]
        indexes: ClassVar = [
            models.Index("profile", Upper("name"), "id", name="customer_by_name"),
            models.Index(fields=["profile", "-created_at", "id"], name="customer_by_age"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="customer_name_search"),
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="customer_email_search"),
            GinIndex(OpClass(Upper("phone"), name="gin_trgm_ops"), name="customer_phone_search"),
            models.Index(fields=["tax_id_fingerprint"], name="customer_by_tax_id", condition=~Q(tax_id_fingerprint="")),
            models.Index(
                fields=["bank_account_number_fingerprint"],
                name="customer_by_bank_account",
                condition=~Q(bank_account_number_fingerprint=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_shown(self) -> str:
        """The phone number as people read it: +254 722 123456."""
        return phone_shown(self.phone)

    @property
    def secondary_phone_shown(self) -> str:
        return phone_shown(self.secondary_phone)

    @property
    def bank_account_masked(self) -> str:
        """The end of the account number, enough to tell two apart."""
        number = self.bank_account_number
        return f"•••• {number[-SHOWN_DIGITS:]}" if number else ""

    @property
    def status_word(self) -> CustomerStatus:
        """The status with its label, colour and icon."""
        return CustomerStatus(self.status)

    @property
    def payment_status_word(self) -> PaymentStatus:
        return PaymentStatus(self.payment_status)


@pghistory.track()
class Contact(Entity):
    """A person at the customer. With `user` set, the person signs in to the portal."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=ContactRole.choices(), default=ContactRole.BILLING)
    is_primary = models.BooleanField(_("first contact"), default=False)
    user = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="contacts")

    class Meta:
        ordering = ("-is_primary", "name")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer"], condition=Q(is_primary=True), name="one_primary_contact"),
        ]
        indexes: ClassVar = [models.Index(Upper("email"), name="contact_by_email")]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_shown(self) -> str:
        return phone_shown(self.phone)

    @property
    def role_word(self) -> ContactRole:
        return ContactRole(self.role)


@pghistory.track()
class Note(Entity):
    """An internal note of staff about a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="staff_notes")
    text = models.TextField(_("note"), max_length=4000)
    author = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.text[:60]
