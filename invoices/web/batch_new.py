"""A new batch of invoices: who is billed, what, how far; first what it would make, then it is started."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError, PermissionRefused
from billing_assistant.core.filtered_lists import list_of, told_of
from billing_assistant.core.filters.menu import saved_choices, saved_of
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import SavedFilter
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import text_of
from billing_assistant.core.web import (
    actor_of,
    current_profile,
    now_of,
    posted,
    render_page,
    staff_page,
)
from customers.selectors import customers_filtered, customers_for
from customers.web.query import NARROWING, FilterForm, filters_of
from invoices.batch_states import BatchAfter
from invoices.selectors import catalogue_filtered, catalogue_for
from invoices.services.batch_plan import BatchPlan
from invoices.services.batch_starts import Chosen, batch_generate, batch_plan
from invoices.web.batch_forms import BatchForm, BatchLineFormSet

OPTIONS: Final = 20
NAMED: Final = 5
SHOWN: Final = 50
LIST: Final = "customers"
START: Final = "start"
MORE: Final = "more"
UNSAID: Final = frozenset({"csrfmiddlewaretoken", "act", "key", "planned", "name"})
"""What is sent and changes nothing of what is made."""


@dataclass(slots=True)
class _Page:
    """What was sent, as far as it can be read."""

    form: BatchForm
    lines: Any
    chosen: Chosen
    saved: SavedFilter | None
    plan: BatchPlan | None = None


@staff_page(Right.INVOICES_DRAFT)
def batch_new(request: HttpRequest) -> HttpResponseBase:
    """The form (?customer= names customers, else ?saved_filter= or the filters of their list), what it would make, and
    starting it."""
    actor, profile = actor_of(request), current_profile(request)
    page = _read(request)
    if request.method == "POST" and request.POST.get("act") != MORE and page.form.is_valid() and page.lines.is_valid():
        lines = tuple(line for row in page.lines if (line := row.line()) is not None)
        said: dict[str, Any] = {
            "chosen": page.chosen,
            "content": page.form.content(lines),
            "after": BatchAfter(page.form.cleaned_data["after"]),
            "actor": actor,
        }
        try:
            if request.POST.get("act") == START and request.POST.get("planned") == _digest(request, page.saved):
                key = _key(request, page.form.cleaned_data["key"], page.saved)
                name = page.form.cleaned_data["name"]
                batch = batch_generate(**said, now=now_of(request), name=name, key=key)
                messages.success(request, _("%(number)s has begun.") % {"number": batch.number})
                return redirect("invoices:batch", batch.pk)
            if request.POST.get("act") == START:
                messages.warning(request, _("The form was changed. Look at what would be made now, then start."))
            page.plan = batch_plan(**said)
        except PermissionRefused:
            raise
        except DomainError as error:
            _show(page.form, error)
    customers = customers_for(actor, profile_id=profile.pk)
    ids = page.chosen.customer_ids
    narrowed = customers_filtered(customers, page.chosen.filters) if ids is None else customers.filter(pk__in=ids)
    sent = request.POST if request.method == "POST" else request.GET
    context = {
        "form": page.form,
        "lines": page.lines,
        "plan": page.plan,
        "planned": _digest(request, page.saved),
        "after": page.form["after"].value(),
        "shown": SHOWN,
        "ids": ids,
        "saved": page.saved,
        "saved_words": ", ".join(list_of(LIST).words(page.saved.query, profile)) if page.saved else "",
        "saved_choices": saved_choices(request, LIST),
        "any": customers.exists(),
        "number": narrowed.count(),
        "named": list(narrowed.order_by("name", "pk").values_list("name", flat=True)[:NAMED]) if ids else [],
        "filter_form": FilterForm(sent, currency=profile.currency, auto_id="filter_%s"),
        "back_url": reverse("invoices:batches"),
    }
    return render_page(request, "invoices/batch_new.html", context)


@staff_page(Right.INVOICES_VIEW)
def batch_choices(request: HttpRequest) -> HttpResponseBase:
    """The first items of the catalogue that match ?q=, as options."""
    mine = catalogue_for(actor_of(request), profile_id=current_profile(request).pk)
    items = catalogue_filtered(mine, search=text_of(request.GET), offered=True)[:OPTIONS]
    return render_page(request, "invoices/partials/batch_choices.html", {"items": items})


def _key(request: HttpRequest, given: str, saved: SavedFilter | None) -> str:
    """The same button pressed twice starts one batch; a form that was changed meanwhile starts another."""
    return f"{actor_of(request).id}:{given}:{_digest(request, saved)}" if given else ""


def _digest(request: HttpRequest, saved: SavedFilter | None) -> str:
    """What was sent, as a mark by which the same is known again: only what was looked at is started."""
    said = sorted((name, values) for name, values in request.POST.lists() if name not in UNSAID)
    conditions = sorted(saved.query.items()) if saved else ()
    return hashlib.sha256(repr((said, conditions)).encode()).hexdigest()[:32]


def _show(form: BatchForm, error: DomainError) -> None:
    """Puts a refusal on the form; what is said of customers and lines stands on top."""
    for name, reasons in (error.errors or {"": [error.message]}).items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, reason)


def _read(request: HttpRequest) -> _Page:
    actor, profile = actor_of(request), current_profile(request)
    sent = request.POST if request.method == "POST" else request.GET
    given = posted(request)
    rows = _with_more(request.POST) if request.POST.get("act") == MORE else given
    kwargs: dict[str, Any] = {"actor": actor, "profile": profile}
    form = BatchForm(given if rows is given else None, initial=_initial(request), **kwargs)
    ids = _ids(sent)
    saved = saved_of(request, sent, LIST) if ids is None else None
    told = told_of(saved) if saved else {"filter": {name: sent[name] for name in NARROWING if sent.get(name)}}
    filters = filters_of(saved.query if saved else sent, profile.currency)
    chosen = Chosen(profile.pk, customer_ids=ids, filters=filters, told=told)
    return _Page(form, BatchLineFormSet(rows, prefix="lines", form_kwargs=kwargs), chosen, saved)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What was typed, when only rows are added: nothing is checked then."""
    return {name: request.POST[name] for name in BatchForm.base_fields if name in request.POST}


def _with_more(sent: QueryDict) -> QueryDict:
    given = sent.copy()
    total = given.get("lines-TOTAL_FORMS", "")
    given["lines-TOTAL_FORMS"] = str((int(total) if total.isascii() and total.isdigit() else 0) + 3)
    return given


def _ids(sent: QueryDict) -> tuple[UUID, ...] | None:
    found = tuple(one for text in sent.getlist("customer") if (one := as_uuid(text)) is not None)
    return found or None
