"""Credit notes settle invoices: issue and apply in one step, apply one that is there, take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.approval_words import NUMBER
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO, Money
from billing_assistant.core.rights import Right
from billing_assistant.core.services.approvals import Action
from billing_assistant.ledger.services.posting import entries_post
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.services.credit_notes import credit_note_issue
from invoices.services.lock_date import booking_day, first_open_day
from invoices.services.settlement import credit_note_applied
from invoices.states import InvoiceKind, InvoiceState
from payments.errors import NotAllocated
from payments.models import Allocation
from payments.services.plan import Part, plan_exact
from payments.services.second_person import asking_a_second_person, needs_second_person, second_person_required
from payments.services.settle import Settled, apply_parts, check_target, item_of


def invoice_credit(
    *, invoice_id: UUID, lines: Mapping[int, Decimal] | None, reason: str, actor: Actor, now: datetime
) -> Invoice:
    """Issues a credit note for an invoice (parts of lines, or all that is left) and settles the invoice with it.

    What is not due on the invoice stays the customer's credit. All credit of the invoice together above the profile's
    limit needs a second person: raises ApprovalNeeded, and nothing has changed. Else as `credit_note_issue`.
    """
    with asking_a_second_person(actor=actor, now=now):
        note = credit_note_issue(invoice_id=invoice_id, lines=lines, reason=reason, actor=actor, now=now)
        profile = BusinessProfile.objects.get(pk=note.profile_id)
        total = Invoice.objects.filter(corrects_id=invoice_id).aggregate(total=Sum("total"))["total"]
        if needs_second_person(profile, amount=total, currency=note.currency):
            action = _action(note, invoice_id, lines, reason)
            second_person_required(action=action, actor=actor, now=now)
        _apply_to_corrected(note, actor, now)
        note.refresh_from_db()
    return note


def credit_note_apply(
    *, credit_note_id: UUID, allocations: Mapping[UUID, Decimal] | None = None, actor: Actor, now: datetime
) -> Invoice:
    """Settles invoices of the same customer and currency with a credit note: as named, or the invoice it corrects.

    Without `allocations` it applies what is left to what is due there, which may be nothing; safe to repeat.
    Raises PermissionRefused, NotFound, OverCredited, PeriodLocked, and what `payment_record` raises about allocations.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        seen = Invoice.objects.filter(pk=credit_note_id, kind=InvoiceKind.CREDIT_NOTE).first()
        if seen is None or not actor.can_see(seen.profile_id):
            raise NotFound(_("There is no such credit note."))
        if allocations is None:
            _apply_to_corrected(seen, actor, now)
        else:
            _apply_as_named(seen, allocations, actor, now)
        seen.refresh_from_db()
    return seen


def credit_note_unapply(*, credit_note_id: UUID, invoice_id: UUID, actor: Actor, now: datetime) -> Invoice:
    """Takes back what a credit note settled of an invoice: it is the customer's credit again.

    Raises PermissionRefused, NotFound, NotAllocated, InvoiceNotOpen, PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        note, targets = _locked(credit_note_id, [invoice_id])
        if not actor.can_see(note.profile_id):
            raise NotFound(_("There is no such credit note."))
        rows = Allocation.objects.filter(credit_note=note, invoice_id=invoice_id)
        there = rows.aggregate(net=Sum("amount"))["net"] or ZERO
        if there <= 0:
            words = {"number": note.number, "invoice": targets[0].number}
            raise NotAllocated(_("%(number)s has nothing on %(invoice)s.") % words)
        note_settle(note, [Part(invoice_id, -there)], targets, on=_today(note, actor, now), actor=actor, now=now)
    return note


def _apply_to_corrected(seen: Invoice, actor: Actor, now: datetime) -> None:
    if seen.corrects_id is None:
        return
    note, targets = _locked(seen.pk, [seen.corrects_id])
    target = targets[0]
    amount = min(note.total - note.amount_credited, target.amount_due)
    if amount > 0 and target.state == InvoiceState.ISSUED:
        check_target(target, customer_id=note.customer_id, currency=note.currency)
        on = first_open_day(profile_id=note.profile_id, day=note.issued_on)
        note_settle(note, [Part(target.pk, amount)], targets, on=on, actor=actor, now=now)


def _apply_as_named(seen: Invoice, wanted: Mapping[UUID, Decimal], actor: Actor, now: datetime) -> None:
    note, targets = _locked(seen.pk, [key for key, amount in wanted.items() if amount])
    for target in targets:
        check_target(target, customer_id=note.customer_id, currency=note.currency)
    left = Money(note.total - note.amount_credited, note.currency)
    parts = plan_exact(left, wanted, {target.pk: item_of(target) for target in targets})
    if parts:
        note_settle(note, parts, targets, on=_today(note, actor, now), actor=actor, now=now)


def _locked(note_id: UUID, target_ids: list[UUID]) -> tuple[Invoice, list[Invoice]]:
    """The credit note and the invoices, locked together in the order of their ids."""
    locked = {invoice.pk: invoice for invoice in invoices_lock([note_id, *target_ids])}
    return locked[note_id], [locked[target_id] for target_id in target_ids]


def note_settle(
    note: Invoice, parts: list[Part], targets: list[Invoice], *, on: date, actor: Actor, now: datetime
) -> Settled:
    """Settles locked invoices with parts of a locked credit note; negative parts take back."""
    settled = apply_parts(source=note, parts=parts, invoices=targets, on=on, actor=actor, now=now)
    credit_note_applied(note=note, amount=settled.total)
    Allocation.objects.bulk_create(settled.rows)
    events.record(
        name="credit_note.applied" if settled.total > 0 else "credit_note.unapplied",
        subject=note,
        actor=actor,
        now=now,
        profile_id=note.profile_id,
        customer_id=note.customer_id,
        label=note.number,
        data={"currency": note.currency, "allocations": settled.told},
    )
    entries_post(entries=settled.entries(), actor=actor, now=now)
    return settled


def _today(note: Invoice, actor: Actor, now: datetime) -> date:
    today = local_today(BusinessProfile.objects.get(pk=note.profile_id), now)
    return booking_day(profile_id=note.profile_id, day=today, actor=actor)


def _action(note: Invoice, invoice_id: UUID, lines: Mapping[int, Decimal] | None, reason: str) -> Action:
    payload: dict[str, Any] = {
        "invoice_id": str(invoice_id),
        "lines": None if lines is None else {str(key): str(lines[key].normalize()) for key in sorted(lines)},
        "total": str(note.total.normalize()),
        "currency": note.currency,
    }
    number = Invoice.objects.values_list("number", flat=True).get(pk=invoice_id)
    return Action(
        name="invoice.credit",
        payload=payload,
        summary=f"Credit {Money(note.total, note.currency)} of {number}",
        profile_id=note.profile_id,
        amount=note.total,
        currency=note.currency,
        subject_url=invoice_page(invoice_id),
        told={"reason": reason.strip()[:240], NUMBER: number},
    )


def invoice_page(invoice_id: UUID) -> str:
    """The staff page of an invoice; empty where there are no pages (a worker without them)."""
    try:
        return reverse("invoices:detail", args=[invoice_id])
    except NoReverseMatch:
        return ""
