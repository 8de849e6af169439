"""Sending a quote by the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.rights import Right
from invoices.quote_selectors import quote_get
from reminders.api.serializers import SendSerializer, SentSerializer
from reminders.api.views import SendView
from reminders.models import Message
from reminders.services.queueing import message_key
from reminders.services.quotes import quote_send


class QuoteSentSerializer(SentSerializer):
    """As for an invoice, with the number of the quote."""

    quote_id = serializers.CharField()


class SendQuote(SendView):
    """Sends an open quote, again too. Other recipients than the customer's own may be given."""

    rights = {"POST": Right.INVOICES_SEND}
    request_bodies: ClassVar[Mapping[str, Any]] = {"POST": SendSerializer}
    answers: ClassVar[Mapping[str, Any]] = {"POST": {200: QuoteSentSerializer, 202: QuoteSentSerializer}}

    def post(self, _request: Request, quote_ref: str) -> Response:
        given = self.parse(SendSerializer)
        options = self.how(given)
        quote = quote_get(self.actor, quote_ref)
        message: Message = quote_send(
            quote_id=quote.pk,
            actor=self.actor,
            now=self.now,
            key=message_key(f"quote:{quote.pk}", self.idempotency_key),
            recipients=options.recipients,
            custom_message=options.custom_message,
            include_pdf=options.include_pdf,
        )
        answer = self.answer(message, given["send_via"])
        answer.data |= {"quote_id": quote.number}
        return answer
