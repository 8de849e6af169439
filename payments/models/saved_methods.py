"""Saved methods: a card or account of a client at a gateway, and whether we may charge it by ourselves."""

from __future__ import annotations

from typing import ClassVar, Final

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.sealed import SealedColumn, sealed_text
from billing_assistant.core.states import values_constraint
from payments.states import AutopayMoment, SavedMethodState, SetupState

LONGEST_URL: Final = 2000


@pghistory.track(exclude=["token_sealed", "payer_token_sealed"])
class SavedMethod(Entity):
    """What a client saved. The gateway's tokens are sealed; `label` may be shown.

    Consent to autopay is kept with the words that the client agreed to, and stays readable when it was taken back.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="saved_methods")
    gateway = models.CharField(max_length=30)
    account = models.CharField(max_length=60)
    kind = models.CharField(max_length=30)
    label = models.CharField(max_length=80)
    expires_on = models.DateField(null=True, blank=True)
    token_sealed = SealedColumn()
    payer_token_sealed = SealedColumn()
    state = models.CharField(max_length=10, choices=SavedMethodState.choices(), default=SavedMethodState.ACTIVE)
    failure = models.CharField(max_length=200, blank=True)
    autopay = models.BooleanField(_("autopay"), default=False)
    autopay_on = models.CharField(
        max_length=10,
        choices=AutopayMoment.choices(),
        default=AutopayMoment.ISSUE,
        help_text=_("When the client agreed to be charged."),
    )
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_text = models.CharField(max_length=500, blank=True)
    consent_by_label = models.CharField(max_length=150, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    token = sealed_text("token")
    payer_token = sealed_text("payer_token")

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(autopay=True), name="saved_method_one_autopay_per_customer"
            ),
            models.CheckConstraint(
                condition=Q(autopay=False)
                | (Q(consented_at__isnull=False) & ~Q(consent_text="") & ~Q(state="removed")),
                name="saved_method_autopay_has_consent",
            ),
            values_constraint("saved_method_autopay_moment_known", "autopay_on", AutopayMoment),
            values_constraint("saved_method_state_known", "state", SavedMethodState),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def state_word(self) -> SavedMethodState:
        """The state with its label, colour and icon."""
        return SavedMethodState(self.state)


class MethodSetup(Entity):
    """One page at a gateway on which a client saves a method. Written before the gateway is called."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=30)
    account = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=SetupState.choices(), default=SetupState.OPEN)
    idempotency_key = models.CharField(max_length=80, unique=True)
    external_id = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=LONGEST_URL, blank=True)
    expires_at = models.DateTimeField()
    ask_at = models.DateTimeField(null=True, blank=True)
    asked = models.PositiveSmallIntegerField(default=0)
    method = models.OneToOneField(SavedMethod, null=True, blank=True, on_delete=models.PROTECT, related_name="setup")
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [values_constraint("method_setup_status_known", "status", SetupState)]
        indexes: ClassVar = [
            models.Index(fields=["ask_at"], name="method_setup_to_ask", condition=Q(ask_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.status}"
