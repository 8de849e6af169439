"""Endpoints about invoices that providers made by themselves. They are read only."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.fields import MoneyField
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from customers.selectors import customer_get
from payments.models import ExternalInvoice
from payments.selectors.external_invoices import (
    ExternalInvoiceFilters,
    external_invoice_get,
    external_invoices_filtered,
    external_invoices_for,
)
from payments.states import ExternalInvoiceState


class ExternalInvoiceOut(serializers.Serializer[ExternalInvoice]):
    """An invoice as its provider has it. `customer_id` is empty until somebody says whose it is."""

    id = serializers.UUIDField()
    provider = serializers.CharField()
    external_id = serializers.CharField()
    number = serializers.CharField()
    status = serializers.CharField()
    customer_id = serializers.CharField(source="customer.number", default=None, allow_null=True)
    payer_name = serializers.CharField()
    payer_email = serializers.CharField()
    subscription = serializers.CharField()
    currency = serializers.CharField()
    total = MoneyField()
    amount_paid = MoneyField()
    amount_due = MoneyField()
    url = serializers.CharField()
    made_at = serializers.DateTimeField()
    period_start = serializers.DateTimeField()
    period_end = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.DateTimeField(allow_null=True)
    attempts = serializers.IntegerField()
    read_at = serializers.DateTimeField()


class ExternalInvoicesView(ApiView):
    """Invoices that providers made by themselves (Stripe Billing)."""

    rights = {"GET": Right.PAYMENTS_VIEW}
    answers = {"GET": ExternalInvoiceOut}
    list_key = "provider_invoices"
    query = (
        OpenApiParameter("status", OpenApiTypes.STR, enum=[state.value for state in ExternalInvoiceState]),
        OpenApiParameter("customer", OpenApiTypes.STR, description="UUID or number of a customer."),
        OpenApiParameter("search", OpenApiTypes.STR, description="Part of number, payer or the customer's name."),
    )

    def get(self, request: Request) -> Response:
        """Invoices of providers, newest first. They are in no book of ours."""
        query = request.query_params
        rows = external_invoices_for(self.actor, self.profile_id)
        if query.get("customer"):
            rows = rows.filter(customer=customer_get(self.actor, query["customer"], profile_id=self.profile_id))
        search = query.get("search", "").replace("\x00", "")[:100]
        filters = ExternalInvoiceFilters(search=search, status=_status(query.get("status", "")))
        return self.page(external_invoices_filtered(rows, filters), ExternalInvoiceOut)


class ExternalInvoiceView(ApiView):
    """One of them."""

    rights = {"GET": Right.PAYMENTS_VIEW}
    answers = {"GET": ExternalInvoiceOut}

    def get(self, request: Request, external_invoice_id: UUID) -> Response:
        """An invoice of a provider by our id."""
        return Response(ExternalInvoiceOut(external_invoice_get(self.actor, external_invoice_id)).data)


def _status(text: str) -> ExternalInvoiceState | None:
    try:
        return ExternalInvoiceState(text) if text else None
    except ValueError:
        known = ", ".join(state.value for state in ExternalInvoiceState)
        raise ValidationFailed({"status": [_("Choose one of: %(known)s.") % {"known": known}]}) from None
