"""Events and their deliveries: the transactional outbox, the activity timeline and the source of webhooks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.states import Status, values_constraint


class Event(Entity):
    """Something that happened, written in the transaction that made it so. Never changed."""

    name = models.CharField(max_length=60)
    profile = models.ForeignKey(
        "core.BusinessProfile", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=120, blank=True)
    customer_id = models.UUIDField(null=True, blank=True)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "-id"], name="event_by_subject"),
            models.Index(fields=["customer_id", "-id"], name="event_by_customer"),
            models.Index(fields=["profile", "-id"], name="event_by_profile"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_label}"


class DeliveryStatus(Status):
    PENDING = "pending", _("Waiting"), "info", "clock"
    DONE = "done", _("Done"), "success", "check"
    PARKED = "parked", _("Parked"), "danger", "alert-triangle"


class EventDelivery(models.Model):
    """One event on its way to one subscriber: waiting until `due_at`, done, or parked for a person."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    subscriber = models.CharField(max_length=80)
    queue = models.CharField(max_length=20, default="default")
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices(), default=DeliveryStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "event deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once_per_subscriber"),
            values_constraint("delivery_status_known", "status", DeliveryStatus),
        ]
        indexes: ClassVar = [
            models.Index(fields=["queue", "due_at", "id"], name="delivery_due", condition=Q(status="pending")),
            models.Index(fields=["id"], name="delivery_parked", condition=Q(status="parked")),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.status}"
