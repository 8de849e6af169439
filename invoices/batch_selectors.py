"""Reads of batches, scoped to the actor's business profiles first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import NotFound
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from invoices.batch_states import BatchItemState, BatchKind, BatchState
from invoices.models import BatchDocument, BatchFile, BatchItem, InvoiceBatch


@dataclass(frozen=True, slots=True)
class BatchFilters:
    """What narrows a list of batches."""

    search: str = ""
    kind: BatchKind | None = None
    state: BatchState | None = None


@dataclass(slots=True)
class BatchFigures:
    """How many items of a batch are in each state, and what its documents come to, by currency."""

    waiting: int = 0
    sending: int = 0
    made: int = 0
    skipped: int = 0
    failed: int = 0
    totals: list[Money] = field(default_factory=list)

    @property
    def all(self) -> int:
        return self.waiting + self.sending + self.made + self.skipped + self.failed

    @property
    def done(self) -> int:
        """The items that nothing more happens to."""
        return self.made + self.skipped + self.failed


def batches_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[InvoiceBatch]:
    """Batches that the actor may see, of one profile or all of theirs, newest first."""
    actor.require(Right.INVOICES_VIEW)
    rows = InvoiceBatch.objects.select_related("profile", "template").order_by("-id")
    if profile_id is not None:
        return rows.filter(profile_id=profile_id) if actor.can_see(profile_id) else rows.none()
    return rows if actor.profile_ids is None else rows.filter(profile_id__in=actor.profile_ids)


def batches_filtered(rows: QuerySet[InvoiceBatch], filters: BatchFilters) -> QuerySet[InvoiceBatch]:
    """The batches that fit all filters; text is looked for in number and name."""
    if filters.search:
        rows = rows.filter(Q(number__icontains=filters.search) | Q(name__icontains=filters.search))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    return rows.filter(state=filters.state) if filters.state else rows


def batch_get(actor: Actor, reference: str | UUID) -> InvoiceBatch:
    """One batch by id or number. Raises NotFound, also for one of another profile."""
    wanted = reference if isinstance(reference, UUID) else as_uuid(reference)
    lookup = Q(pk=wanted) if wanted is not None else Q(number__iexact=reference)
    batch = batches_for(actor).filter(lookup).first()
    if batch is None:
        raise NotFound(_("There is no such batch."))
    return batch


def batch_items(batch: InvoiceBatch, *, state: BatchItemState | None = None) -> QuerySet[BatchItem]:
    """The items of a batch in their order, with customer and documents. The caller has scoped the batch."""
    documents = BatchDocument.objects.select_related("draft", "invoice").order_by("id")
    rows = BatchItem.objects.filter(batch=batch).select_related("customer").order_by("position")
    rows = rows.prefetch_related(Prefetch("documents", queryset=documents))
    return rows.filter(state=state) if state else rows


def batch_figures(batches: Iterable[InvoiceBatch]) -> dict[UUID, BatchFigures]:
    """The figures of batches, two queries for all of them. The caller has scoped them."""
    found = {batch.pk: BatchFigures() for batch in batches}
    counts = BatchItem.objects.filter(batch__in=list(found)).order_by().values_list("batch_id", "state")
    for batch_id, state, number in counts.annotate(number=Count("id")):
        setattr(found[batch_id], state, number)
    sums = BatchDocument.objects.filter(item__batch__in=list(found)).order_by()
    rows = sums.values_list("item__batch_id", "currency").annotate(amount=Sum("total")).order_by("currency")
    for batch_id, currency, amount in rows:
        found[batch_id].totals.append(Money(Decimal(amount), currency))
    return found


def batch_files(batch: InvoiceBatch) -> QuerySet[BatchFile]:
    """The files of a batch that have not expired. The caller has scoped the batch."""
    return BatchFile.objects.filter(batch=batch, expires_at__gt=clock_now()).select_related("file").order_by("part")


def batch_reasons(batch: InvoiceBatch) -> list[tuple[str, str, int]]:
    """Why items were left out or failed: state, reason, how many; the most frequent first."""
    told = BatchItem.objects.filter(batch=batch).exclude(reason="").order_by()
    rows = told.values_list("state", "reason").annotate(number=Count("id")).order_by("-number", F("reason"))
    return list(rows[:10])
