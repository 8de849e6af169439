"""Receipts that wait for a person, and whose they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from integrations.reference_checks import reference_check
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from payments.models import UnmatchedReceipt
from payments.selectors.references import invoice_named, squeezed
from payments.states import ReceiptState

LIKE_NUMBER = 0.4
LIKE_NAME = 0.3
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An open invoice that a receipt may pay, with what speaks for it."""

    invoice: Invoice
    reasons: tuple[str, ...]


def receipts_for(actor: Actor, profile_id: UUID) -> QuerySet[UnmatchedReceipt]:
    """Receipts of one business profile, newest first."""
    actor.require(Right.PAYMENTS_VIEW)
    actor.require_profile(profile_id)
    return UnmatchedReceipt.objects.filter(profile_id=profile_id).select_related("payment").order_by("-id")


def receipts_waiting(actor: Actor, profile_id: UUID) -> QuerySet[UnmatchedReceipt]:
    """Those that wait for a person."""
    return receipts_for(actor, profile_id).filter(status=ReceiptState.WAITING)


def receipt_get(actor: Actor, receipt_id: UUID) -> UnmatchedReceipt:
    """One receipt. Raises NotFound."""
    actor.require(Right.PAYMENTS_VIEW)
    rows = UnmatchedReceipt.objects.select_related("profile", "payment", "payment__customer")
    receipt = rows.filter(pk=receipt_id).first()
    if receipt is None or not actor.can_see(receipt.profile_id):
        raise NotFound(_("There is no such receipt."))
    return receipt


def suggestions_for(receipt: UnmatchedReceipt) -> list[Suggestion]:
    """Open invoices that may be meant: the number is like what was typed, exactly this is due, the name is like."""
    rows = Invoice.objects.filter(
        profile_id=receipt.profile_id,
        kind=InvoiceKind.INVOICE,
        state=InvoiceState.ISSUED,
        amount_due__gt=0,
        currency=receipt.currency,
    ).select_related("customer")
    found: dict[UUID, tuple[Invoice, list[str]]] = {}
    for reason, matches in (
        (_("The number is like what was typed."), _like_number(rows, receipt.reference)),
        (_("Exactly this is due."), rows.filter(amount_due=receipt.amount).order_by("next_due_on", "pk")[:SHOWN]),
        (_("The customer's name is like the payer's."), _like_name(rows, receipt.payer_name)),
    ):
        for invoice in matches:
            found.setdefault(invoice.pk, (invoice, []))[1].append(reason)
    ranked = sorted(found.values(), key=lambda pair: -len(pair[1]))
    return [Suggestion(invoice, tuple(reasons)) for invoice, reasons in ranked[:SHOWN]]


@reference_check
def is_known_number(profile_id: UUID, typed: str, prefixes: Sequence[str]) -> bool:
    """Whether an account reference names an invoice of a business profile."""
    return invoice_named(profile_id, typed, prefixes) is not None


def _like_number(rows: QuerySet[Invoice], typed: str) -> QuerySet[Invoice]:
    if not squeezed(typed):
        return rows.none()
    alike = rows.annotate(alike=TrigramSimilarity("number", typed))
    return alike.filter(alike__gt=LIKE_NUMBER).order_by("-alike", "pk")[:SHOWN]


def _like_name(rows: QuerySet[Invoice], name: str) -> QuerySet[Invoice]:
    if not name:
        return rows.none()
    alike = rows.annotate(alike=TrigramSimilarity("customer__name", name))
    return alike.filter(alike__gt=LIKE_NAME).order_by("-alike", "next_due_on", "pk")[:SHOWN]
