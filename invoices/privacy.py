"""Invoices, credit notes and quotes are kept as the law says; drafts, billable work and working copies are emptied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.privacy import (
    Held,
    HeldFile,
    Holder,
    Kept,
    Outcome,
    Subject,
    erased,
    kept_by_law,
    not_personal,
    register_holder,
    rows_of,
)
from billing_assistant.core.privacy_files import files_forget
from invoices.billable_states import BillableState
from invoices.models import (
    Attachment,
    BatchItem,
    BillableItem,
    DraftLine,
    DraftVersion,
    DraftWorkingCopy,
    Invoice,
    InvoiceDraft,
    InvoiceLine,
    Quote,
)
from invoices.plan_privacy import PLAN_FIELDS, plan_obstacles, plans_erase, plans_export, plans_held
from invoices.quote_states import LIVE_QUOTES
from invoices.states import OPEN_DRAFTS

EMPTY: Final = "—"
LAW: Final = _("Tax law: issued documents.")
OFFERS: Final = _("Commercial law: offers are business letters.")
EMPTIED: Final = {
    "generation_prompt": "",
    "generation": {},
    "source_key": "",
    "reference": "",
    "project": "",
    "notes": "",
    "terms": "",
    "send_options": {},
}


def _invoices(subject: Subject) -> QuerySet[Invoice]:
    return Invoice.objects.filter(customer_id__in=subject.customer_ids).order_by("id")


def _quotes(subject: Subject) -> QuerySet[Quote]:
    return Quote.objects.filter(customer_id__in=subject.customer_ids).order_by("id")


def _drafts(subject: Subject) -> QuerySet[InvoiceDraft]:
    return InvoiceDraft.objects.filter(customer_id__in=subject.customer_ids).order_by("id")


def _billable(subject: Subject) -> QuerySet[BillableItem]:
    return BillableItem.objects.filter(customer_id__in=subject.customer_ids).order_by("id")


def _attachments(subject: Subject) -> QuerySet[Attachment]:
    own = Q(draft__in=_drafts(subject)) | Q(invoice__in=_invoices(subject))
    return Attachment.objects.filter(own).order_by("id")


def _refs(subject: Subject) -> Iterable[object]:
    documents = (_invoices(subject), _quotes(subject), _drafts(subject), _attachments(subject))
    for rows in (*documents, _billable(subject), plans_held(subject)):
        yield from rows.values_list("pk", flat=True)


def _obstacles(subject: Subject) -> Iterable[str]:
    drafts = _drafts(subject).filter(status__in=OPEN_DRAFTS).values_list("number", flat=True)
    if drafts:
        yield gettext("Issue or discard the open drafts first: %(numbers)s.") % {"numbers": ", ".join(drafts)}
    quotes = _quotes(subject).filter(state__in=[state.value for state in LIVE_QUOTES])
    if quotes:
        numbers = ", ".join(quotes.values_list("number", flat=True))
        yield gettext("Withdraw or invoice the open quotes first: %(numbers)s.") % {"numbers": numbers}
    if _billable(subject).filter(state=BillableState.OPEN).exists():
        yield gettext("Bill or dismiss the open billable work first.")
    yield from plan_obstacles(subject)


def _export(subject: Subject) -> Iterable[Held]:
    documents = _invoices(subject).select_related("pdf")
    sums = ("currency", "subtotal", "discount_total", "tax_total", "total")
    names = ("number", "kind", "state", "issued_on", "due_on", *sums, "amount_due", "buyer", "project", "reference")
    files = [HeldFile(f"invoices/{one.number}.pdf", one.pdf) for one in documents if one.pdf]
    told = ("notes", "terms", "reason", "sent_at", "viewed_at")
    yield Held("invoices", _("Invoices and credit notes"), rows_of(documents, *names, *told), files)
    lines = (
        InvoiceLine.objects.filter(invoice__in=documents).select_related("invoice").order_by("invoice_id", "position")
    )
    yield Held("invoice_lines", _("Lines"), [_line(line, line.invoice.number, line.invoice.currency) for line in lines])
    quotes = _quotes(subject).select_related("pdf")
    offered = ("number", "kind", "state", "offered_on", "valid_until", *sums, "buyer", "snapshot", "terms")
    files = [HeldFile(f"quotes/{one.number}.pdf", one.pdf) for one in quotes if one.pdf]
    decided = ("decided_at", "decided_by", "decision_note")
    yield Held("quotes", _("Quotes"), rows_of(quotes, *offered, *decided), files)
    attached = _attachments(subject).select_related("file")
    files = [HeldFile(f"attachments/{one.pk}-{one.name}", one.file) for one in attached]
    yield Held("attachments", _("Attachments"), rows_of(attached, "created_at", "name"), files)
    yield from _export_drafts(subject)
    yield from plans_export(subject)


def _export_drafts(subject: Subject) -> Iterable[Held]:
    drafts = _drafts(subject)
    names = ("number", "status", "currency", "total", "generation_prompt", "reference", "project", "notes", "terms")
    yield Held("drafts", _("Drafts"), rows_of(drafts, "created_at", *names))
    lines = DraftLine.objects.filter(draft__in=drafts).select_related("draft").order_by("draft_id", "position")
    yield Held(
        "draft_lines", _("Lines of drafts"), [_line(line, line.draft.number, line.draft.currency) for line in lines]
    )
    versions = DraftVersion.objects.filter(draft__in=drafts).order_by("id")
    yield Held("draft_versions", _("Versions of drafts"), rows_of(versions, "created_at", "version", "snapshot"))
    work = ("kind", "state", "worked_on", "description", "project", "quantity", "unit", "unit_price", "currency")
    yield Held("billable_work", _("Billable work"), rows_of(_billable(subject), *work, "amount"))
    batches = BatchItem.objects.filter(customer_id__in=subject.customer_ids).order_by("id")
    yield Held("batches", _("Batches"), rows_of(batches, "created_at", "state", "reason"))
    copies = DraftWorkingCopy.objects.filter(customer_id__in=subject.customer_ids)
    yield Held("working_copies", _("Unsaved drafts"), rows_of(copies, "saved_at", "content"))


def _line(line: InvoiceLine | DraftLine, number: str, currency: str) -> dict[str, object]:
    """A line with the document and currency that it belongs to."""
    (row,) = rows_of([line], "position", "description", "quantity", "unit", "unit_price", "service_from", "service_to")
    (amount,) = rows_of([line], "amount")
    return {"document": number, **row, **amount, "currency": currency}


def _erase(subject: Subject, now: datetime) -> Outcome:
    drafts = _drafts(subject).exclude(**EMPTIED)
    number = drafts.count()
    lines = DraftLine.objects.filter(draft__in=_drafts(subject)).exclude(description=EMPTY)
    lines.update(description=EMPTY, category="", unit="")
    versions = DraftVersion.objects.filter(draft__in=_drafts(subject)).delete()[0]
    copies = DraftWorkingCopy.objects.filter(customer_id__in=subject.customer_ids).delete()[0]
    drafts.update(**EMPTIED, updated_at=now)
    work = _billable(subject).exclude(description=EMPTY)
    billed = work.update(description=EMPTY, project="", external_id="", updated_at=now)
    BatchItem.objects.filter(customer_id__in=subject.customer_ids).update(reason="")
    files = list(_attachments(subject).values_list("file_id", flat=True))
    attachments = _attachments(subject).delete()[0]
    files_forget(files)
    plans = plans_erase(subject, now)
    kept = [
        Kept(_("Invoices and credit notes"), _invoices(subject).count(), LAW, _last(_invoices(subject), "issued_on")),
        Kept(_("Quotes"), _quotes(subject).count(), OFFERS, _last(_quotes(subject), "offered_on")),
    ]
    return Outcome(
        [
            (_("Drafts"), number),
            (_("Versions of drafts"), versions),
            (_("Unsaved drafts"), copies),
            (_("Billable work"), billed),
            (_("Attachments"), attachments),
            (_("Plans"), plans),
        ],
        kept,
    )


def _last(rows: QuerySet[Invoice] | QuerySet[Quote], column: str) -> date | None:
    day: date | None = rows.aggregate(day=Max(column))["day"]
    return day


WHY: Final = "Issued documents are kept as tax law says; triggers refuse any change."
OFFER: Final = "A numbered offer is a business letter; triggers refuse any change."
OURS: Final = "The seller's own data, or a colleague's."
FIELDS: Final = {
    **PLAN_FIELDS,
    **kept_by_law(
        "invoices.Invoice",
        "buyer",
        "project",
        "reference",
        "notes",
        "terms",
        "reason",
        reason=WHY,
    ),
    **kept_by_law("invoices.InvoiceLine", "description", reason=WHY),
    **kept_by_law("invoices.InvoiceTax", "reason", reason=WHY),
    **kept_by_law("invoices.Quote", "snapshot", "buyer", "terms", "decided_by", "decision_note", reason=OFFER),
    **erased("invoices.InvoiceDraft", *EMPTIED),
    **erased("invoices.Attachment", "name"),
    **not_personal("invoices.Attachment", "added_by_label", "removed_by_label", reason=OURS),
    **erased("invoices.DraftLine", "description"),
    **not_personal("invoices.DraftLine", "billable", reason="Ids of our own rows."),
    **erased("invoices.BatchItem", "reason"),
    **not_personal("invoices.InvoiceBatch", "name", "content", "failure", "actor_label", reason=OURS),
    **erased("invoices.BillableItem", "description", "project", "external_id"),
    **not_personal("invoices.BillableItem", "source", "created_by_label", reason=OURS),
    **erased("invoices.DraftVersion", "snapshot"),
    **erased("invoices.DraftWorkingCopy", "content"),
    **not_personal("invoices.Invoice", "issued_by_label", "seller", "fx_source", reason=OURS),
    **not_personal("invoices.Quote", "offered_by_label", "seller", "decided_via", reason=OURS),
    **not_personal("invoices.DraftVersion", "author_label", reason=OURS),
    **not_personal("invoices.CatalogueItem", "name", "description", reason=OURS),
    **not_personal("invoices.CataloguePrice", "actor_label", reason=OURS),
    **not_personal("invoices.ExchangeRate", "source", "actor_label", reason=OURS),
    **not_personal("invoices.ImportRun", "file_name", reason=OURS),
    **not_personal("invoices.ImportRun", "report", "errors", reason="Numbers of lines and documents."),
    **not_personal("invoices.PromoCode", "description", reason=OURS),
    **not_personal("invoices.TaxRate", "name", "reason", reason=OURS),
    **not_personal("invoices.InvoiceTemplate", "name", "description", "notes", "ai_prompt", reason=OURS),
}

register_holder(Holder("invoices", FIELDS, _export, _erase, refs=_refs, obstacles=_obstacles))
