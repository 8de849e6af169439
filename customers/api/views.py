"""Endpoints about customers that need no floor above. The one about a single customer is the shell's."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.pagination import listing
from billing_assistant.core.api.saved_filters import SAVED_FILTER, saved_filter_of
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.filtered_lists import narrowed
from billing_assistant.core.rights import Right
from customers import selectors
from customers.api import serializers as shown
from customers.api.query import filters_of, sort_of
from customers.figure_selectors import customer_stats
from customers.ordering import SORTS, customers_slice
from customers.services.customers import customer_create

FILTERS = [
    OpenApiParameter("search", OpenApiTypes.STR, description="Part of name, e-mail or phone, or a whole number."),
    OpenApiParameter("status", OpenApiTypes.STR, enum=["active", "inactive", "suspended"]),
    OpenApiParameter("payment_status", OpenApiTypes.STR, enum=["good", "warning", "overdue"]),
    OpenApiParameter("billing_cycle", OpenApiTypes.STR),
    OpenApiParameter("payment_method", OpenApiTypes.STR),
    OpenApiParameter("outstanding", OpenApiTypes.BOOL, description="Only who owes something, or nothing."),
    OpenApiParameter("min_outstanding", OpenApiTypes.DECIMAL, description="Only who owes more than this."),
    OpenApiParameter("currency", OpenApiTypes.STR, description="Of `min_outstanding`; else the profile's."),
    OpenApiParameter("tag", OpenApiTypes.STR),
    SAVED_FILTER,
    OpenApiParameter(
        "sort",
        OpenApiTypes.STR,
        description="A minus turns it round. `outstanding_balance` and `last_invoice_date` are known too.",
        enum=list(SORTS),
    ),
]


class CustomersView(ApiView):
    """Customers of the business profile."""

    rights = {"GET": Right.CUSTOMERS_VIEW, "POST": Right.CUSTOMERS_EDIT}
    request_bodies = {"POST": shown.CustomerCreateSerializer}
    answers = {"GET": shown.CustomerListSerializer, "POST": shown.CustomerSerializer}
    list_key = "customers"
    query = FILTERS

    def get(self, request: Request) -> Response:
        """Customers, searched, filtered and sorted."""
        filters = filters_of(request.query_params, self.profile.currency)
        mine = selectors.customers_for(self.actor, profile_id=self.profile_id)
        kept: dict[str, str] = {}
        if (saved := saved_filter_of(self, request.query_params, "customers")) is not None:
            mine, kept = narrowed(mine, saved, self.now), saved.query
        rows = selectors.customers_filtered(mine, filters)
        sort = sort_of(kept | request.query_params.dict())
        found = listing(
            rows,
            request.query_params,
            ordered=lambda skip, limit: customers_slice(rows, sort, profile_id=self.profile_id, skip=skip, limit=limit),
        )
        items = [shown.list_item(row) for row in selectors.rows_of(found.rows)]
        return Response({"customers": shown.CustomerListSerializer(items, many=True).data, **found.about})

    def post(self, request: Request) -> Response:
        """Adds a customer."""
        body = self.parse(shown.CustomerCreateSerializer)
        try:
            customer = customer_create(
                profile_id=self.profile_id, data=shown.new_data(body), actor=self.actor, now=self.now
            )
        except ValidationFailed as error:
            raise shown.as_in_body(error, body) from error
        item: dict[str, Any] = shown.customer_item(customer, selectors.account_of(customer), self.actor)
        location = f"/api/customers/{customer.number}"
        return Response(shown.CustomerSerializer(item).data, status=201, headers={"Location": location})


class CustomerStatsView(ApiView):
    """Figures about all customers of the business profile."""

    rights = {"GET": Right.CUSTOMERS_VIEW}
    answers = {"GET": shown.CustomerStatsSerializer}

    def get(self, request: Request) -> Response:
        """Counts, what is outstanding, and who was billed most."""
        stats = customer_stats(self.actor, profile_id=self.profile_id, with_top=True)
        return Response(shown.CustomerStatsSerializer(shown.stats_item(stats, self.profile.currency)).data)
