"""The ways to start a batch: invoices for many customers, drafts issued, invoices sent, or their PDFs as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from customers.models import Customer
from customers.selectors import CustomerFilters, customers_filtered, customers_for
from invoices.batch_states import BatchAfter, BatchFormat, BatchKind, BatchWork
from invoices.models import BatchDocument, CatalogueItem, Invoice, InvoiceBatch, InvoiceDraft, InvoiceTemplate
from invoices.selectors import drafts_for, invoices_for
from invoices.services.batch_content import BatchContent, content_json
from invoices.services.batch_plan import BatchPlan, plan_of
from invoices.services.batches import MOST_ITEMS, BatchHead, NewItem, batch_create, batch_known
from invoices.services.compute import HUNDRED, MAX_FACTOR, MAX_LINES
from invoices.services.draft_input import LONGEST, MAX_TERMS_DAYS
from invoices.states import TemplateStatus

LONGEST_NOTES: Final = 5_000
ALL_CUSTOMERS: Final = CustomerFilters()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which customers of a profile: some by id, or what fits the filters of their list. `told` says it to people."""

    profile_id: UUID
    customer_ids: tuple[UUID, ...] | None = None
    filters: CustomerFilters = ALL_CUSTOMERS
    told: dict[str, Any] = field(default_factory=dict)


def batch_plan(*, chosen: Chosen, content: BatchContent, after: BatchAfter, actor: Actor) -> BatchPlan:
    """The dry run: what would be made for whom, and who is left out and why. Changes nothing.

    Raises PermissionRefused, NotFound, ValidationFailed.
    """
    _head(content, after).require(actor, chosen.profile_id)
    _check(content, chosen.profile_id)
    return plan_of(content, after, _customers(chosen, actor))


def batch_generate(
    *,
    chosen: Chosen,
    content: BatchContent,
    after: BatchAfter,
    actor: Actor,
    now: datetime,
    name: str = "",
    key: str = "",
) -> InvoiceBatch:
    """Starts to make what `batch_plan` shows. With a key that is known, the batch that it started comes back.

    Raises PermissionRefused, NotFound, ValidationFailed, Conflict.
    """
    head = replace(_head(content, after), name=name, key=key, told=chosen.told)
    head.require(actor, chosen.profile_id)
    kept = content_json(content)
    if (known := batch_known(head=head, profile_id=chosen.profile_id, content=kept)) is not None:
        return known
    _check(content, chosen.profile_id)
    return batch_create(
        profile_id=chosen.profile_id,
        head=head,
        items=[NewItem(customer.pk, customer.pk) for customer in _customers(chosen, actor)],
        content=kept,
        actor=actor,
        now=now,
    )


def batch_issue(
    *,
    profile_id: UUID,
    draft_ids: Sequence[UUID],
    after: BatchAfter = BatchAfter.ISSUE,
    actor: Actor,
    now: datetime,
    key: str = "",
    told: dict[str, Any] | None = None,
) -> InvoiceBatch:
    """Starts to issue drafts, the oldest first, and to send the invoices if `after` says so. `told` says to people how
    they were chosen.

    Raises PermissionRefused, NotFound, ValidationFailed, Conflict.
    """
    if after is BatchAfter.KEEP:
        raise ValidationFailed({"after": [_("Say whether the invoices are sent too.")]})
    head = BatchHead(BatchKind.ISSUE, after=after, key=key, told=told or {})
    head.require(actor, profile_id)
    found = _chosen(drafts_for(actor).select_related(None).filter(profile_id=profile_id), draft_ids)
    items = [NewItem(one.pk, one.customer_id, _of_draft(one)) for one in found.order_by("id")]
    chosen = _all_of(items, draft_ids)
    return batch_create(profile_id=profile_id, head=head, items=chosen, actor=actor, now=now)


def batch_send(
    *,
    profile_id: UUID,
    invoice_ids: Sequence[UUID],
    actor: Actor,
    now: datetime,
    key: str = "",
    told: dict[str, Any] | None = None,
) -> InvoiceBatch:
    """Starts to send documents to their customers, each once; those that are on their way already are left out.

    Raises PermissionRefused, NotFound, ValidationFailed, Conflict.
    """
    head = BatchHead(BatchKind.SEND, after=BatchAfter.SEND, key=key, told=told or {})
    return _of_invoices(profile_id, invoice_ids, head, actor, now)


def batch_files(
    *,
    profile_id: UUID,
    invoice_ids: Sequence[UUID],
    file_format: BatchFormat,
    actor: Actor,
    now: datetime,
    key: str = "",
    told: dict[str, Any] | None = None,
) -> InvoiceBatch:
    """Starts to put the PDFs of documents into files: a ZIP, or one PDF of all.

    Raises PermissionRefused, NotFound, ValidationFailed, Conflict.
    """
    head = BatchHead(BatchKind.FILES, file_format=file_format, key=key, told=told or {})
    return _of_invoices(profile_id, invoice_ids, head, actor, now)


def _of_invoices(
    profile_id: UUID,
    invoice_ids: Sequence[UUID],
    head: BatchHead,
    actor: Actor,
    now: datetime,
) -> InvoiceBatch:
    head.require(actor, profile_id)
    found = _chosen(invoices_for(actor).select_related(None).filter(profile_id=profile_id), invoice_ids)
    items = [NewItem(one.pk, one.customer_id, _of_invoice(one)) for one in found.order_by("issued_on", "id")]
    chosen = _all_of(items, invoice_ids)
    return batch_create(profile_id=profile_id, head=head, items=chosen, actor=actor, now=now)


def _chosen(rows: QuerySet[Any], ids: Sequence[UUID]) -> QuerySet[Any]:
    return rows.filter(pk__in=list(ids)[: MOST_ITEMS + 1])


def _all_of(items: list[NewItem], ids: Sequence[UUID]) -> list[NewItem]:
    """Raises NotFound where something that was chosen is not there, or is not the actor's to see."""
    if len(items) < min(len(set(ids)), MOST_ITEMS + 1):
        raise NotFound(_("Something that was chosen does not exist."))
    return items


def _of_draft(draft: InvoiceDraft) -> BatchDocument:
    return BatchDocument(draft_id=draft.pk, currency=draft.currency, total=draft.total)


def _of_invoice(invoice: Invoice) -> BatchDocument:
    return BatchDocument(invoice_id=invoice.pk, currency=invoice.currency, total=invoice.total)


def _customers(chosen: Chosen, actor: Actor) -> list[Customer]:
    """The customers by name. Raises NotFound for an id that is not there, ValidationFailed for none or too many."""
    actor.require(Right.CUSTOMERS_VIEW)
    rows = customers_for(actor, profile_id=chosen.profile_id)
    if chosen.customer_ids is None:
        rows = customers_filtered(rows, chosen.filters)
    else:
        rows = rows.filter(pk__in=chosen.customer_ids)
    found = list(rows.select_related("profile", "billable_terms").order_by("name", "pk")[: MOST_ITEMS + 1])
    if chosen.customer_ids is not None and len(found) < min(len(set(chosen.customer_ids)), MOST_ITEMS + 1):
        raise NotFound(_("There is no such customer."))
    if not found:
        raise ValidationFailed({"customers": [_("No customer fits. Choose at least one.")]})
    if len(found) > MOST_ITEMS:
        words = {"most": f"{MOST_ITEMS:,}"}
        raise ValidationFailed({"customers": [_("More than %(most)s customers fit. Narrow them down.") % words]})
    return found


def _head(content: BatchContent, after: BatchAfter) -> BatchHead:
    return BatchHead(BatchKind.GENERATE, after=after, work=content.work, template_id=content.template_id)


def _check(content: BatchContent, profile_id: UUID) -> None:
    """Raises ValidationFailed with every reason by field."""
    errors: dict[str, list[str]] = {}
    for name, reason in (*_head_faults(content, profile_id), *_line_faults(content, profile_id)):
        errors.setdefault(name, []).append(reason)
    if errors:
        raise ValidationFailed(errors)


def _head_faults(content: BatchContent, profile_id: UUID) -> list[tuple[str, str]]:
    faults = []
    most = {"reference": LONGEST["reference"], "project": LONGEST["project"], "notes": LONGEST_NOTES}
    for name, longest in most.items():
        if len(getattr(content, name)) > longest:
            faults.append((name, _("Write at most %(most)d characters.") % {"most": longest}))
    days = content.payment_terms_days
    if days is not None and not 0 <= days <= MAX_TERMS_DAYS:
        faults.append(
            ("payment_terms_days", _("The terms are between 0 and %(most)s days.") % {"most": MAX_TERMS_DAYS})
        )
    template = InvoiceTemplate.objects.filter(
        pk__in=[content.template_id], profile_id=profile_id, status=TemplateStatus.ACTIVE
    )
    if content.template_id is not None and not template.exists():
        faults.append(("template", _("There is no such template in use.")))
    return faults


def _line_faults(content: BatchContent, profile_id: UUID) -> list[tuple[str, str]]:
    if content.work is not BatchWork.CATALOGUE:
        return []
    if not content.lines:
        return [("lines", _("Choose at least one item of the catalogue."))]
    if len(content.lines) > MAX_LINES:
        return [("lines", _("A document has %(most)d lines at most.") % {"most": MAX_LINES})]
    wanted = {line.item_id for line in content.lines}
    offered = CatalogueItem.objects.filter(profile_id=profile_id, is_active=True, pk__in=wanted)
    faults = []
    if offered.count() < len(wanted):
        faults.append(("lines", _("An item is not offered in the catalogue any more.")))
    if any(not line.quantity.is_finite() or not 0 < line.quantity <= MAX_FACTOR for line in content.lines):
        faults.append(("lines", _("Each quantity has to be more than zero.")))
    if any(not 0 <= line.discount_percent <= HUNDRED for line in content.lines):
        faults.append(("lines", _("A discount is between 0 and 100 per cent.")))
    return faults
