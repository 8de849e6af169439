"""What every table has."""

from __future__ import annotations

from django.db import models

from billing_assistant.core.clock import now
from billing_assistant.core.ids import uuid7


class Entity(models.Model):
    """A row with a public, time-ordered id and the moment it was made."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        abstract = True
