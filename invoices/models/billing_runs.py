"""The billing run: what the engine did, chunk by chunk, and the switch that stops it."""

from __future__ import annotations

from typing import ClassVar, Final

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.models.base import Entity
from billing_assistant.core.states import values_constraint
from invoices.plan_states import RunCause, RunState

THE_ONE: Final = 1


class BillingRun(Entity):
    """From the first due plan that was found until none was left. Its counts are the sums of its chunks."""

    number = models.PositiveBigIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=RunState.choices(), default=RunState.RUNNING)
    cause = models.CharField(max_length=10, choices=RunCause.choices(), default=RunCause.CLOCK)
    started_by_label = models.CharField(max_length=150, blank=True)
    plans_due = models.PositiveIntegerField(default=0, help_text=_("How many were due when it began."))
    oldest_due_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="one_billing_run_at_a_time"),
            values_constraint("billing_run_state_known", "state", RunState),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def state_word(self) -> RunState:
        return RunState(self.state)


class BillingChunk(models.Model):
    """What one transaction of a run did. Appended, so that workers never wait for each other to count."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(BillingRun, on_delete=models.CASCADE, related_name="chunks")
    worker = models.CharField(max_length=60)
    plans = models.PositiveIntegerField(default=0)
    invoiced = models.PositiveIntegerField(default=0)
    drafted = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    parked = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=dict, help_text=_("What was billed, by currency, as text."))
    milliseconds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.run_id}: {self.plans}"


@pghistory.track()
class BillingEngine(models.Model):
    """The switch of the whole engine: one row. While `paused_at` is set, no plan is billed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by_label = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name_plural = "billing engine"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=THE_ONE), name="one_billing_engine")]

    def __str__(self) -> str:
        return str(self.paused_at or "")
