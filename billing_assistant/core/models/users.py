"""People and programs that sign in."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.ids import uuid7
from billing_assistant.core.models.base import Entity
from billing_assistant.core.rights import STAFF_ROLES, Role
from billing_assistant.core.states import values_constraint

ROLE_LABELS = {
    Role.ADMIN: _("Administrator"),
    Role.FINANCE: _("Finance"),
    Role.CSM: _("Customer success"),
    Role.READ_ONLY: _("Read only"),
    Role.CLIENT: _("Client"),
}


@pghistory.track(exclude=["last_login", "password"])
class User(AbstractUser):
    """A person: staff with a role, or a client's contact who uses the portal."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=[(role.value, label) for role, label in ROLE_LABELS.items()],
        default=Role.READ_ONLY,
    )
    profiles = models.ManyToManyField(
        "core.BusinessProfile",
        blank=True,
        related_name="limited_users",
        verbose_name=_("limited to business profiles"),
        help_text=_("Leave empty for all."),
    )
    language = models.CharField(_("language"), max_length=5, default="en")

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [values_constraint("user_role_known", "role", Role)]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.email or self.username

    @property
    def works_here(self) -> bool:
        """Whether this is staff (of any role), not a client."""
        return self.is_active and Role(self.role) in STAFF_ROLES


@pghistory.track(exclude=["last_used_at", "key_hash"])
class ApiKey(Entity):
    """A program's key: only its hash is kept. It belongs to one business profile and acts for its owner."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    key_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"
