"""Sending invoices, and what became of it: endpoints 9, 12, 13 and 14 of the customer plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from customers.selectors import customer_get
from invoices.models import InvoiceDraft
from invoices.selectors import draft_get, invoice_get
from reminders.api.answers import no_sms, scheduled_body, sent_body
from reminders.api.serializers import (
    SCHEDULED_HOUR,
    DeliveryStatusSerializer,
    NotificationSerializer,
    SendOrScheduleSerializer,
    SentSerializer,
    moment,
)
from reminders.errors import ChannelMissing
from reminders.models import Message
from reminders.selectors import email_delivery, messages_of_customer
from reminders.services.documents import invoice_send
from reminders.services.drafts import SendOptions, draft_send, draft_send_later
from reminders.services.queueing import message_key
from reminders.services.scheduling import moment_in
from reminders.services.waiting import message_wait
from reminders.states import MessageKind

ASK_AGAIN_SECONDS: Final = "5"
DRAFT_NAMES: Final = {"due_on": "due_date"}
LATER_KINDS: Final = frozenset({"reminder", "overdue"})
KINDS: Final = LATER_KINDS | {one.value for one in MessageKind}


class SendView(ApiView):
    """Answers when the provider has, or after ten seconds with 202 and `pending`."""

    idempotency = "resumable"

    def how(self, given: Mapping[str, Any]) -> SendOptions:
        """How to send. Raises ChannelMissing where only SMS is wanted."""
        if given["send_via"] == "sms":
            raise ChannelMissing(no_sms(), field="send_via")
        wanted = (given.get("recipients") or {}).get("email")
        return SendOptions(
            recipients=wanted or None,
            custom_message=given["custom_message"] or "",
            include_pdf=given["include_pdf"],
        )

    def answer(self, message: Message, via: str) -> Response:
        message = message_wait(message_id=message.pk, now=self.now)
        body = sent_body(message, via)
        if body["status"] != "pending":
            return Response(body)
        return Response(body, status=HTTPStatus.ACCEPTED, headers={"Retry-After": ASK_AGAIN_SECONDS})


class SendDraft(SendView):
    """Issues a draft and sends the invoice, now or at a set time. Needs the scopes invoices.issue and invoices.send."""

    rights = {"POST": Right.INVOICES_SEND}
    request_bodies: ClassVar[Mapping[str, Any]] = {"POST": SendOrScheduleSerializer}
    answers: ClassVar[Mapping[str, Any]] = {"POST": {200: SentSerializer, 202: SentSerializer}}

    def post(self, _request: Request, customer: str, draft: str) -> Response:
        given = self.parse(SendOrScheduleSerializer)
        options = self.how(given)
        found = self._draft(customer, draft)
        if given["schedule_send"] is None:
            message = draft_send(
                draft_id=found.pk, actor=self.actor, now=self.now, options=options, key=self.idempotency_key
            )
            return self.answer(message, given["send_via"])
        at = local_moment(given["schedule_send"], found.profile.time_zone)
        draft_send_later(draft_id=found.pk, at=at, actor=self.actor, now=self.now, options=options)
        return Response(scheduled_body(found, at, options, given["send_via"]))

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal of the draft names its fields as the endpoints of drafts do."""
        if isinstance(exc, ValidationFailed):
            exc = ValidationFailed({DRAFT_NAMES.get(field, field): said for field, said in exc.errors.items()})
        return super().handle_exception(exc)

    def _draft(self, customer: str, draft: str) -> InvoiceDraft:
        found = draft_get(self.actor, draft)
        if found.customer_id != customer_get(self.actor, customer).pk:
            raise NotFound(_("There is no such draft."))
        return found


class SendInvoice(SendView):
    """Sends an issued invoice or credit note, again too, now or at a set time, to the customer's own or others."""

    rights = {"POST": Right.INVOICES_SEND}
    request_bodies: ClassVar[Mapping[str, Any]] = {"POST": SendOrScheduleSerializer}
    answers: ClassVar[Mapping[str, Any]] = {"POST": {200: SentSerializer, 202: SentSerializer}}

    def post(self, _request: Request, invoice: str) -> Response:
        given = self.parse(SendOrScheduleSerializer)
        options = self.how(given)
        found = invoice_get(self.actor, invoice)
        when = given["schedule_send"]
        message = invoice_send(
            invoice_id=found.pk,
            actor=self.actor,
            now=self.now,
            key=message_key(f"invoice:{found.pk}", self.idempotency_key),
            recipients=options.recipients,
            custom_message=options.custom_message,
            include_pdf=options.include_pdf,
            at=None if when is None else local_moment(when, found.profile.time_zone),
        )
        if message.scheduled:
            return Response(sent_body(message, given["send_via"]))
        return self.answer(message, given["send_via"])


class CustomerNotifications(ApiView):
    """The messages of a customer, newest first; `type` narrows them."""

    rights = {"GET": Right.MESSAGES_VIEW}
    answers: ClassVar[Mapping[str, Any]] = {"GET": NotificationSerializer}
    list_key = "notifications"
    query = (OpenApiParameter("type", OpenApiTypes.STR, enum=sorted(KINDS), description="The kind of message."),)

    def get(self, request: Request, customer: str) -> Response:
        messages = messages_of_customer(self.actor, customer_get(self.actor, customer))
        kind = request.query_params.get("type", "").strip()
        if kind and kind not in KINDS:
            reason = _("Write one of %(types)s.") % {"types": ", ".join(sorted(KINDS))}
            raise ValidationFailed({"type": [reason]})
        return self.page(messages.filter(kind=kind) if kind else messages, NotificationSerializer)


class InvoiceDelivery(ApiView):
    """How far the messages with an invoice came."""

    rights = {"GET": Right.MESSAGES_VIEW}
    answers: ClassVar[Mapping[str, Any]] = {"GET": DeliveryStatusSerializer}

    def get(self, _request: Request, invoice: str) -> Response:
        found = invoice_get(self.actor, invoice)
        email = email_delivery(self.actor, found)
        return Response(
            {
                "invoice_id": found.number,
                "id": str(found.pk),
                "sent_at": moment(email.sent_at or found.sent_at),
                "email": {
                    "sent": email.sent,
                    "delivered": email.delivered,
                    "opened": email.opened,
                    "opened_at": moment(email.opened_at),
                    "clicks": email.clicks,
                },
                "sms": {"sent": False, "delivered": None, "delivery_status": None},
            }
        )


def local_moment(when: Any, zone: str) -> datetime:
    """A moment as it was given; a date is its morning, and what has no offset is local to the business profile."""
    at = when if isinstance(when, datetime) else datetime.combine(when, SCHEDULED_HOUR)
    return at if at.tzinfo else moment_in(zone, at)
