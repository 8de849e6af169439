"""Endpoints of recurring plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.pagination import whole_number
from billing_assistant.core.api.saved_filters import SAVED_FILTER, narrowed_by_saved
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import text_of, word_of
from customers.selectors import customer_get
from invoices.api.plan_answers import PlanOut, PlanPeriodOut, PlanPreviewOut, ahead_body
from invoices.api.plan_bodies import PlanChangeIn, PlanFromInvoiceIn, PlanIn, input_body, plan_input
from invoices.models import Plan
from invoices.plan_selectors import PlanFilters, periods_of, plan_get, plans_filtered, plans_for
from invoices.plan_states import PlanStatus, PlanUnit
from invoices.selectors import invoice_get
from invoices.services.plan_filling import plan_input_of
from invoices.services.plan_input import MOST_EVERY, PlanInput
from invoices.services.plan_origins import plan_input_from_invoice
from invoices.services.plan_preview import MOST_AHEAD, plan_preview
from invoices.services.plans import plan_create, plan_update
from invoices.states import InvoiceKind

READ, WRITE = Right.INVOICES_VIEW, Right.INVOICES_DRAFT
AHEAD: Final = 6
BODY_NAMES: Final = {
    "lines": "items",
    "unit_price": "rate",
    "starts_on": "start_date",
    "ends_on": "end_date",
    "prorates": "prorate",
    "from_on": "from_date",
}


class PlanView(ApiView):
    """What the plan endpoints share."""

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal of the services names the fields as the body does: `lines.0.unit_price` is `items.0.rate`."""
        if isinstance(exc, ValidationFailed):
            given = getattr(self.request, "_full_data", None)
            body = given if isinstance(given, dict) else {}
            exc = ValidationFailed({_in_body(field, body): reasons for field, reasons in exc.errors.items()})
        return super().handle_exception(exc)

    def shown(self, plan: Plan) -> dict[str, Any]:
        """A plan as it is now, with its lines."""
        return dict(PlanOut(plan_get(self.actor, plan.pk)).data)


class Plans(PlanView):
    """Recurring plans."""

    rights = {"GET": READ, "POST": WRITE}
    list_key = "plans"
    request_bodies = {"POST": PlanIn}
    answers = {"GET": PlanOut, "POST": PlanOut}
    query = (
        OpenApiParameter("customer", OpenApiTypes.STR, description="Number or id."),
        OpenApiParameter("status", OpenApiTypes.STR, enum=list(PlanStatus)),
        OpenApiParameter("unit", OpenApiTypes.STR, enum=list(PlanUnit)),
        OpenApiParameter("due_before", OpenApiTypes.DATETIME, description="Active, and billed before this moment."),
        OpenApiParameter("search", OpenApiTypes.STR, description="Part of the name, number or customer."),
        SAVED_FILTER,
    )

    def get(self, request: Request) -> Response:
        """Plans, newest first."""
        mine = plans_for(self.actor).filter(profile_id=self.profile_id)
        mine = narrowed_by_saved(self, mine, request.query_params, "plans")
        rows = plans_filtered(mine, self._filters(request.query_params))
        return self.page(rows.select_related("template", "series").prefetch_related("lines"), PlanOut)

    def post(self, request: Request) -> Response:
        """Makes a plan, active from now on. The product computes every total."""
        values = self.parse(PlanIn)
        customer = customer_get(self.actor, values["customer_id"], profile_id=self.profile_id)
        plan = plan_create(
            customer_id=customer.pk,
            data=plan_input(values, customer),
            bills_from=values["bills_from"],
            actor=self.actor,
            now=self.now,
        )
        return Response(self.shown(plan), status=201)

    def _filters(self, query: Mapping[str, str]) -> PlanFilters:
        for name, words in (("status", PlanStatus), ("unit", PlanUnit)):
            if query.get(name) and query[name] not in set(words):
                raise ValidationFailed({name: [_("Write one of: %(known)s.") % {"known": ", ".join(words)}]})
        wanted, moment = query.get("customer", ""), query.get("due_before", "")
        due_before = _moment(moment) if moment else None
        customer = customer_get(self.actor, wanted, profile_id=self.profile_id) if wanted else None
        return PlanFilters(
            search=text_of(query, "search"),
            status=word_of(PlanStatus, query, "status"),
            unit=word_of(PlanUnit, query, "unit"),
            customer_id=customer.pk if customer else None,
            due_before=due_before,
        )


class OnePlan(PlanView):
    """One plan."""

    rights = {"GET": READ, "PATCH": WRITE}
    request_bodies = {"PATCH": PlanChangeIn}
    answers = {"GET": PlanOut, "PATCH": PlanOut}

    def get(self, request: Request, plan_ref: str) -> Response:
        """The plan with every set of its lines."""
        return Response(self.shown(plan_get(self.actor, plan_ref)))

    def patch(self, request: Request, plan_ref: str) -> Response:
        """Saves a change; fields that are left out stay. With `version`, refused if somebody saved meanwhile.

        Once a period was billed, the rhythm, currency and price mode stay, and lines change at `/lines`.
        """
        plan = plan_get(self.actor, plan_ref)
        values = self.parse(PlanChangeIn)
        present = _body(plan_input_of(plan), plan)
        if {"discount_percent", "discount_amount"} & set(request.data):
            present |= {"discount_percent": None, "discount_amount": None}
        given = {name: value for name, value in values.items() if name in request.data}
        data = plan_input(present | given, plan.customer)
        plan_update(plan_id=plan.pk, data=data, expected_version=values["version"], actor=self.actor, now=self.now)
        return Response(self.shown(plan))


class PlanAhead(PlanView):
    """What a plan bills next."""

    rights = {"GET": READ}
    answers = {"GET": PlanPreviewOut}
    query = (OpenApiParameter("count", OpenApiTypes.INT, description="How many periods, at most 60; usually 6."),)

    def get(self, request: Request, plan_ref: str) -> Response:
        """The next periods with dates and amounts, computed by the code that bills."""
        plan = plan_get(self.actor, plan_ref)
        count = whole_number(request.query_params, "count", default=AHEAD, least=1, most=MOST_AHEAD)
        periods = [ahead_body(one) | {"currency": plan.currency} for one in plan_preview(plan, count=count)]
        return Response(PlanPreviewOut({"currency": plan.currency, "periods": periods}).data)


class PlanPeriods(PlanView):
    """What was billed of a plan."""

    rights = {"GET": READ}
    list_key = "periods"
    answers = {"GET": PlanPeriodOut}

    def get(self, request: Request, plan_ref: str) -> Response:
        """The periods that were billed or skipped, the latest first."""
        return self.page(periods_of(plan_get(self.actor, plan_ref)), PlanPeriodOut)


class InvoicePlan(PlanView):
    """From an invoice to a plan."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": PlanFromInvoiceIn}
    answers = {"POST": PlanOut}

    def post(self, request: Request, invoice_ref: str) -> Response:
        """Makes a plan that bills what the invoice billed, for its customer."""
        invoice = invoice_get(self.actor, invoice_ref)
        if invoice.kind != InvoiceKind.INVOICE:
            raise ValidationFailed(_("A plan is made of an invoice, not of a credit note."))
        values = self.parse(PlanFromInvoiceIn)
        every = min(max(values["every"], 1), MOST_EVERY)
        begun = plan_input_from_invoice(invoice, unit=PlanUnit(values["unit"]), every=every)
        given = {name: value for name, value in values.items() if name in request.data}
        present = values | input_body(begun, template="", series="")
        data = plan_input(present | given, invoice.customer)
        kept = {"lines": "items", "template_id": "template", "series_id": "series"}
        own = {name: getattr(begun, name) for name, field in kept.items() if field not in request.data}
        data = replace(data, **own)
        plan = plan_create(
            customer_id=invoice.customer_id,
            data=data,
            bills_from=values["bills_from"],
            actor=self.actor,
            now=self.now,
        )
        return Response(self.shown(plan), status=201)


def _body(data: PlanInput, plan: Plan) -> dict[str, Any]:
    return input_body(
        data,
        template=plan.template.number if plan.template else "",
        series=plan.series.code if plan.series else "",
    )


def _moment(text: str) -> Any:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValidationFailed({"due_before": [_("Write a moment like 2026-03-31T00:00:00Z.")]})
    return found


def _in_body(field: str, body: Mapping[str, Any]) -> str:
    if field == "discount_value":
        return "discount_amount" if body.get("discount_amount") is not None else "discount_percent"
    return ".".join(BODY_NAMES.get(part, part) for part in field.split("."))
