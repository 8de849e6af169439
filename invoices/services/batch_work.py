"""What is done with one chunk of a batch, in its transaction: drafts made, drafts issued, invoices set to be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor, ActorKind
from billing_assistant.core.errors import DomainError
from customers.models import Customer
from customers.reachable import unreachable
from customers.states import CustomerStatus
from invoices.batch_states import BatchAfter, BatchItemState, BatchWork
from invoices.billable_states import BillableState
from invoices.locks import billable_lock
from invoices.models import BatchDocument, BatchItem, InvoiceBatch, InvoiceDraft
from invoices.services.batch_content import content_of
from invoices.services.batch_plan import Planned, open_work, planned
from invoices.services.drafts import draft_create
from invoices.services.drafts_many import drafts_create
from invoices.services.issue import invoices_issue
from invoices.states import OPEN_DRAFTS, DraftSource, DraftStatus, InvoiceState

R = TypeVar("R")


@dataclass(slots=True)
class Chunk:
    """The items that one worker holds, and who it works for. Their state is set here and written by the caller."""

    batch: InvoiceBatch
    items: list[BatchItem]
    actor: Actor
    now: datetime

    @property
    def after_work(self) -> BatchItemState:
        """What an item is once its documents are there."""
        sends = self.batch.after_word is BatchAfter.SEND
        return BatchItemState.SENDING if sends else BatchItemState.MADE


@dataclass(slots=True)
class _Ready:
    """An item whose documents can be made."""

    item: BatchItem
    plan: Planned


def invoices_generate(chunk: Chunk) -> None:
    """Makes the drafts of a chunk of customers, and issues them if that is wanted."""
    batch = chunk.batch
    content = content_of(BatchWork(batch.work), batch.content, batch.template_id)
    customers = _customers(item.customer_id for item in chunk.items)
    present = [customers[item.customer_id] for item in chunk.items]
    work = None
    if content.work is BatchWork.BILLABLE:
        held = billable_lock([item.pk for item in open_work(content, present)])
        work = [item for item in held if item.state == BillableState.OPEN]
    plans = {one.customer.pk: one for one in planned(content, batch.after_word, present, work=work)}
    ready = []
    for item in chunk.items:
        plan = plans[item.customer_id]
        if item.about != item.customer_id:
            _skip(item, _("This customer was merged into another."))
        elif plan.reason:
            _skip(item, plan.reason)
        else:
            ready.append(_Ready(item, plan))
    _together_or_alone(ready, lambda some: _make(chunk, some), lambda one: one.item)


def drafts_issue(chunk: Chunk) -> None:
    """Issues the drafts of a chunk, as one block of numbers."""
    documents = {one.item_id: one for one in BatchDocument.objects.filter(item__in=chunk.items).select_related("draft")}
    customers = _customers(item.customer_id for item in chunk.items)
    sends = chunk.batch.after_word is BatchAfter.SEND
    silent = unreachable(list(customers.values())) if sends else set()
    ready = []
    for item in chunk.items:
        draft = documents[item.pk].draft
        if reason := _draft_obstacle(draft, customers[item.customer_id], silent):
            _skip(item, reason)
        else:
            ready.append(item)

    def issue(some: Sequence[BatchItem]) -> None:
        ids = [documents[item.pk].draft_id for item in some]
        invoices = invoices_issue(draft_ids=[pk for pk in ids if pk], actor=chunk.actor, now=chunk.now)
        for item, invoice in zip(some, invoices, strict=True):
            document = documents[item.pk]
            document.invoice, document.total, document.currency = invoice, invoice.total, invoice.currency
            item.state = chunk.after_work
        BatchDocument.objects.bulk_update([documents[item.pk] for item in some], ["invoice", "total", "currency"])

    _together_or_alone(ready, issue, lambda item: item)


def invoices_to_send(chunk: Chunk) -> None:
    """Leaves out the documents that are not sent, and sets the others to be sent."""
    documents = BatchDocument.objects.filter(item__in=chunk.items).select_related("invoice__customer")
    of = {one.item_id: one.invoice for one in documents}
    silent = unreachable([invoice.customer for invoice in of.values() if invoice is not None])
    for item in chunk.items:
        invoice = of[item.pk]
        if invoice is None or invoice.state == InvoiceState.VOID:
            _skip(item, _("It is void."))
        elif invoice.customer_id in silent:
            _skip(item, _("This customer has no address that an e-mail may go to."))
        else:
            item.state = BatchItemState.SENDING


def _make(chunk: Chunk, ready: Sequence[_Ready]) -> None:
    """Makes the drafts of some items and their invoices, all or none."""
    source = DraftSource.API if chunk.actor.kind is ActorKind.API_KEY else DraftSource.MANUAL
    wanted = [(one, document) for one in ready for document in one.plan.documents]
    if chunk.batch.work == BatchWork.CATALOGUE:
        pairs = [(one.plan.customer, document.data) for one, document in wanted]
        drafts = drafts_create(wanted=pairs, actor=chunk.actor, now=chunk.now, generated_by=source)
    else:
        drafts = [
            draft_create(
                customer_id=one.plan.customer.pk,
                customer=one.plan.customer,
                data=document.data,
                actor=chunk.actor,
                now=chunk.now,
                generated_by=source,
            )
            for one, document in wanted
        ]
    invoices = {}
    if chunk.batch.after_word is not BatchAfter.KEEP:
        issued = invoices_issue(draft_ids=[draft.pk for draft in drafts], actor=chunk.actor, now=chunk.now)
        invoices = {draft.pk: invoice for draft, invoice in zip(drafts, issued, strict=True)}
    BatchDocument.objects.bulk_create(
        [
            BatchDocument(
                item=one.item, draft=draft, invoice=invoices.get(draft.pk), currency=draft.currency, total=draft.total
            )
            for (one, _document), draft in zip(wanted, drafts, strict=True)
        ]
    )
    for one in ready:
        one.item.state = chunk.after_work


def _together_or_alone(
    ready: Sequence[R], do: Callable[[Sequence[R]], None], item_of: Callable[[R], BatchItem]
) -> None:
    """Does all at once; where that is refused, each alone, so that one refusal is about one item."""
    if not ready:
        return
    try:
        with transaction.atomic():
            do(ready)
    except DomainError as refusal:
        if len(ready) == 1:
            _fail(item_of(ready[0]), refusal)
            return
        for one in ready:
            _together_or_alone([one], do, item_of)


def _draft_obstacle(draft: InvoiceDraft | None, customer: Customer, silent: set[UUID]) -> str:
    if draft is None or draft.status not in OPEN_DRAFTS:
        state = DraftStatus(draft.status).label if draft else DraftStatus.DISCARDED.label
        return _("The draft is %(state)s.") % {"state": str(state).lower()}
    if customer.status == CustomerStatus.SUSPENDED:
        return _("This customer is suspended.")
    return _("This customer has no address that an e-mail may go to.") if customer.pk in silent else ""


def _customers(ids: Iterable[UUID]) -> dict[UUID, Customer]:
    return Customer.objects.select_related("profile", "billable_terms").in_bulk(set(ids))


def _skip(item: BatchItem, reason: str) -> None:
    item.state, item.reason = BatchItemState.SKIPPED.value, reason


def _fail(item: BatchItem, refusal: DomainError) -> None:
    item.state, item.reason = BatchItemState.FAILED.value, refusal.message
