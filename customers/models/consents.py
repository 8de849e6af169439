"""What a person said about being written to or called."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.states import values_constraint
from customers.models.customers import Contact
from customers.states import ContactChannel


@pghistory.track(pghistory.InsertEvent())
class Consent(Entity):
    """One decision about one channel. Never changed: the newest of a channel holds, the ones before are the history."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel.choices())
    allowed = models.BooleanField(_("allowed"))
    set_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    set_by_label = models.CharField(_("set by"), max_length=150, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [values_constraint("consent_channel_known", "channel", ContactChannel)]

    def __str__(self) -> str:
        return f"{self.channel}: {self.allowed}"

    @property
    def channel_word(self) -> ContactChannel:
        return ContactChannel(self.channel)
