"""What a batch was told to do and with what, in words for its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.filtered_lists import list_of
from billing_assistant.core.ui.formats import day_text, number_text
from invoices.batch_states import BatchKind, BatchWork
from invoices.models import CatalogueItem, InvoiceBatch
from invoices.services.batch_content import BatchContent, content_of

LISTS: Final = {
    BatchKind.GENERATE: "customers",
    BatchKind.ISSUE: "drafts",
    BatchKind.SEND: "invoices",
    BatchKind.FILES: "invoices",
}


def batch_said(batch: InvoiceBatch) -> list[tuple[str, str]]:
    """Pairs of a name and what was said of it: what is billed, and by which filter the rest was chosen."""
    told: list[tuple[str, str]] = []
    if batch.kind_word is BatchKind.GENERATE:
        content = content_of(BatchWork(batch.work), batch.content, batch.template_id)
        told += [*_billed(content), *_further(content)]
    return [*told, *_chosen(batch)]


def _chosen(batch: InvoiceBatch) -> Iterator[tuple[str, str]]:
    """The saved filter by the name that it had, and the conditions that were set, in words."""
    if saved := batch.selection.get("saved_filter"):
        yield _("Saved filter"), saved["name"]
    words = list_of(LISTS[batch.kind_word]).words(batch.selection.get("filter", {}), batch.profile)
    if "filter" in batch.selection and words:
        label = _("Customers that match") if batch.kind_word is BatchKind.GENERATE else _("Chosen by")
        yield label, ", ".join(words)


def _billed(content: BatchContent) -> Iterator[tuple[str, str]]:
    if content.work is BatchWork.CATALOGUE:
        items = CatalogueItem.objects.in_bulk([line.item_id for line in content.lines])
        lines = [f"{number_text(line.quantity)} × {items[line.item_id].name}" for line in content.lines]
        yield str(BatchWork.CATALOGUE.label), ", ".join(lines)
        return
    work = content.billable
    told = [str(work.kind.label) if work.kind else "", work.project]
    told += [_("since %(day)s") % {"day": day_text(work.since)}] if work.since else []
    told += [_("until %(day)s") % {"day": day_text(work.until)}] if work.until else []
    yield str(BatchWork.BILLABLE.label), ", ".join(filter(None, told)) or _("all of it")


def _further(content: BatchContent) -> Iterator[tuple[str, str]]:
    if content.payment_terms_days is not None:
        yield _("Due in days"), number_text(content.payment_terms_days)
    for label, text in (
        (_("Your reference"), content.reference),
        (_("Project"), content.project),
        (_("Notes to the customer"), content.notes),
    ):
        if text:
            yield label, text
