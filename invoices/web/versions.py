"""The versions of a draft: who saved what and when, what changed, and the way back; and drafts made from invoices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import amount_text, day_text, number_text
from billing_assistant.core.web import actor_of, now_of, render_page, staff_page
from customers.states import LANGUAGES
from invoices.models import DraftVersion, InvoiceTemplate, NumberSeries
from invoices.pdf.figures import Figures
from invoices.selectors import draft_get
from invoices.services.draft_diff import DECIMALS, DraftDiff, FieldDiff, LineChange, draft_diff
from invoices.services.duplicate import invoice_duplicate
from invoices.states import EDITABLE_DRAFTS, DiscountKind, DraftStatus, TaxCategory
from invoices.version_selectors import version_get, versions_of
from invoices.web.forms import DraftForm, LineForm

MOST_SHOWN: Final = 200
LABELS: Final[Mapping[str, str | Promise]] = {
    **{name: one.label or name for name, one in LineForm.base_fields.items()},
    **{name: one.label or name for name, one in DraftForm.base_fields.items()},
    "discount_percent": gettext_lazy("Discount %"),
    "tax_category": gettext_lazy("Tax"),
    "tax_rate": gettext_lazy("Tax rate"),
    "amount": gettext_lazy("Amount"),
    "instalments": gettext_lazy("Instalments"),
    "template_id": gettext_lazy("Template"),
    "series_id": gettext_lazy("Number series"),
    "early_discount_percent": gettext_lazy("Discount for paying early, %"),
    "early_discount_days": gettext_lazy("Paid early within days"),
    "subtotal": gettext_lazy("Subtotal"),
    "discount_total": gettext_lazy("Discount"),
    "tax_total": gettext_lazy("Tax"),
    "total": gettext_lazy("Total"),
}
AMOUNTS: Final = frozenset({"subtotal", "discount_total", "tax_total", "total", "amount"})
NUMBERS: Final = DECIMALS - AMOUNTS - {"unit_price"}
DAYS: Final = frozenset({"due_on", "service_from", "service_to"})


@dataclass(frozen=True, slots=True)
class Told:
    """A value that changed, in words."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """A version in the list, with what it changed against the one before."""

    version: DraftVersion
    diff: DraftDiff | None

    @property
    def summary(self) -> str:
        """What the version changed, in a line."""
        if self.diff is None:
            return _("First version")
        counts = Counter(line.change for line in self.diff.lines)
        added, removed, changed = (counts[kind] for kind in LineChange)
        words = [
            _("lines added: %(n)d") % {"n": added} if added else "",
            _("lines removed: %(n)d") % {"n": removed} if removed else "",
            _("lines changed: %(n)d") % {"n": changed} if changed else "",
            _("moved lines") if self.diff.reordered else "",
            *(str(LABELS[one.field]).lower() for one in self.diff.heads),
        ]
        return ", ".join(filter(None, words)) or _("Nothing changed")


@require_GET
@staff_page(Right.INVOICES_VIEW)
def draft_versions(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """The versions, and the difference between two of them (?from=, ?to=; else the last two)."""
    actor = actor_of(request)
    draft = draft_get(actor, draft_id)
    versions = list(versions_of(draft)[:MOST_SHOWN])
    newer = version_get(draft, request.GET.get("to") or draft.version)
    older = version_get(draft, request.GET.get("from") or max(newer.version - 1, 1))
    diff = draft_diff(older.snapshot, newer.snapshot)
    context = {
        "draft": draft,
        "rows": [Row(one, _against(one, before)) for one, before in zip(versions, [*versions[1:], None], strict=True)],
        "older": older,
        "newer": newer,
        "diff": diff,
        "heads": _told(diff.heads, newer),
        "lines": [(line, _told(line.fields, newer)) for line in diff.lines],
        "totals": _told(diff.totals, newer),
        "may_edit": Right.INVOICES_DRAFT in actor.rights and DraftStatus(draft.status) in EDITABLE_DRAFTS,
    }
    return render_page(request, "invoices/draft_versions.html", context)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def invoice_copy(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """Makes a draft with the lines of an invoice and opens it."""
    draft = invoice_duplicate(invoice_id=invoice_id, actor=actor_of(request), now=now_of(request))
    text = _("%(number)s made. Service periods are as they were: change them if they are past.")
    messages.success(request, text % {"number": draft.number})
    return redirect("invoices:draft_edit", draft.pk)


def _against(version: DraftVersion, before: DraftVersion | None) -> DraftDiff | None:
    return draft_diff(before.snapshot, version.snapshot) if before else None


def _told(changes: Iterable[FieldDiff], version: DraftVersion) -> list[Told]:
    currency = version.snapshot["currency"]
    return [
        Told(LABELS[one.field], _words(one.field, one.before, currency), _words(one.field, one.after, currency))
        for one in changes
    ]


def _words(field: str, value: Any, currency: str) -> str:  # noqa: PLR0911 -- one return a kind of value
    if value is None or value == ():
        return "—"
    match field:
        case "discount_kind":
            return str(DiscountKind(value).label)
        case "tax_category":
            return str(TaxCategory(value).label)
        case "prices_include_tax":
            return _("Yes") if value else _("No")
        case "language":
            return str(LANGUAGES.get(value, value)).capitalize()
        case "template_id":
            return InvoiceTemplate.objects.filter(pk=value).values_list("name", flat=True).first() or "—"
        case "series_id":
            return NumberSeries.objects.filter(pk=value).values_list("code", flat=True).first() or "—"
        case "instalments":
            return ", ".join(f"{_day(day)}: {amount_text(Decimal(amount), currency)}" for day, amount in value)
    return _figure(field, value, currency)


def _figure(field: str, value: Any, currency: str) -> str:
    """Amounts, rates, numbers and days as they are written elsewhere on the pages; texts as they are."""
    if field in AMOUNTS:
        return amount_text(Decimal(value), currency)
    if field == "unit_price":
        return Figures(get_language() or "en", currency).price(Decimal(value))
    if field in NUMBERS:
        return number_text(Decimal(value))
    return _day(value) if field in DAYS else str(value)


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text))
