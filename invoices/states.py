"""States of drafts and invoices, and the one precedence function that says what an invoice is called today."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Case, CharField, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status

if TYPE_CHECKING:
    from invoices.models import Invoice


class DraftStatus(Status):
    DRAFT = "draft", _("Draft"), "neutral", "pencil"
    REVIEWED = "reviewed", _("Reviewed"), "info", "eye-check"
    SCHEDULED = "scheduled", _("Scheduled"), "info", "calendar-time"
    CONVERTED = "converted_to_invoice", _("Invoiced"), "success", "file-check"
    DISCARDED = "discarded", _("Discarded"), "neutral", "trash"


DRAFT_TRANSITIONS: Final = {
    DraftStatus.DRAFT: frozenset(
        {DraftStatus.REVIEWED, DraftStatus.SCHEDULED, DraftStatus.CONVERTED, DraftStatus.DISCARDED}
    ),
    DraftStatus.REVIEWED: frozenset(
        {DraftStatus.DRAFT, DraftStatus.SCHEDULED, DraftStatus.CONVERTED, DraftStatus.DISCARDED}
    ),
    DraftStatus.SCHEDULED: frozenset({DraftStatus.DRAFT, DraftStatus.CONVERTED, DraftStatus.DISCARDED}),
    DraftStatus.CONVERTED: frozenset[DraftStatus](),
    DraftStatus.DISCARDED: frozenset({DraftStatus.DRAFT}),
}
OPEN_DRAFTS: Final = (DraftStatus.DRAFT, DraftStatus.REVIEWED, DraftStatus.SCHEDULED)
EDITABLE_DRAFTS: Final = frozenset({DraftStatus.DRAFT, DraftStatus.REVIEWED})


class InvoiceKind(Status):
    INVOICE = "invoice", _("Invoice"), "neutral", "file-invoice"
    CREDIT_NOTE = "credit_note", _("Credit note"), "neutral", "file-minus"


class InvoiceState(Status):
    """What is stored. Sent and viewed are timestamps; the rest follows from amounts and dates."""

    ISSUED = "issued", _("Issued"), "info", "file-invoice"
    VOID = "void", _("Void"), "neutral", "file-off"
    UNCOLLECTIBLE = "uncollectible", _("Uncollectible"), "danger", "file-alert"


STATE_TRANSITIONS: Final = {
    InvoiceState.ISSUED: frozenset({InvoiceState.VOID, InvoiceState.UNCOLLECTIBLE}),
    InvoiceState.VOID: frozenset[InvoiceState](),
    InvoiceState.UNCOLLECTIBLE: frozenset[InvoiceState](),
}


class InvoiceStatus(Status):
    """What people see."""

    ISSUED = "issued", _("Issued"), "info", "file-invoice"
    SENT = "sent", _("Sent"), "info", "send"
    VIEWED = "viewed", _("Viewed"), "info", "eye"
    PARTIALLY_PAID = "partially_paid", _("Partly paid"), "warning", "progress"
    OVERDUE = "overdue", _("Overdue"), "danger", "clock-exclamation"
    PAID = "paid", _("Paid"), "success", "circle-check"
    VOID = "void", _("Void"), "neutral", "file-off"
    UNCOLLECTIBLE = "uncollectible", _("Written off"), "danger", "file-alert"


def invoice_status(invoice: Invoice, today: date) -> InvoiceStatus:  # noqa: PLR0911 -- one return a rank
    """The status of an invoice on a local date.

    First that holds: void, uncollectible, paid, overdue, partly paid, viewed, sent, issued.
    """
    if invoice.state == InvoiceState.VOID:
        return InvoiceStatus.VOID
    if invoice.state == InvoiceState.UNCOLLECTIBLE:
        return InvoiceStatus.UNCOLLECTIBLE
    if invoice.amount_due == 0:
        return InvoiceStatus.PAID
    if invoice.next_due_on is not None and invoice.next_due_on < today:
        return InvoiceStatus.OVERDUE
    if invoice.amount_due < invoice.total:
        return InvoiceStatus.PARTIALLY_PAID
    if invoice.viewed_at is not None:
        return InvoiceStatus.VIEWED
    return InvoiceStatus.SENT if invoice.sent_at is not None else InvoiceStatus.ISSUED


def status_expression(today: date) -> Case:
    """`invoice_status` in SQL; a test keeps the two equal."""
    return Case(
        When(state=InvoiceState.VOID, then=Value(InvoiceStatus.VOID.value)),
        When(state=InvoiceState.UNCOLLECTIBLE, then=Value(InvoiceStatus.UNCOLLECTIBLE.value)),
        When(amount_due=0, then=Value(InvoiceStatus.PAID.value)),
        When(next_due_on__lt=today, then=Value(InvoiceStatus.OVERDUE.value)),
        When(amount_due__lt=F("total"), then=Value(InvoiceStatus.PARTIALLY_PAID.value)),
        When(viewed_at__isnull=False, then=Value(InvoiceStatus.VIEWED.value)),
        When(sent_at__isnull=False, then=Value(InvoiceStatus.SENT.value)),
        default=Value(InvoiceStatus.ISSUED.value),
        output_field=CharField(),
    )


def status_filter(status: InvoiceStatus, today: date) -> Q:
    """The rows that have a status today, as a condition that the indexes serve."""
    live = Q(state=InvoiceState.ISSUED)
    owing = live & Q(amount_due__gt=0)
    on_time = owing & (Q(next_due_on__isnull=True) | Q(next_due_on__gte=today))
    untouched = on_time & Q(amount_due=F("total"))
    return {
        InvoiceStatus.VOID: Q(state=InvoiceState.VOID),
        InvoiceStatus.UNCOLLECTIBLE: Q(state=InvoiceState.UNCOLLECTIBLE),
        InvoiceStatus.PAID: live & Q(amount_due=0),
        InvoiceStatus.OVERDUE: owing & Q(next_due_on__lt=today),
        InvoiceStatus.PARTIALLY_PAID: on_time & Q(amount_due__lt=F("total")),
        InvoiceStatus.VIEWED: untouched & Q(viewed_at__isnull=False),
        InvoiceStatus.SENT: untouched & Q(viewed_at__isnull=True, sent_at__isnull=False),
        InvoiceStatus.ISSUED: untouched & Q(viewed_at__isnull=True, sent_at__isnull=True),
    }[status]


class TaxCategory(Status):
    STANDARD = "standard", _("Standard rate"), "neutral", "receipt-tax"
    REDUCED = "reduced", _("Reduced rate"), "neutral", "receipt-tax"
    ZERO = "zero", _("Zero rated"), "neutral", "receipt-tax"
    EXEMPT = "exempt", _("Exempt"), "neutral", "receipt-off"
    REVERSE_CHARGE = "reverse_charge", _("Reverse charge"), "neutral", "arrows-exchange"


UNTAXED: Final = frozenset({TaxCategory.ZERO, TaxCategory.EXEMPT, TaxCategory.REVERSE_CHARGE})


class RateSource(Status):
    """Where an exchange rate came from."""

    MANUAL = "manual", _("Entered"), "neutral", "pencil"
    IMPORT = "import", _("Imported"), "neutral", "upload"


class DiscountKind(Status):
    NONE = "none", _("No discount"), "neutral", "discount-off"
    PERCENT = "percent", _("Per cent"), "neutral", "percentage"
    AMOUNT = "amount", _("Amount"), "neutral", "discount"


class DraftSource(Status):
    MANUAL = "manual", _("By hand"), "neutral", "pencil"
    AI = "ai", _("Drafted from a request"), "info", "sparkles"
    API = "api", _("By the API"), "neutral", "api"
    IMPORT = "import", _("Imported"), "neutral", "file-import"
    PLAN = "plan", _("By a plan"), "neutral", "repeat"


class CatalogueKind(Status):
    SERVICE = "service", _("Service"), "neutral", "briefcase"
    PRODUCT = "product", _("Product"), "neutral", "package"


class TemplateStatus(Status):
    ACTIVE = "active", _("In use"), "success", "circle-check"
    ARCHIVED = "archived", _("Put away"), "neutral", "archive"


class TemplateColumn(Status):
    """What a line of a printed document can show, in this order."""

    ITEM = "item", _("Item"), "neutral", "list"
    DESCRIPTION = "description", _("Description"), "neutral", "file-text"
    QUANTITY = "quantity", _("Quantity"), "neutral", "hash"
    RATE = "rate", _("Rate"), "neutral", "coins"
    TAX = "tax", _("Tax"), "neutral", "receipt-tax"
    AMOUNT = "amount", _("Amount"), "neutral", "calculator"
