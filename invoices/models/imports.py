"""Runs of the import."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import CurrencyField


class ImportRun(Entity):
    """One import of documents from a file, or a dry run of it: what it found, wrote and left out."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    currency = CurrencyField()
    dry_run = models.BooleanField()
    created_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    report = models.JSONField()
    errors = models.JSONField(default=list)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["profile", "-id"], name="import_by_profile")]

    def __str__(self) -> str:
        return self.file_name
