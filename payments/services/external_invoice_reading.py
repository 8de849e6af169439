"""Reading invoices of providers: when a webhook tells of one, when a colleague asks, and each night what got lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.utils.translation import gettext as _

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import NotFound, ProviderError, Rejected
from billing_assistant.core.rights import Right
from integrations.errors import GatewayUnknown
from integrations.models import GatewayConnection, WebhookStatus
from integrations.ports.payments import NoticeKind, PaymentGateway, WebhookNotice, external_invoices_of
from integrations.registry import gateway as gateway_named
from integrations.registry import gateway_of
from integrations.webhook_handlers import Outcome, webhook_handler
from payments.errors import NothingToAsk
from payments.models import ExternalInvoice
from payments.services.external_invoices import external_invoice_gone, external_invoice_take
from payments.services.provider import Doubtful
from payments.states import ExternalInvoiceState

NOT_FOUND: Final = 404
LOOK_BACK: Final = timedelta(days=3)
READ_AGAIN: Final = timedelta(days=1)
FAILED: Final = "invoice.payment_failed"
UNENDED: Final = (ExternalInvoiceState.UPCOMING, ExternalInvoiceState.DRAFT, ExternalInvoiceState.OPEN)

log = structlog.get_logger(__name__)


@webhook_handler(NoticeKind.INVOICE)
def invoice_noticed(gateway: PaymentGateway, notice: WebhookNotice, now: datetime) -> Outcome:
    """Reads the invoice anew and writes down what is there."""
    if notice.object_id == notice.name:
        return Outcome(WebhookStatus.IGNORED, "It is about no invoice that could be read.")
    try:
        row = _read(gateway, notice.object_id, now, failed=notice.name == FAILED)
    except Doubtful as doubt:
        return Outcome(WebhookStatus.PARKED, doubt.reason, doubt.profile_id)
    if row is None:
        return Outcome(WebhookStatus.IGNORED, "The invoice was given up before we knew of it.")
    return Outcome(WebhookStatus.DONE, f"{row.name} is {row.status} at {gateway.label}.", row.profile_id)


def outcome_of_external(gateway: PaymentGateway, payment_id: str, now: datetime) -> Outcome | None:
    """What follows from news of a payment that is for an invoice of the gateway's own; None when it is for none."""
    if not gateway.capabilities.external_invoices:
        return None
    invoice_id = external_invoices_of(gateway).invoice_paid_by(payment_id)
    if not invoice_id:
        return None
    row = _read(gateway, invoice_id, now)
    if row is None:
        return None
    return Outcome(WebhookStatus.DONE, f"It is for {row.name}, an invoice of {gateway.label}'s own.", row.profile_id)


def external_invoice_ask_now(*, invoice_id: UUID, actor: Actor, now: datetime) -> ExternalInvoice:
    """A colleague has it read again from the provider. Called in no transaction.

    Raises PermissionRefused, NotFound, NothingToAsk (the connection is gone, or the provider gives no answer).
    """
    actor.require(Right.PAYMENTS_RECORD)
    require_no_transaction()
    row = ExternalInvoice.objects.filter(pk=invoice_id).first()
    if row is None or not actor.can_see(row.profile_id):
        raise NotFound(_("There is no such invoice."))
    try:
        return _read_again(row, now)
    except Doubtful as doubt:
        raise NothingToAsk(doubt.reason) from doubt
    except GatewayUnknown as error:
        raise NothingToAsk(error.message) from error
    except ProviderError as error:
        text = _("%(gateway)s gave no answer: %(reason)s")
        raise NothingToAsk(text % {"gateway": row.provider, "reason": str(error).rstrip(".")}) from error


def external_invoices_sweep(*, now: datetime, limit: int = 500) -> int:
    """Finds what was announced and got lost, and reads again what has not ended; returns how many were read.

    A provider that does not answer is asked again the next night. Called in no transaction.
    """
    require_no_transaction()
    found = 0
    for connection in GatewayConnection.objects.filter(enabled=True).order_by("id"):
        gateway = gateway_of(connection)
        if gateway.capabilities.external_invoices:
            found += _listed(gateway, now)
    waiting = ExternalInvoice.objects.filter(status__in=UNENDED, read_at__lte=now - READ_AGAIN)
    return found + sum(_swept(row, now) for row in waiting.order_by("read_at")[:limit])


def _listed(gateway: PaymentGateway, now: datetime) -> int:
    asked_at = clock.now()
    try:
        made = external_invoices_of(gateway).invoices_list(since=now - LOOK_BACK, until=now)
    except ProviderError as error:
        log.warning("external_invoices.not_listed", gateway=gateway.name, error=str(error)[:200])
        return 0
    for told in made:
        external_invoice_take(gateway=gateway, told=told, asked_at=asked_at, now=now)
    return len(made)


def _swept(row: ExternalInvoice, now: datetime) -> bool:
    try:
        _read_again(row, now)
    except (ProviderError, GatewayUnknown, Doubtful) as error:
        log.warning("external_invoices.not_read", invoice=row.external_id, error=str(error)[:200])
        ExternalInvoice.objects.filter(pk=row.pk).update(read_at=now)  # it has its turn again tomorrow
        return False
    return True


def _read_again(row: ExternalInvoice, now: datetime) -> ExternalInvoice:
    """Raises the errors of the provider, GatewayUnknown and Doubtful."""
    gateway = gateway_named(row.provider, account=row.account, profile_id=row.profile_id)
    return _read(gateway, row.external_id, now) or row


def _read(gateway: PaymentGateway, external_id: str, now: datetime, *, failed: bool = False) -> ExternalInvoice | None:
    """The invoice as it is now; None for one that is not made any more and that we never knew."""
    asked_at, port = clock.now(), external_invoices_of(gateway)
    try:
        told = port.invoice_fetch(external_id)
    except Rejected as error:
        if error.status != NOT_FOUND:
            raise
        known = ExternalInvoice.objects.filter(
            profile_id=port.profile_id, provider=gateway.name, account=gateway.account, external_id=external_id
        ).first()
        return external_invoice_gone(invoice_id=known.pk, read_at=asked_at, now=now) if known else None
    return external_invoice_take(gateway=gateway, told=told, asked_at=asked_at, now=now, failed=failed)
