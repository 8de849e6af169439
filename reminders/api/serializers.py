"""What the sending endpoints take and answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Final

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing_assistant.core.api.strict import StrictSerializer
from reminders.models import Message
from reminders.services.documents import LONGEST_MESSAGE
from reminders.states import WAITING, MessageStatus

VIA: Final = ("email", "sms", "both")
SCHEDULED_HOUR: Final = time(9, 0)
_LONGEST_ERROR: Final = 300


def moment(at: datetime | None) -> str | None:
    """ "2025-10-11T10:30:00Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def tracking_id(message: Message) -> str:
    """What a caller may keep to find the message again."""
    return f"msg_{message.pk.hex}"


def outcome(message: Message) -> str:
    """pending, sent, failed, unknown or cancelled."""
    return "pending" if message.status in WAITING else str(message.status)


@extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
class WhenField(serializers.Field[datetime | date, Any, Any, Any]):
    """A moment, or a date, which stands for its morning. Without an offset it is local to the business profile."""

    default_error_messages = {"invalid": _("Write a date or a time like 2025-10-11T10:30:00Z.")}

    def to_internal_value(self, data: Any) -> datetime | date:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            found = parse_date(data.strip()) or parse_datetime(data.strip())
        except ValueError:
            found = None
        if found is None:
            self.fail("invalid")
        return found

    def to_representation(self, value: datetime | date) -> str:
        return value.isoformat()


class RecipientsSerializer(StrictSerializer):
    email = serializers.ListField(child=serializers.CharField(max_length=254), required=False, max_length=10)
    phone = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=10)


class SendSerializer(StrictSerializer):
    send_via = serializers.ChoiceField(VIA, default="email")
    recipients = RecipientsSerializer(
        required=False, allow_null=True, help_text="Left out: the customer's own address."
    )
    include_pdf = serializers.BooleanField(default=True)
    custom_message = serializers.CharField(
        default="", allow_blank=True, allow_null=True, max_length=LONGEST_MESSAGE, trim_whitespace=True
    )


class SendOrScheduleSerializer(SendSerializer):
    schedule_send = WhenField(
        required=False, allow_null=True, default=None, help_text="Null: now. A date means nine in the morning."
    )


class ChannelAnswerSerializer(serializers.Serializer[Any]):
    status = serializers.CharField(help_text="sent, pending, scheduled, failed or unknown")
    sent_to = serializers.CharField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(required=False, help_text="Why it was not sent.")


class SentViaSerializer(serializers.Serializer[Any]):
    email = ChannelAnswerSerializer()
    sms = ChannelAnswerSerializer(required=False)


class TrackingSerializer(serializers.Serializer[Any]):
    email_tracking_id = serializers.CharField(allow_null=True)
    sms_tracking_id = serializers.CharField(allow_null=True)


class SentSerializer(serializers.Serializer[Any]):
    invoice_id = serializers.CharField(allow_null=True, help_text="The number; null while it is scheduled.")
    id = serializers.UUIDField(allow_null=True)
    status = serializers.CharField(help_text="sent, pending, scheduled, failed or unknown")
    scheduled_for = serializers.DateTimeField(required=False, help_text="When it goes out.")
    sent_via = SentViaSerializer()
    tracking = TrackingSerializer()


class NotificationRecipientsSerializer(serializers.Serializer[Any]):
    email = serializers.ListField(child=serializers.CharField())
    phone = serializers.ListField(child=serializers.CharField())


class NotificationSerializer(serializers.Serializer[Message]):
    """A message as the notification log shows it."""

    notification_id = serializers.CharField()
    id = serializers.UUIDField()
    customer_id = serializers.CharField(allow_null=True)
    invoice_id = serializers.CharField(allow_null=True)
    type = serializers.CharField()
    channel = serializers.CharField()
    recipients = NotificationRecipientsSerializer()
    subject = serializers.CharField()
    message = serializers.CharField()
    status = serializers.CharField(help_text="pending, sent, failed, unknown or cancelled")
    scheduled_for = serializers.DateTimeField(allow_null=True, help_text="The time that a person chose for it.")
    sent_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    tracking_id = serializers.CharField()
    error_message = serializers.CharField(allow_null=True)
    retry_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()

    def to_representation(self, row: Message) -> dict[str, Any]:
        failed = row.status != MessageStatus.SENT and row.last_error
        return {
            "notification_id": row.number,
            "id": str(row.pk),
            "customer_id": row.customer.number if row.customer else None,
            "invoice_id": row.invoice.number if row.invoice else None,
            "type": row.kind,
            "channel": row.channel,
            "recipients": {"email": row.recipients, "phone": []},
            "subject": row.subject,
            "message": row.text,
            "status": outcome(row),
            "scheduled_for": moment(row.scheduled_for),
            "sent_at": moment(row.sent_at),
            "delivered_at": None,
            "opened_at": None,
            "tracking_id": tracking_id(row),
            "error_message": row.last_error[:_LONGEST_ERROR] if failed else None,
            "retry_count": max(row.attempts - 1, 0),
            "created_at": moment(row.created_at),
        }


class EmailDeliverySerializer(serializers.Serializer[Any]):
    sent = serializers.BooleanField()
    delivered = serializers.BooleanField(allow_null=True, help_text="Null: the provider has not told.")
    opened = serializers.BooleanField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    clicks = serializers.IntegerField()


class SmsDeliverySerializer(serializers.Serializer[Any]):
    sent = serializers.BooleanField()
    delivered = serializers.BooleanField(allow_null=True)
    delivery_status = serializers.CharField(allow_null=True)


class DeliveryStatusSerializer(serializers.Serializer[Any]):
    invoice_id = serializers.CharField()
    id = serializers.UUIDField()
    sent_at = serializers.DateTimeField(allow_null=True)
    email = EmailDeliverySerializer()
    sms = SmsDeliverySerializer()
