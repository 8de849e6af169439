"""Filters of lists that people keep under a name."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.models.base import Entity


@pghistory.track()
class SavedFilter(Entity):
    """What a list was narrowed to and how it was sorted: the parameters of its address, by name.

    It is its owner's alone, or everybody's who works for the business profile. `changed_by_label` is who wrote it last.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="+")
    list_key = models.CharField(_("list"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    query = models.JSONField(_("conditions"), default=dict)
    is_shared = models.BooleanField(_("shared"), default=False)
    updated_at = models.DateTimeField(default=now)
    changed_by_label = models.CharField(_("changed by"), max_length=150, blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "profile", "owner", "list_key", Lower("name"), name="saved_filter_name_once_for_its_owner"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["profile", "list_key"], name="saved_filter_by_list")]

    def __str__(self) -> str:
        return self.name
