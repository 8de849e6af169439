"""Papers about a customer: contracts, orders, certificates."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from customers.models.customers import Customer


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class CustomerDocument(Entity):
    """A file that staff keep about a customer. Clients never see it."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="papers")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    added_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    added_by_label = models.CharField(_("added by"), max_length=150, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "file"], name="customer_document_once"),
        ]

    def __str__(self) -> str:
        return self.name
