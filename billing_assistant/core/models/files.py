"""Files that were stored: invoices as PDF, logos, attachments."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing_assistant.core.models.base import Entity


class StoredFile(Entity):
    """A file under its content hash. The bytes are in the storage named documents, under `key`."""

    profile = models.ForeignKey(
        "core.BusinessProfile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile", "sha256", "name"],
                name="stored_file_once_per_profile",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.name
