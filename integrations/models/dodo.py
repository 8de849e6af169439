"""The journal of Dodo Payments: pages that were made. Dodo tells only whether one was paid, and knows no keys."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import CurrencyField


class DodoPage(Entity):
    """A page for paying, or (without an amount) for saving a method. Written before Dodo is asked to make it.

    `units` is the amount in the currency's smallest unit; `reference` is ours.
    """

    connection = models.ForeignKey("integrations.GatewayConnection", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    reference = models.CharField(max_length=80)
    units = models.BigIntegerField(null=True, blank=True)
    currency = CurrencyField()
    expires_at = models.DateTimeField()
    session_id = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "key"], name="dodo_page_once_per_key"),
            models.UniqueConstraint(
                fields=["connection", "session_id"], condition=~Q(session_id=""), name="dodo_page_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["connection", "reference"], name="dodo_page_by_reference")]

    def __str__(self) -> str:
        return self.session_id or self.key
