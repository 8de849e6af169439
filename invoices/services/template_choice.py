"""Which template a document is printed with, and what of it is kept when the document is issued."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from billing_assistant.core.prepared import Prepared, one_of
from customers.models import Customer
from invoices.models import InvoiceTemplate
from invoices.services.drafted import Drafted

_DEFAULTS: Final = Prepared(
    lambda: InvoiceTemplate.objects.filter(one_of("profile_id", "profiles"), is_default=True).order_by()
)

PRINTED: Final = (
    "number",
    "name",
    "design",
    "accent_color",
    "include_logo",
    "include_company_details",
    "title",
    "columns",
    "show_subtotal",
    "show_tax",
    "show_discount",
    "payment_terms",
    "bank_details",
    "mpesa_details",
    "notes_section",
    "notes",
)


def template_snapshot(template: InvoiceTemplate) -> dict[str, Any]:
    """All that printing needs of a template, as JSON."""
    return {name: getattr(template, name) for name in PRINTED}


def templates_chosen(drafts: Iterable[Drafted]) -> dict[UUID, dict[str, Any]]:
    """The snapshot of each draft's template, by the draft's id; customers are loaded.

    The template is the one that the draft names. One that names none has the default of its profile, in the design
    that its customer prefers. Drafts with the same template share its snapshot.
    """
    drafts = list(drafts)
    named = InvoiceTemplate.objects.in_bulk({draft.template_id for draft in drafts if draft.template_id})
    unnamed = {draft.profile_id for draft in drafts if not draft.template_id}
    defaults = {template.profile_id: template for template in _DEFAULTS.rows(profiles=list(unnamed))}
    snapshots: dict[tuple[UUID | None, UUID, str], dict[str, Any]] = {}
    chosen = {}
    for draft in drafts:
        key = (draft.template_id, draft.profile_id, draft.customer.invoice_template)
        if key not in snapshots:
            snapshots[key] = (
                template_snapshot(named[draft.template_id])
                if draft.template_id
                else _preferred(defaults.get(draft.profile_id), draft.customer)
            )
        chosen[draft.pk] = snapshots[key]
    return chosen


def template_chosen(draft: Drafted) -> dict[str, Any]:
    """The snapshot of one draft's template."""
    return templates_chosen([draft])[draft.pk]


def template_for(customer: Customer) -> dict[str, Any]:
    """The snapshot for a document that no draft was made for: the profile's default, as the customer prefers it."""
    default = InvoiceTemplate.objects.filter(profile_id=customer.profile_id, is_default=True).first()
    return _preferred(default, customer)


def language_of(draft: Drafted) -> str:
    """The language of a draft's document: its own, else the customer's, else the business profile's."""
    return draft.language or draft.customer.language or draft.profile.language


def terms_of(draft: Drafted, template: dict[str, Any]) -> str:
    """The terms of payment: the draft's own, else the template's, else the business profile's."""
    return draft.terms or str(template.get("payment_terms", "")) or draft.profile.invoice_terms


def _preferred(default: InvoiceTemplate | None, customer: Customer) -> dict[str, Any]:
    snapshot = template_snapshot(default) if default else {}
    return snapshot | {"design": customer.invoice_template} if customer.invoice_template else snapshot
