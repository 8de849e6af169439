"""Recurring plans: what is billed to a customer again and again, and the periods that were."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import ClassVar

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import CurrencyField, PercentField, RateField
from billing_assistant.core.states import values_constraint
from customers.states import PreferredMethod
from invoices.plan_calendar import Rhythm
from invoices.plan_states import PeriodOutcome, PlanMakes, PlanStatus, PlanTiming, PlanUnit, every_words
from invoices.states import DiscountKind, TaxCategory


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["next_index", "caught_up_to", "due_at", "updated_at"],
)
class Plan(Entity):
    """A recurring plan of one customer. Its lines are in `lines`, dated; `due_at` is when the next period is billed.

    All days are local to `time_zone`, and billed at `bills_at` by the clocks there.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="plans", db_index=False)
    number = models.CharField(_("number"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    status = models.CharField(_("status"), max_length=10, choices=PlanStatus.choices(), default=PlanStatus.ACTIVE)

    unit = models.CharField(_("bills every"), max_length=10, choices=PlanUnit.choices(), default=PlanUnit.MONTH)
    every = models.PositiveSmallIntegerField(_("number of"), default=1)
    starts_on = models.DateField(_("starts"))
    anchor_day = models.PositiveSmallIntegerField(
        _("billed on day"),
        default=0,
        help_text=_("Day of the month, or of the week with Monday as 1; 0: as it starts."),
    )
    trial_days = models.PositiveSmallIntegerField(_("free days at the start"), default=0)
    ends_on = models.DateField(_("ends"), null=True, blank=True, help_text=_("The last day that is billed."))
    cycles = models.PositiveIntegerField(_("number of periods"), null=True, blank=True)
    timing = models.CharField(_("billed"), max_length=10, choices=PlanTiming.choices(), default=PlanTiming.ADVANCE)
    time_zone = models.CharField(_("time zone"), max_length=60)
    bills_at = models.TimeField(_("time of day"), default=time(0, 0))
    prorates = models.BooleanField(_("short periods and changes are billed by the day"), default=True)

    makes = models.CharField(_("makes"), max_length=10, choices=PlanMakes.choices(), default=PlanMakes.SEND)
    review_days = models.PositiveSmallIntegerField(
        _("days to look through"), default=0, help_text=_("The draft waits for so many days before it is issued.")
    )
    credits_first = models.BooleanField(_("uses the customer's credit first"), default=True)
    payment_method = models.CharField(
        _("paid by"),
        max_length=20,
        choices=PreferredMethod.choices(),
        blank=True,
        help_text=_("Empty: the customer's."),
    )

    currency = CurrencyField(_("currency"))
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False)
    discount_kind = models.CharField(
        _("discount"), max_length=10, choices=DiscountKind.choices(), default=DiscountKind.NONE
    )
    discount_value = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    payment_terms_days = models.PositiveSmallIntegerField(
        _("due in days"), null=True, blank=True, help_text=_("Empty: as agreed with the customer.")
    )
    reference = models.CharField(_("your reference"), max_length=120, blank=True)
    project = models.CharField(_("project"), max_length=120, blank=True)
    template = models.ForeignKey(
        "invoices.InvoiceTemplate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    series = models.ForeignKey(
        "invoices.NumberSeries",
        verbose_name=_("number series"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the usual one."),
    )
    language = models.CharField(_("language"), max_length=5, blank=True, help_text=_("Empty: the customer's."))
    notes = models.TextField(_("notes to the customer"), blank=True)
    terms = models.TextField(_("terms"), blank=True)
    source_ref = models.CharField(
        max_length=80, blank=True, help_text=_("Where an import or another system knows this plan.")
    )

    next_index = models.PositiveIntegerField(default=0, help_text=_("The number of the period that is billed next."))
    caught_up_to = models.PositiveIntegerField(
        default=0, help_text=_("A person has said that the periods before this number are billed, however many.")
    )
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: nothing more is billed."))
    paused_on = models.DateField(null=True, blank=True)
    resumes_on = models.DateField(_("goes on"), null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    parked_why = models.CharField(_("why it needs a person"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="plan_number_once"),
            models.UniqueConstraint(
                fields=["profile", "source_ref"], condition=~Q(source_ref=""), name="plan_source_once"
            ),
            values_constraint("plan_status_known", "status", PlanStatus),
            values_constraint("plan_unit_known", "unit", PlanUnit),
            values_constraint("plan_timing_known", "timing", PlanTiming),
            values_constraint("plan_makes_known", "makes", PlanMakes),
            models.CheckConstraint(condition=Q(every__gte=1, every__lte=120), name="plan_every_within_bounds"),
            models.CheckConstraint(
                condition=Q(unit="week", anchor_day__lte=7) | Q(~Q(unit="week"), anchor_day__lte=31),
                name="plan_anchor_is_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(status="ended") | Q(due_at__isnull=True), name="ended_plan_is_never_due"
            ),
            models.CheckConstraint(
                condition=Q(status="parked", parked_at__isnull=False)
                | (~Q(status="parked") & Q(parked_at__isnull=True)),
                name="parked_plan_says_since_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="plan_due", condition=Q(status="active", due_at__isnull=False)),
            models.Index(fields=["customer", "-id"], name="plan_by_customer"),
            models.Index(fields=["profile", "-id"], name="plan_by_age"),
            models.Index(fields=["profile", "status", "-id"], name="plan_by_status"),
            models.Index(fields=["profile", "due_at", "id"], name="plan_by_due"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="plan_name_search"),
            GinIndex(OpClass(Upper("number"), name="gin_trgm_ops"), name="plan_number_search"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def status_word(self) -> PlanStatus:
        return PlanStatus(self.status)

    @property
    def makes_word(self) -> PlanMakes:
        return PlanMakes(self.makes)

    @property
    def rhythm_words(self) -> str:
        return every_words(PlanUnit(self.unit), self.every)

    @property
    def rhythm(self) -> Rhythm:
        """When its periods are, counted from the end of the trial."""
        return Rhythm(
            unit=PlanUnit(self.unit),
            every=self.every,
            starts_on=self.starts_on + timedelta(days=self.trial_days),
            anchor_day=self.anchor_day,
            ends_on=self.ends_on,
            cycles=self.cycles,
        )


class PlanLine(models.Model):
    """One line of a plan, of the set that holds from a local day on until a later set does. Sets are not rewritten
    once a period was billed by them; `description` may have placeholders such as {month}."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lines")
    valid_from = models.DateField()
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(
        "invoices.CatalogueItem", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    category = models.CharField(_("category"), max_length=60, blank=True)
    description = models.CharField(_("description"), max_length=500)
    quantity = RateField(_("quantity"), default=Decimal(1))
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    unit_price = RateField(_("rate"))
    discount_percent = PercentField(_("discount in per cent"))
    tax_category = models.CharField(
        _("tax"), max_length=20, choices=TaxCategory.choices(), default=TaxCategory.STANDARD
    )
    tax_rate = PercentField(_("tax rate"))

    class Meta:
        ordering = ("valid_from", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "valid_from", "position"], name="plan_line_position_once"),
            values_constraint("plan_line_tax_known", "tax_category", TaxCategory),
        ]

    def __str__(self) -> str:
        return self.description


class PlanPeriod(models.Model):
    """A period of a plan that was billed or skipped. The database has one a plan and first day: nothing twice."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="periods", db_index=False)
    index = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=PeriodOutcome.choices())
    reason = models.CharField(max_length=200, blank=True)
    invoice = models.ForeignKey(
        "invoices.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="plan_periods", db_index=False
    )
    draft = models.ForeignKey(
        "invoices.InvoiceDraft",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plan_periods",
        db_index=False,
    )
    review_until = models.DateTimeField(null=True, blank=True, help_text=_("When its draft is issued by itself."))
    run = models.ForeignKey(
        "invoices.BillingRun", null=True, blank=True, on_delete=models.PROTECT, related_name="periods", db_index=False
    )
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-starts_on",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "starts_on"], name="plan_period_once"),
            models.UniqueConstraint(fields=["invoice"], condition=Q(invoice__isnull=False), name="plan_invoice_once"),
            models.UniqueConstraint(fields=["draft"], condition=Q(draft__isnull=False), name="plan_draft_once"),
            values_constraint("plan_period_outcome_known", "outcome", PeriodOutcome),
            models.CheckConstraint(
                condition=Q(outcome="invoiced", invoice__isnull=False)
                | Q(outcome="drafted", draft__isnull=False)
                | Q(outcome="skipped", invoice__isnull=True, draft__isnull=True),
                name="plan_period_has_its_document",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["review_until"], name="plan_review", condition=Q(review_until__isnull=False)),
            models.Index(fields=["run", "id"], name="plan_period_by_run", condition=Q(run__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.starts_on}"

    @property
    def outcome_word(self) -> PeriodOutcome:
        return PeriodOutcome(self.outcome)


class PlanAdjustment(models.Model):
    """What a change in the middle of a period adds to the next invoice, by the day, in the plan's price mode."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="adjustments")
    description = models.CharField(max_length=500)
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    tax_category = models.CharField(max_length=20, choices=TaxCategory.choices())
    tax_rate = PercentField()
    service_from = models.DateField()
    service_to = models.DateField()
    period = models.ForeignKey(
        PlanPeriod, null=True, blank=True, on_delete=models.PROTECT, related_name="adjustments", db_index=False
    )
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            values_constraint("plan_adjustment_tax_known", "tax_category", TaxCategory),
            models.CheckConstraint(condition=Q(amount__gt=0), name="plan_adjustment_above_zero"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan"], name="plan_adjustment_open", condition=Q(period__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.description
