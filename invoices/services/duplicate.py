"""A new draft like an invoice that was issued."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from invoices.errors import InvoiceNotOpen
from invoices.models import Invoice, InvoiceDraft, InvoiceTemplate
from invoices.services.draft_input import DraftInput
from invoices.services.draft_snapshots import line_input
from invoices.services.drafts import draft_create
from invoices.states import DiscountKind, InvoiceKind, TemplateStatus


def invoice_duplicate(*, invoice_id: UUID, actor: Actor, now: datetime) -> InvoiceDraft:
    """Makes a draft with the lines of an invoice, void ones too, for the same customer.

    Kept: lines with their service periods as they were, currency, price mode, a discount as an amount, project, notes,
    terms of its own, language, template and the discount for paying early. Left out, as they belong to the one
    document: dates, instalments, the customer's reference and a promo code with what it gave. Raises NotFound,
    PermissionRefused, InvoiceNotOpen for a credit note.
    """
    actor.require(Right.INVOICES_DRAFT)
    invoice = Invoice.objects.select_related("profile", "customer").filter(pk=invoice_id).first()
    if invoice is None or not actor.can_see(invoice.profile_id):
        raise NotFound(_("There is no such invoice."))
    if invoice.kind != InvoiceKind.INVOICE:
        raise InvoiceNotOpen(_("A credit note cannot be duplicated."))
    return draft_create(customer_id=invoice.customer_id, data=_input(invoice), actor=actor, now=now)


def _input(invoice: Invoice) -> DraftInput:
    discount = ZERO if invoice.promo_code else _discount(invoice)
    usual_terms = {invoice.profile.invoice_terms, invoice.template.get("payment_terms", "")}
    until = invoice.early_discount_until
    return DraftInput(
        lines=tuple(line_input(line) for line in invoice.lines.order_by("position")),
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        discount_kind=DiscountKind.AMOUNT if discount else DiscountKind.NONE,
        discount_value=discount,
        early_discount_percent=invoice.early_discount_percent,
        early_discount_days=(until - invoice.issued_on).days if until else None,
        project=invoice.project,
        template_id=_template_id(invoice),
        language="" if invoice.language == invoice.customer.language else invoice.language,
        notes=invoice.notes,
        terms="" if invoice.terms in usual_terms else invoice.terms,
    )


def _discount(invoice: Invoice) -> Decimal:
    """What was taken off the document, in its price mode."""
    if not invoice.prices_include_tax:
        return invoice.discount_total
    return sum((line.amount for line in invoice.lines.all()), ZERO) - invoice.total


def _template_id(invoice: Invoice) -> UUID | None:
    """The template that the invoice was printed with, unless it is the usual one or was put away."""
    named = InvoiceTemplate.objects.filter(
        profile_id=invoice.profile_id,
        number=invoice.template.get("number", ""),
        status=TemplateStatus.ACTIVE,
        is_default=False,
    )
    return named.values_list("pk", flat=True).first()
