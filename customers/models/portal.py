"""Links that let a client in without signing in."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models

from billing_assistant.core.clock import now
from customers.models.customers import Customer


class PortalLink(models.Model):
    """A link to one invoice or quote of one customer; `invoice_id` is the id of either.

    The token in the URL is this id, signed; no secret is stored.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="portal_links")
    invoice_id = models.UUIDField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["invoice_id"], name="portal_link_by_invoice")]

    def __str__(self) -> str:
        return f"{self.customer_id} until {self.expires_at:%Y-%m-%d}"
