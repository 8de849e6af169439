"""Row locks of the integrations app: the only place that takes them."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from integrations.models import DemoPayment, DemoSession, GatewayConnection, WebhookEvent


def webhook_lock(event_id: UUID) -> WebhookEvent:
    """Locks one webhook. Raises NotFound."""
    event = WebhookEvent.objects.select_for_update(of=("self",)).filter(pk=event_id).first()
    if event is None:
        raise NotFound(_("There is no such event."))
    return event


def connection_lock(connection_id: UUID) -> GatewayConnection:
    """Locks a connection to a payment provider. Raises NotFound."""
    rows = GatewayConnection.objects.select_for_update(of=("self",)).select_related("profile")
    connection = rows.filter(pk=connection_id).first()
    if connection is None:
        raise NotFound(_("There is no such connection."))
    return connection


def demo_session_lock(session_id: str) -> DemoSession:
    """Locks a page of the demo gateway. Raises NotFound."""
    session = DemoSession.objects.select_for_update().filter(pk=session_id).first()
    if session is None:
        raise NotFound(_("There is no such session."))
    return session


def demo_payment_lock(payment_id: str) -> DemoPayment:
    """Locks an attempt at the demo gateway, with its page loaded. Raises NotFound."""
    rows = DemoPayment.objects.select_for_update(of=("self",)).select_related("session")
    payment = rows.filter(pk=payment_id).first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return payment
