"""The message outbox, which is also the message log."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.states import values_constraint
from reminders.states import WAITING, Channel, MessageKind, MessageStatus


class Message(Entity):
    """One message to a client. Its unique key makes it exist once; its status says how far it came.

    Portal links are kept as a placeholder in the stored texts and put in when it is sent.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    invoice = models.ForeignKey(
        "invoices.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    payment = models.ForeignKey(
        "payments.Payment", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    quote = models.ForeignKey(
        "invoices.Quote", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    number = models.CharField(_("number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20, choices=MessageKind.choices())
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices(), default=Channel.EMAIL)
    key = models.CharField(max_length=160, unique=True)
    sender = models.CharField(max_length=200)
    reply_to = models.CharField(max_length=200, blank=True)
    recipients = ArrayField(models.CharField(max_length=254))
    subject = models.CharField(_("subject"), max_length=240)
    text = models.TextField()
    html = models.TextField(blank=True)
    language = models.CharField(max_length=5, default="en")
    attach_pdf = models.BooleanField(
        default=False, help_text=_("Goes out with the PDF of its document, or not at all.")
    )

    status = models.CharField(
        _("status"), max_length=10, choices=MessageStatus.choices(), default=MessageStatus.PENDING
    )
    due_at = models.DateTimeField()
    scheduled_for = models.DateTimeField(
        _("scheduled for"), null=True, blank=True, help_text=_("A person chose this time; the letter is written then.")
    )
    custom_message = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    provider = models.CharField(max_length=30, blank=True)
    provider_message_id = models.CharField(max_length=200, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)
    resend_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "number"], name="message_number_once"),
            values_constraint("message_status_known", "status", MessageStatus),
            values_constraint("message_kind_known", "kind", MessageKind),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="message_due", condition=Q(status="pending")),
            models.Index(fields=["lease_until"], name="message_leased", condition=Q(status__in=["claimed", "sending"])),
            models.Index(fields=["profile", "-id"], name="message_by_profile"),
            models.Index(
                fields=["profile", "-id"],
                include=["status"],
                name="message_open",
                condition=Q(status__in=["pending", "claimed", "sending", "failed", "unknown"]),
            ),
            models.Index(fields=["customer", "-id"], name="message_by_customer"),
            models.Index(fields=["invoice"], name="message_by_invoice"),
            models.Index(fields=["quote"], name="message_by_quote", condition=Q(quote__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def status_word(self) -> MessageStatus:
        """The status as people see it."""
        return MessageStatus(self.status)

    @property
    def kind_word(self) -> MessageKind:
        return MessageKind(self.kind)

    @property
    def scheduled(self) -> bool:
        """Whether it still rests until the time that a person chose."""
        return self.scheduled_for is not None and self.status_word is MessageStatus.PENDING and not self.attempts

    @property
    def waits(self) -> bool:
        """Whether its outcome is still to come."""
        return self.status_word in WAITING


class MessageAttachment(models.Model):
    """A file that goes with a message."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name
