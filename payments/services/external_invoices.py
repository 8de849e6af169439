"""Invoices that a provider made by itself are mirrored: read from the provider, written down once, never posted.

Each event of the provider makes us read the invoice anew, so their order does not matter; a reading from before what we
know is left aside. What changed is told to whoever subscribes: customers of ours get an answer about them too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.rights import Right
from customers.models import Customer
from integrations.ports.external_invoices import ProviderInvoice, ProviderInvoiceStatus
from integrations.ports.payments import PaymentGateway, external_invoices_of
from payments.locks import external_invoice_lock
from payments.models import ExternalInvoice
from payments.services.external_payers import customer_of_payer
from payments.services.provider import Doubtful
from payments.states import ExternalInvoiceState, PayerKnownBy

ORDER: Final = list(ExternalInvoiceState)
UNMADE: Final = frozenset({ExternalInvoiceState.UPCOMING, ExternalInvoiceState.DRAFT})
LONGEST_ADDRESS: Final = 2000


def external_invoice_take(
    *, gateway: PaymentGateway, told: ProviderInvoice, asked_at: datetime, now: datetime, failed: bool = False
) -> ExternalInvoice:
    """Writes down what was just read, once; gives the row. Safe to repeat and in any order.

    `asked_at` is the moment before the question; `failed` says that the provider told of a try that failed. Raises
    Doubtful for an invoice of the other mode.
    """
    profile_id = external_invoices_of(gateway).profile_id
    if told.environment is not gateway.environment:
        raise Doubtful(f"It is a {told.environment.value} invoice.", profile_id=profile_id)
    mine = {"profile_id": profile_id, "provider": gateway.name, "account": gateway.account}
    with transaction.atomic():
        advisory_lock(f"external-invoice:{gateway.name}:{gateway.account}:{told.subscription or told.external_id}")
        row = _row_of(mine, told)
        before = None
        if row is None:
            row = ExternalInvoice(created_at=now, external_id=told.external_id, **mine)
        else:
            before = ExternalInvoiceState(row.status)
            if _is_older(row, told, asked_at):
                return row
        _write(row, told, asked_at)
        news = _news(row, before, failed=failed)
        row.save()
        if news:
            _tell(row, news, Actor.system(gateway.label), now)
    return row


def external_invoice_link(*, invoice_id: UUID, customer_id: UUID, actor: Actor, now: datetime) -> ExternalInvoice:
    """A colleague says whose it is; all invoices of the same payer there follow, those to come too.

    Raises PermissionRefused, NotFound.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        row = external_invoice_lock(invoice_id)
        if not actor.can_see(row.profile_id):
            raise NotFound(_("There is no such invoice."))
        customer = Customer.objects.filter(pk=customer_id, profile_id=row.profile_id).first()
        if customer is None:
            raise NotFound(_("There is no such customer."))
        same = ExternalInvoice.objects.filter(profile_id=row.profile_id, provider=row.provider, account=row.account)
        for pk in same.filter(payer=row.payer).order_by("pk").values_list("pk", flat=True):
            each = external_invoice_lock(pk)
            each.customer, each.known_by, each.linked_by_label = customer, PayerKnownBy.PERSON, actor.label[:150]
            each.save(update_fields=["customer", "known_by", "linked_by_label"])
            _tell(each, "external_invoice.linked", actor, now)
        row.refresh_from_db()
    return row


def external_invoice_gone(*, invoice_id: UUID, read_at: datetime, now: datetime) -> ExternalInvoice:
    """An invoice is not made any more: its subscription ended, or its draft was deleted. Raises NotFound."""
    with transaction.atomic():
        row = external_invoice_lock(invoice_id)
        if row.status in UNMADE:
            row.status, row.read_at = ExternalInvoiceState.VOID, read_at
            row.save(update_fields=["status", "read_at"])
            _tell(row, "external_invoice.void", Actor.system(row.provider), now)
    return row


def _row_of(mine: dict[str, Any], told: ProviderInvoice) -> ExternalInvoice | None:
    """What we know it as: by its id, or as what was upcoming and has become it, or the other way round."""
    rows = ExternalInvoice.objects.filter(**mine)
    found = rows.filter(external_id=told.external_id).first()
    if found is None and told.subscription:
        period = rows.filter(subscription=told.subscription, period_end=told.period_end)
        upcoming = told.status is ProviderInvoiceStatus.UPCOMING
        found = (period.exclude if upcoming else period.filter)(status=ExternalInvoiceState.UPCOMING).first()
    return None if found is None else external_invoice_lock(found.pk)


def _is_older(row: ExternalInvoice, told: ProviderInvoice, asked_at: datetime) -> bool:
    """Whether a reading is from before what we know. Of what is upcoming the next period follows."""
    if told.status is ProviderInvoiceStatus.UPCOMING:
        return row.external_id != told.external_id or row.read_at > asked_at
    backwards = ORDER.index(ExternalInvoiceState(told.status.value)) < ORDER.index(ExternalInvoiceState(row.status))
    return backwards or row.read_at > asked_at


def _write(row: ExternalInvoice, told: ProviderInvoice, asked_at: datetime) -> None:
    if row.customer_id is None:
        known = customer_of_payer(profile_id=row.profile_id, provider=row.provider, account=row.account, told=told)
        row.customer, row.known_by = (known.customer, known.by) if known else (None, "")
    row.external_id, row.number, row.status = told.external_id, told.number[:80], told.status.value
    row.payer, row.subscription = told.payer, told.subscription
    row.payer_name, row.payer_email = told.payer_name[:200], told.payer_email[:254]
    row.currency, row.total = told.total.currency, told.total.amount
    row.amount_due, row.amount_paid = told.due.amount, told.paid.amount
    row.url = told.url if len(told.url) <= LONGEST_ADDRESS and told.url.startswith("https://") else ""
    row.made_at, row.period_start, row.period_end = told.made_at, told.period_start, told.period_end
    row.due_at, row.next_try_at, row.attempts = told.due_at, told.next_try_at, told.attempts
    row.read_at = asked_at


def _news(row: ExternalInvoice, before: ExternalInvoiceState | None, *, failed: bool) -> str:
    """The event that follows, if any. A failed try is told once for each try, as long as the invoice is not settled."""
    asked_for = row.status in {ExternalInvoiceState.OPEN, ExternalInvoiceState.UNCOLLECTIBLE}
    if failed and asked_for and row.attempts > row.failed_attempts:
        row.failed_attempts = row.attempts
        return "external_invoice.payment_failed"
    return f"external_invoice.{row.status}" if row.status != before else ""


def _tell(row: ExternalInvoice, name: str, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=row,
        actor=actor,
        now=now,
        profile_id=row.profile_id,
        customer_id=row.customer_id,
        label=row.name,
        data={
            "amount": str(row.total),
            "amount_due": str(row.amount_due),
            "currency": row.currency,
            "provider": row.provider,
            "status": str(row.status),
            "attempts": row.attempts,
            "due_at": row.due_at.isoformat() if row.due_at else "",
            "next_try_at": row.next_try_at.isoformat() if row.next_try_at else "",
        },
    )
