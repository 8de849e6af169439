"""Connections: a business profile's own account at a payment vendor, with the keys for it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.sealed import SealedColumn, sealed_text
from billing_assistant.core.states import Status, values_constraint


class ConnectionEnvironment(Status):
    TEST = "test", _("Test"), "warning", "tool"
    LIVE = "live", _("Live"), "success", "bolt"


class ConnectionState(Status):
    """Worked out, never stored: what a person reads about a connection."""

    ON = "on", _("On"), "success", "circle-check"
    READY = "ready", _("Off"), "neutral", "circle-off"
    UNTESTED = "untested", _("Not tested"), "warning", "help"
    FAILING = "failing", _("Test failed"), "danger", "alert-triangle"
    RETIRED = "retired", _("Taken away"), "neutral", "trash"


@pghistory.track(exclude=["credentials_sealed", "hook_secret_sealed"])
class GatewayConnection(Entity):
    """Where a business profile takes payments. `account` is the payee, told by the vendor and never changed again.

    `credentials` is JSON by field of the vendor; `hook_secret` is part of the webhook address where the vendor signs
    nothing. Neither is ever logged, sent to a page, or kept in the history. One that was retired has no keys any more;
    it stays for what was begun with it.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    vendor = models.CharField(_("provider"), max_length=30)
    environment = models.CharField(_("mode"), max_length=4, choices=ConnectionEnvironment.choices())
    account = models.CharField(_("account"), max_length=60, blank=True)
    account_label = models.CharField(_("account name"), max_length=120, blank=True)
    credentials_sealed = SealedColumn(_("keys"))
    hook_secret_sealed = SealedColumn(_("secret of the webhook address"))
    enabled = models.BooleanField(_("on"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    checked_at = models.DateTimeField(_("last test"), null=True, blank=True)
    check_passed = models.BooleanField(_("last test passed"), null=True, blank=True)
    check_text = models.CharField(_("what the last test said"), max_length=300, blank=True)
    retired_at = models.DateTimeField(_("taken away"), null=True, blank=True)
    credentials = sealed_text("credentials")
    hook_secret = sealed_text("hook_secret")

    class Meta:
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile", "vendor", "environment", "account"],
                condition=~Q(account="") & Q(retired_at__isnull=True),
                name="connection_once_per_account",
            ),
            models.CheckConstraint(condition=Q(enabled=False) | ~Q(account=""), name="connection_enabled_has_account"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(enabled=False, credentials_sealed="", hook_secret_sealed=""),
                name="connection_retired_has_no_keys",
            ),
            values_constraint("connection_environment_known", "environment", ConnectionEnvironment),
        ]
        indexes: ClassVar = [models.Index(fields=["vendor", "account"], name="connection_by_account")]

    def __str__(self) -> str:
        return f"{self.vendor} {self.account or self.environment}"

    @property
    def values(self) -> dict[str, str]:
        """The keys, by field of the vendor."""
        return json.loads(self.credentials) if self.credentials_sealed else {}

    @values.setter
    def values(self, values: Mapping[str, str]) -> None:
        self.credentials = json.dumps(dict(values), sort_keys=True)

    @property
    def state_word(self) -> ConnectionState:
        """What a person reads about it."""
        if self.retired_at is not None:
            return ConnectionState.RETIRED
        if self.check_passed is False:
            return ConnectionState.FAILING
        if self.enabled:
            return ConnectionState.ON
        return ConnectionState.READY if self.check_passed else ConnectionState.UNTESTED

    @property
    def environment_word(self) -> ConnectionEnvironment:
        """The mode with its label, colour and icon."""
        return ConnectionEnvironment(self.environment)


def new_hook_secret() -> str:
    """128 random bits for an address."""
    return secrets.token_hex(16)
