"""In-app notices to people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing_assistant.core.models.base import Entity


class Notice(Entity):
    """A line under the bell of one person."""

    user = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=120, help_text="The same key is noticed once to a person.")
    tone = models.CharField(max_length=10, default="info")
    text = models.CharField(max_length=240)
    url = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]
        indexes: ClassVar = [models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True))]

    def __str__(self) -> str:
        return self.text
