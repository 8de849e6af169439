"""Rules that find what a line pays, what they found, and what was done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField, PercentField
from billing_assistant.core.states import values_constraint
from payments.models.disputes import Dispute
from payments.models.payments import Payment
from payments.models.refunds import Refund
from payments.models.statements import StatementLine
from payments.statement_states import CandidateKind, RuleKind


class MatchRule(Entity):
    """A rule of a business profile. Rules are asked in their order; an automatic one posts what it is sure of.

    `name_score` is from 0 to 100; the days are before and after the day of the line; a fee is within
    `fee_percent` of what is due or `fee_most`, whichever is more, and never over a fifth of it.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=RuleKind.choices())
    position = models.PositiveSmallIntegerField(_("position"))
    is_on = models.BooleanField(_("in use"), default=True)
    automatic = models.BooleanField(_("posts by itself"), default=True)
    name_score = models.PositiveSmallIntegerField(_("least likeness of names"), default=85)
    days_before = models.PositiveSmallIntegerField(_("days before the day of the line"), default=400)
    days_after = models.PositiveSmallIntegerField(_("days after the day of the line"), default=7)
    fee_percent = PercentField(_("highest fee in per cent"), default=5)
    fee_most = AmountField(_("fee that is always accepted"))
    invoices_most = models.PositiveSmallIntegerField(_("most invoices in one payment"), default=4)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("profile", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "kind"], name="match_rule_once"),
            values_constraint("match_rule_kind_known", "kind", RuleKind),
            models.CheckConstraint(
                condition=Q(name_score__lte=100, invoices_most__gte=2, invoices_most__lte=4, fee_most__gte=0)
                & Q(fee_percent__gte=0, fee_percent__lte=20),
                name="match_rule_within_limits",
            ),
        ]

    def __str__(self) -> str:
        return str(self.kind_word.label)

    @property
    def kind_word(self) -> RuleKind:
        return RuleKind(self.kind)


class MatchCandidate(models.Model):
    """Something that an open line may be: invoices of one customer, a recorded payment, or a payout of a provider;
    where money went out, a refund, a lost dispute, or a payment that was reversed.

    `parts` are what the line would settle: invoice id, number and amount as text. `evidence` is why.
    """

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(StatementLine, on_delete=models.CASCADE, related_name="candidates")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=CandidateKind.choices())
    rule = models.ForeignKey(MatchRule, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    payout = models.ForeignKey(StatementLine, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    refund = models.ForeignKey(Refund, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    dispute = models.ForeignKey(Dispute, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    currency = CurrencyField()
    parts = models.JSONField(default=list)
    fee = AmountField()
    surplus = AmountField()
    evidence = models.JSONField(default=dict)

    class Meta:
        ordering = ("line", "rank")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "rank"], name="match_candidate_rank_once"),
            values_constraint("match_candidate_kind_known", "kind", CandidateKind),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.rank}"

    @property
    def kind_word(self) -> CandidateKind:
        return CandidateKind(self.kind)


class LineMatch(Entity):
    """A payment that a line is (a part of). `was_posted`: it was recorded from the line, else it was there before.

    `amount` is the part of the line, `fee` what the bank kept of it. Undone rows stay.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="matches")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="line_matches")
    rule = models.ForeignKey(MatchRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    currency = CurrencyField()
    amount = AmountField()
    fee = AmountField()
    was_posted = models.BooleanField()
    automatic = models.BooleanField(default=False)
    evidence = models.JSONField(default=dict)
    actor_label = models.CharField(max_length=150, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(undone_at__isnull=True), name="line_match_payment_once"
            ),
            models.CheckConstraint(condition=Q(fee__gte=0), name="line_match_fee_not_negative"),
            minor_units_constraint("line_match_in_minor_units", "amount", "fee"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["line"], name="line_match_standing", condition=Q(undone_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"


class LineGivenBack(Entity):
    """Money that went out on a line, and what the books know it as: a refund, a lost dispute, a reversed payment.

    `arrival` is the open line on which a reversed payment had come: it is put aside with this one. Undone rows stay.
    `dispute_fee` is what of it the dispute has booked as its fee: all of `amount` on a line of the fee alone.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="given_back")
    refund = models.ForeignKey(Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="on_lines")
    dispute = models.ForeignKey(Dispute, null=True, blank=True, on_delete=models.PROTECT, related_name="on_lines")
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="returned_on")
    arrival = models.ForeignKey(StatementLine, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(MatchRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    currency = CurrencyField()
    amount = AmountField()
    dispute_fee = AmountField()
    evidence = models.JSONField(default=dict)
    actor_label = models.CharField(max_length=150, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            *(
                models.UniqueConstraint(
                    fields=[name], condition=Q(undone_at__isnull=True), name=f"line_given_back_{name}_once"
                )
                for name in ("line", "refund", "payment")
            ),
            models.UniqueConstraint(
                fields=["dispute"],
                condition=Q(undone_at__isnull=True) & ~Q(amount=F("dispute_fee")),
                name="line_given_back_disputed_once",
            ),
            models.UniqueConstraint(
                fields=["dispute"],
                condition=Q(undone_at__isnull=True, dispute_fee__gt=0),
                name="line_given_back_dispute_fee_once",
            ),
            models.CheckConstraint(
                condition=Q(dispute_fee=0) | Q(dispute__isnull=False, dispute_fee__gt=0),
                name="line_given_back_fee_of_a_dispute",
            ),
            models.CheckConstraint(
                condition=Q(refund__isnull=False, dispute__isnull=True, payment__isnull=True)
                | Q(refund__isnull=True, dispute__isnull=False, payment__isnull=True)
                | Q(refund__isnull=True, dispute__isnull=True, payment__isnull=False),
                name="line_given_back_is_one_thing",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="line_given_back_is_positive"),
            minor_units_constraint("line_given_back_in_minor_units", "amount"),
            minor_units_constraint("line_given_back_fee_in_minor_units", "dispute_fee"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"

    @property
    def thing(self) -> Refund | Dispute | Payment:
        """The one thing that it is."""
        found = self.refund or self.dispute or self.payment
        if found is None:
            raise ValueError("The database keeps it from being nothing.")
        return found


class BalanceDifference(Entity):
    """What providers say moved on a day beside what the ledger says, in one currency of a business profile."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    currency = CurrencyField(_("currency"))
    provider_amount = AmountField(_("at the providers"))
    ledger_amount = AmountField(_("in the ledger"))
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ("-day", "currency")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "day", "currency"], name="balance_difference_once"),
            minor_units_constraint("balance_difference_in_minor_units", "provider_amount", "ledger_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.currency}"
