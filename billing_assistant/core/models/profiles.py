"""The business profile: one brand or legal entity of the organisation."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField, PercentField

HEX_COLOR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a colour like #1f6feb."))
PATTERN = RegexValidator(
    r"^[A-Za-z0-9._{}:-]*\{number(:0\d)?\}[A-Za-z0-9._{}:-]*$",
    _("A number format needs {number} and has no slash or space."),
)


@pghistory.track()
class BusinessProfile(Entity):
    """The seller as it stands on documents, with its defaults. Every document and growing table carries one."""

    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=160, blank=True)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)

    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, default="KE")

    tax_id = models.CharField(_("tax number"), max_length=40, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)

    logo = models.ForeignKey("core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accent_color = models.CharField(_("brand colour"), max_length=7, default="#1f6feb", validators=[HEX_COLOR])

    time_zone = models.CharField(_("time zone"), max_length=60, default="Africa/Nairobi")
    currency = CurrencyField(_("currency"), default="KES")
    default_tax_rate = PercentField(
        _("default tax rate"), default=Decimal(16), validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    tax_name = models.CharField(_("name of the tax"), max_length=20, default="VAT")
    language = models.CharField(_("language"), max_length=5, default="en")
    payment_terms_days = models.PositiveSmallIntegerField(_("payment terms in days"), default=30)
    approval_limit = AmountField(
        _("second person above"),
        null=True,
        blank=True,
        default=None,
        help_text=_("Credit notes, write-offs and refunds above this amount need a second person. Empty: never."),
    )
    small_difference = AmountField(
        _("small difference up to"),
        null=True,
        blank=True,
        default=None,
        help_text=_("Up to this amount, what a payment leaves of an invoice can be written off with it. Empty: never."),
    )

    late_days_tolerated = models.PositiveSmallIntegerField(
        _("days late that still count as in time"),
        default=0,
        help_text=_("A customer who paid the last invoice later than this is marked with a warning."),
    )
    credit_warning_percent = models.PositiveSmallIntegerField(
        _("warn above this part of the credit limit, in per cent"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("A customer who owes more than this of the own credit limit is marked with a warning."),
    )

    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    bank_branch = models.CharField(_("branch"), max_length=120, blank=True)
    bank_account_name = models.CharField(_("account name"), max_length=120, blank=True)
    bank_account_number = models.CharField(_("account number"), max_length=60, blank=True)
    bank_swift = models.CharField(_("SWIFT or BIC"), max_length=20, blank=True)
    mpesa_paybill = models.CharField(_("M-Pesa Paybill"), max_length=20, blank=True)
    mpesa_account_hint = models.CharField(
        _("M-Pesa account"),
        max_length=60,
        blank=True,
        help_text=_("Empty: the invoice number is the account."),
    )

    customer_number_format = models.CharField(max_length=40, default="CUST-{number:04}", validators=[PATTERN])
    draft_number_format = models.CharField(max_length=40, default="DRAFT-{number:04}", validators=[PATTERN])
    invoice_number_format = models.CharField(max_length=40, default="INV-{year}-{number:04}", validators=[PATTERN])
    credit_note_number_format = models.CharField(max_length=40, default="CN-{year}-{number:04}", validators=[PATTERN])
    payment_number_format = models.CharField(max_length=40, default="PAY-{number:04}", validators=[PATTERN])
    quote_number_format = models.CharField(max_length=40, default="QUO-{number:04}", validators=[PATTERN])
    plan_number_format = models.CharField(max_length=40, default="PLAN-{number:04}", validators=[PATTERN])
    proforma_number_format = models.CharField(max_length=40, default="PRO-{number:04}", validators=[PATTERN])
    numbers_restart_yearly = models.BooleanField(_("invoice numbers start again each year"), default=True)

    invoice_terms = models.TextField(_("terms on invoices"), blank=True)
    invoice_footer = models.CharField(_("foot of invoices"), max_length=240, blank=True)
    portal_link_days = models.PositiveSmallIntegerField(_("portal links last, in days"), default=365)

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(default_tax_rate__gte=0, default_tax_rate__lte=100),
                name="profile_tax_rate_is_a_percentage",
            ),
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9-]+$"), name="profile_slug_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trading_as(self) -> str:
        """The legal name where there is one, else the name."""
        return self.legal_name or self.name


class HumanCounter(models.Model):
    """The last number given to customers, drafts and payments of a profile. Gaps are allowed in these."""

    profile = models.ForeignKey(BusinessProfile, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    last_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["profile", "kind"], name="one_counter_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.last_number}"
