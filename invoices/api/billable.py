"""Endpoints of billable work: a CRM or a time tracker sends it, drafts are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import day_of, text_of, word_of
from customers.selectors import customer_get
from invoices.api.billable_bodies import (
    BillableDraftsIn,
    BillableDraftsOut,
    BillableIn,
    BillableManyIn,
    BillableManyOut,
    BillableOut,
    BillableTakenOut,
    made_body,
    planned_body,
)
from invoices.billable_selectors import BillableFilters, billable_filtered, billable_for, billable_get
from invoices.billable_states import BillableKind, BillableState
from invoices.services.billable import billable_dismiss, billable_take, billable_update
from invoices.services.billable_drafts import Chosen, billable_drafts_make, billable_drafts_plan
from invoices.services.billable_input import BillableInput
from invoices.states import DraftSource, TaxCategory

READ, WRITE = Right.INVOICES_VIEW, Right.INVOICES_DRAFT
BODY_NAMES: Final = {"unit_price": "rate", "worked_on": "date", "customer": "customer_id"}


def _one_or_many(name: str, one: type[Any], many: type[Any]) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(component_name=name, serializers=[one, many], resource_type_field_name=None)


class BillableView(ApiView):
    """What these endpoints share."""

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal of the services names the fields as the body does: `0.unit_price` is `items.0.rate`."""
        if isinstance(exc, ValidationFailed):
            exc = ValidationFailed({_in_body(field): reasons for field, reasons in exc.errors.items()})
        return super().handle_exception(exc)

    def input(self, values: Mapping[str, Any]) -> BillableInput:
        """The checked body as input of the services. Raises NotFound for a customer that is not there."""
        customer = customer_get(self.actor, values["customer_id"], profile_id=self.profile_id)
        category = values.get("tax_category")
        return BillableInput(
            customer_id=customer.pk,
            kind=BillableKind(values["kind"]),
            worked_on=values.get("date") or local_today(self.profile, self.now),
            unit_price=values["rate"],
            currency=values["currency"].upper(),
            tax_category=TaxCategory(category) if category else None,
            tax_rate=values.get("tax_rate"),
            catalogue_item_id=values["catalogue_item"],
            **{name: values[name] for name in ("description", "quantity", "unit", "project", "source", "external_id")},
        )


class Billable(BillableView):
    """Work to be billed, and what became of it."""

    rights = {"GET": READ, "POST": WRITE}
    list_key = "items"
    request_bodies = {"POST": _one_or_many("BillableBody", BillableIn, BillableManyIn)}
    answers = {"GET": BillableOut, "POST": _one_or_many("BillableAnswer", BillableTakenOut, BillableManyOut)}
    query = (
        OpenApiParameter("customer", OpenApiTypes.STR, description="Number or id."),
        OpenApiParameter("kind", OpenApiTypes.STR, enum=list(BillableKind)),
        OpenApiParameter("state", OpenApiTypes.STR, enum=list(BillableState)),
        OpenApiParameter("project", OpenApiTypes.STR),
        OpenApiParameter("since", OpenApiTypes.DATE, description="Work of this day or later."),
        OpenApiParameter("until", OpenApiTypes.DATE, description="Work of this day or earlier."),
        OpenApiParameter("search", OpenApiTypes.STR, description="Part of the description, project or customer."),
    )

    def get(self, request: Request) -> Response:
        """Work, newest first."""
        mine = billable_for(self.actor, profile_id=self.profile_id)
        return self.page(billable_filtered(mine, self._filters(request.query_params)), BillableOut)

    def post(self, request: Request) -> Response:
        """Takes one piece of work, or up to 500 as `items`, all or none.

        Work with `source` and `external_id` exists once: sent again it changes what is open and leaves the rest.
        """
        many = isinstance(request.data, dict) and "items" in request.data
        rows = self.parse(BillableManyIn)["items"] if many else [self.parse(BillableIn)]
        taken = billable_take(
            profile_id=self.profile_id, data=[self.input(row) for row in rows], actor=self.actor, now=self.now
        )
        fresh = billable_for(self.actor).in_bulk([one.item.pk for one in taken])
        shown = [BillableOut(fresh[one.item.pk]).data | {"outcome": one.outcome} for one in taken]
        status = 201 if any(one.outcome == "created" for one in taken) else 200
        return Response({"items": shown} if many else shown[0], status=status)

    def _filters(self, query: Mapping[str, str]) -> BillableFilters:
        for name, words in (("kind", BillableKind), ("state", BillableState)):
            if query.get(name) and query[name] not in set(words):
                raise ValidationFailed({name: [_("Write one of: %(known)s.") % {"known": ", ".join(words)}]})
        wanted = query.get("customer", "")
        customer = customer_get(self.actor, wanted, profile_id=self.profile_id) if wanted else None
        return BillableFilters(
            search=text_of(query, "search"),
            customer_id=customer.pk if customer else None,
            kind=word_of(BillableKind, query, "kind"),
            state=word_of(BillableState, query, "state"),
            project=text_of(query, "project"),
            since=day_of(query, "since"),
            until=day_of(query, "until"),
        )


class OneBillable(BillableView):
    """One piece of work."""

    rights = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}
    request_bodies = {"PUT": BillableIn}
    answers = {"GET": BillableOut, "PUT": BillableOut}

    def get(self, request: Request, billable_id: UUID) -> Response:
        """The work."""
        return Response(BillableOut(billable_get(self.actor, billable_id)).data)

    def put(self, request: Request, billable_id: UUID) -> Response:
        """Replaces open work."""
        item = billable_get(self.actor, billable_id)
        billable_update(item_id=item.pk, data=self.input(self.parse(BillableIn)), actor=self.actor, now=self.now)
        return Response(BillableOut(billable_get(self.actor, item.pk)).data)

    def delete(self, request: Request, billable_id: UUID) -> Response:
        """Says that open work is not billed. Nothing is deleted."""
        billable_dismiss(item_id=billable_get(self.actor, billable_id).pk, actor=self.actor, now=self.now)
        return Response(status=204)


class BillableDrafts(BillableView):
    """Drafts from billable work."""

    rights = {"POST": WRITE}
    request_bodies = {"POST": BillableDraftsIn}
    answers = {"POST": BillableDraftsOut}

    def post(self, request: Request) -> Response:
        """Makes drafts, grouped as each customer wants; with `dry_run`, says what they would be."""
        values = self.parse(BillableDraftsIn)
        wanted = values["customer_id"]
        customer = customer_get(self.actor, wanted, profile_id=self.profile_id) if wanted else None
        chosen = Chosen(
            profile_id=self.profile_id,
            item_ids=tuple(values["items"]) if "items" in values else None,
            filters=BillableFilters(
                customer_id=customer.pk if customer else None,
                kind=BillableKind(values["kind"]) if "kind" in values else None,
                project=values["project"],
                since=values["since"],
                until=values["until"],
            ),
        )
        if values["dry_run"]:
            return Response(planned_body(billable_drafts_plan(chosen=chosen, actor=self.actor)))
        made = billable_drafts_make(chosen=chosen, actor=self.actor, now=self.now, generated_by=DraftSource.API)
        return Response(made_body(made), status=201 if made.drafts else 200)


def _in_body(field: str) -> str:
    """`0.unit_price` is `items.0.rate`."""
    parts = [BODY_NAMES.get(part, part) for part in field.split(".")]
    return ".".join(["items", *parts] if parts[0].isdigit() else parts)
