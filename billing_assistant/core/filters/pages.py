"""The pages of saved filters: keeping what a list shows, and all that are kept for a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.filtered_lists import SORT, FilteredList, ListBatch, list_of
from billing_assistant.core.filters.forms import SavedFilterChangeForm, SavedFilterForm
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import SavedFilter
from billing_assistant.core.selectors import saved_filter_get, saved_filter_history, saved_filters_for
from billing_assistant.core.services.saved_filters import (
    may_change,
    saved_filter_create,
    saved_filter_delete,
    saved_filter_update,
)
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    go_to,
    now_of,
    posted,
    render_page,
    staff_page,
)


@dataclass(slots=True)
class _Row:
    """A saved filter on its page: its conditions in words, what a batch does with it, the form that changes it and what
    it once was, for whoever may change it."""

    saved: SavedFilter
    url: str
    words: str
    batches: list[tuple[ListBatch, str]]
    form: SavedFilterChangeForm | None
    history: list[tuple[Any, str]]


@require_safe
@staff_page(None)
def filter_list(request: HttpRequest, list_key: str) -> HttpResponseBase:
    """The saved filters of a list: to open, rename, share, delete, and to bill, issue or send all that fits."""
    return _listed(request, list_of(list_key))


@staff_page(None)
def filter_new(request: HttpRequest, list_key: str) -> HttpResponseBase:
    """Keeps what the address of the list narrows (its parameters are this page's) under a name."""
    actor, profile, filtered = actor_of(request), current_profile(request), list_of(list_key)
    actor.require(filtered.right)
    conditions = filtered.cleaned(request.GET)
    kept = saved_filters_for(actor, profile_id=profile.pk, list_key=list_key)
    form = SavedFilterForm(posted(request), mine=[one for one in kept if may_change(one, actor)])
    if request.method == "POST" and form.is_valid():
        try:
            saved = _keep(request, list_key, conditions, form)
        except ValidationFailed as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("“%(name)s” is kept.") % {"name": saved.name})
            return go_to(request, filtered.url(saved.query))
    context = {
        "form": form,
        "list": filtered,
        "words": _words(filtered, conditions, request),
        "action": request.get_full_path(),
        "back_url": filtered.url(conditions),
    }
    return render_page(request, "filters/new.html", context, fragment="filters/partials/new.html")


def _keep(request: HttpRequest, list_key: str, conditions: dict[str, str], form: SavedFilterForm) -> SavedFilter:
    said, actor, now = form.cleaned_data, actor_of(request), now_of(request)
    if replaced := as_uuid(said.get("replaces", "")):
        return saved_filter_update(filter_id=replaced, query=conditions, actor=actor, now=now)
    return saved_filter_create(
        profile_id=current_profile(request).pk,
        list_key=list_key,
        query=conditions,
        name=said["name"],
        shared=said["shared"],
        actor=actor,
        now=now,
    )


@require_POST
@staff_page(None)
def filter_change(request: HttpRequest, filter_id: UUID) -> HttpResponseBase:
    """Renames a saved filter, shares it or makes it private, or has it list in another order."""
    saved = saved_filter_get(actor_of(request), filter_id)
    form = _form(saved, request.POST)
    if form.is_valid():
        said = dict(form.cleaned_data)
        query = {**list_of(saved.list_key).narrowing(saved.query), SORT: said.pop(SORT, "")}
        try:
            changed = saved_filter_update(
                filter_id=filter_id, **said, query=query, actor=actor_of(request), now=now_of(request)
            )
        except ValidationFailed as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": changed.name})
            return redirect("filters:list", changed.list_key)
    return _listed(request, list_of(saved.list_key), form, saved.pk)


@require_POST
@staff_page(None)
def filter_delete(request: HttpRequest, filter_id: UUID) -> HttpResponseBase:
    """Takes a saved filter away."""
    saved = saved_filter_delete(filter_id=filter_id, actor=actor_of(request))
    messages.success(request, _("“%(name)s” is deleted.") % {"name": saved.name})
    return redirect("filters:list", saved.list_key)


def _listed(
    request: HttpRequest,
    filtered: FilteredList,
    refused: SavedFilterChangeForm | None = None,
    about: UUID | None = None,
) -> HttpResponseBase:
    actor = actor_of(request)
    actor.require(filtered.right)
    rows = list(_rows(request, filtered))
    for row in rows:
        if refused is not None and row.saved.pk == about:
            row.form = refused
    context: dict[str, Any] = {
        "list": filtered,
        "rows": rows,
        "refused": refused,
        "back_url": filtered.url({}),
    }
    return render_page(request, "filters/list.html", context)


def _rows(request: HttpRequest, filtered: FilteredList) -> Iterator[_Row]:
    actor = actor_of(request)
    for saved in saved_filters_for(actor, profile_id=current_profile(request).pk, list_key=filtered.key):
        yield _Row(
            saved,
            filtered.url(saved.query),
            _words(filtered, saved.query, request),
            [(one, one.url(saved)) for one in filtered.batches if actor.rights >= one.rights],
            _form(saved) if may_change(saved, actor) else None,
            _history(saved, filtered, request) if may_change(saved, actor) else [],
        )


def _history(saved: SavedFilter, filtered: FilteredList, request: HttpRequest) -> list[tuple[Any, str]]:
    """What it once was with its conditions in words; nothing while it is as it was made."""
    rows = [(row, _words(filtered, row.query, request)) for row in saved_filter_history(saved)]
    return rows if len(rows) > 1 else []


def _form(saved: SavedFilter, sent: Any = None) -> SavedFilterChangeForm:
    initial = {"name": saved.name, "shared": saved.is_shared, SORT: saved.query.get(SORT, "")}
    filtered = list_of(saved.list_key)
    return SavedFilterChangeForm(sent, filtered=filtered, initial=initial, auto_id=f"filter_{saved.pk}_%s")


def _words(filtered: FilteredList, query: dict[str, str], request: HttpRequest) -> str:
    return ", ".join(filtered.said(query, current_profile(request)))
