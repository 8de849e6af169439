"""What a batch of invoices was told to bill, in words for its page."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from billing_assistant.core.ui.formats import day_text, number_text
from customers.web.query import chips_of, filters_of
from invoices.batch_states import BatchKind, BatchWork
from invoices.models import CatalogueItem, InvoiceBatch
from invoices.services.batch_content import BatchContent, content_of


def batch_said(batch: InvoiceBatch) -> list[tuple[str, str]]:
    """Pairs of a name and what was said of it; nothing for a batch that makes no invoices."""
    if batch.kind_word is not BatchKind.GENERATE:
        return []
    content = content_of(BatchWork(batch.work), batch.content, batch.template_id)
    told = [*_billed(content), *_further(content)]
    return [*told, (_("Customers that match"), narrowed)] if (narrowed := _narrowed(batch)) else told


def _narrowed(batch: InvoiceBatch) -> str:
    """The filters of the list of customers that were set, in words."""
    query = QueryDict(urlencode(batch.selection.get("filter", {})))
    return ", ".join(chip.label for chip in chips_of(query, filters_of(query, batch.profile.currency)))


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
