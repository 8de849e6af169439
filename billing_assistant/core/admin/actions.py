"""Use cases as actions on a list: one service call a row, what was refused is told row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.web.requests import actor_of, now_of

MOST_ROWS: Final = 200
TEMPLATE: Final = "admin/service_action.html"
ForRow = Callable[..., Any]
Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponseBase | None]


def service_action(label: Any, *, right: Right, asks_reason: bool = False) -> Callable[[ForRow], Action]:
    """Makes an action out of a method that takes a row, an actor and now (and a reason), and calls one service.

    It asks first, on a page that lists the rows. A row that is refused does not keep the others from being done.

        @service_action(_("Void"), right=Right.INVOICES_VOID, asks_reason=True)
        def void(self, row: Invoice, *, actor: Actor, now: datetime, reason: str) -> None:
            invoice_void(invoice_id=row.pk, actor=actor, now=now, reason=reason)
    """

    def make(for_row: ForRow) -> Action:
        @wraps(for_row)
        def action(table: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase | None:
            chosen = list(rows[: MOST_ROWS + 1])
            if len(chosen) > MOST_ROWS:
                table.message_user(request, _("Choose at most 200 rows."), messages.ERROR)
                return None
            if request.POST.get("confirmed") != "yes":
                return _ask(table, request, chosen, label=label, asks_reason=asks_reason)
            extra = {"reason": request.POST.get("reason", "").strip()} if asks_reason else {}
            _carry_out(table, request, chosen, for_row, extra)
            return None

        action.short_description = label  # type: ignore[attr-defined]
        action.right = right  # type: ignore[attr-defined]
        return action

    return make


def _ask(table: Any, request: HttpRequest, rows: list[Any], *, label: Any, asks_reason: bool) -> HttpResponseBase:
    context = {
        **table.admin_site.each_context(request),
        "title": label,
        "rows": rows,
        "action": request.POST.get("action", ""),
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "asks_reason": asks_reason,
        "opts": table.model._meta,
    }
    return render(request, TEMPLATE, context)


def _carry_out(table: Any, request: HttpRequest, rows: list[Any], for_row: ForRow, extra: dict[str, str]) -> None:
    actor: Actor = actor_of(request)
    now: datetime = now_of(request)
    done = 0
    for row in rows:
        try:
            for_row(table, row, actor=actor, now=now, **extra)
        except DomainError as error:
            table.message_user(request, f"{row}: {error.message}", messages.ERROR)
        else:
            done += 1
    if done:
        table.message_user(request, ngettext("%(n)d row done.", "%(n)d rows done.", done) % {"n": done})
