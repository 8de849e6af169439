"""Webhooks as they came in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.states import Status, values_constraint


class WebhookStatus(Status):
    RECEIVED = "received", _("Received"), "info", "inbox"
    DONE = "done", _("Processed"), "success", "check"
    IGNORED = "ignored", _("Nothing to do"), "neutral", "minus"
    PARKED = "parked", _("Parked"), "danger", "alert-triangle"


class WebhookEvent(Entity):
    """A signed event of a vendor, stored raw before anything else; the same event is stored once."""

    profile = models.ForeignKey(
        "core.BusinessProfile",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Known once the event was matched to something of ours."),
    )
    connection = models.ForeignKey(
        "integrations.GatewayConnection", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    source = models.CharField(max_length=30)
    account = models.CharField(max_length=60, blank=True)
    event_id = models.CharField(max_length=150)
    kind = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=150, blank=True)
    body = models.BinaryField()
    status = models.CharField(max_length=10, choices=WebhookStatus.choices(), default=WebhookStatus.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "account", "event_id"], name="webhook_event_once"),
            values_constraint("webhook_status_known", "status", WebhookStatus),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="webhook_due", condition=Q(status="received")),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event_id}"
