"""The endpoint of the sales report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.fields import ExactNumberField
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import quantize
from billing_assistant.core.ui.lists import word_of
from invoices.api.reports import PERIOD, PeriodView
from invoices.sales_selectors import SalesBy, sales_report


class SalesRowOut(serializers.Serializer[Any]):
    """What one item, category or customer brought, net; `id` and `name` are empty for lines that have none."""

    id = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    documents = serializers.IntegerField()
    quantity = ExactNumberField(allow_null=True, help_text="Null where the lines have different units.")
    unit = serializers.CharField()
    net = ExactNumberField(decimals=4)


class SalesOut(serializers.Serializer[Any]):
    """The sales of a period, by currency, the largest first."""

    since = serializers.DateField()
    until = serializers.DateField()
    by = serializers.CharField()
    rows = SalesRowOut(many=True)


class SalesView(PeriodView):
    """Sales of a period."""

    answers = {"GET": SalesOut}
    query = (
        *PERIOD,
        OpenApiParameter(
            "by", OpenApiTypes.STR, enum=list(SalesBy), description="What a row stands for; left out: item."
        ),
    )

    def get(self, request: Request) -> Response:
        """Net sales by item of the catalogue, by category or by customer; credit notes are taken off."""
        since, until = self.period()
        by = self._by()
        report = sales_report(self.actor, profile=self.profile, since=since, until=until, by=by)
        rows = [
            {
                "id": row.key,
                "name": row.name,
                "currency": row.currency,
                "documents": row.documents,
                "quantity": row.quantity,
                "unit": row.unit if row.quantity is not None else "",
                "net": quantize(row.net, row.currency),
            }
            for row in report.rows
        ]
        return Response(SalesOut({"since": since, "until": until, "by": by.value, "rows": rows}).data)

    def _by(self) -> SalesBy:
        """What a row stands for. Raises ValidationFailed."""
        query = self.request.query_params
        found = word_of(SalesBy, query, "by") if query.get("by") else SalesBy.ITEM
        if found is None:
            known = ", ".join(SalesBy)
            raise ValidationFailed({"by": [_("Choose one of: %(known)s.") % {"known": known}]})
        return found
