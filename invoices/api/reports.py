"""Endpoints of the reports about tax and numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import day_of
from invoices.number_selectors import numbers_report
from invoices.vat_selectors import VatReport, VatRow, vat_report

PERIOD = (
    OpenApiParameter("since", OpenApiTypes.DATE, description="First local day; left out, the first of this month."),
    OpenApiParameter("from", OpenApiTypes.DATE, description="Another name of `since`."),
    OpenApiParameter("until", OpenApiTypes.DATE, description="Last local day; left out, today."),
)


class VatRowOut(serializers.Serializer[Any]):
    """Output tax of one section, category and rate in one currency; credit notes and late voids are negative."""

    section = serializers.CharField()
    currency = serializers.CharField()
    category = serializers.CharField()
    rate = ExactNumberField(decimals=4)
    documents = serializers.IntegerField()
    base = MoneyField()
    tax = MoneyField()
    converted_base = ExactNumberField(decimals=4)
    converted_tax = ExactNumberField(decimals=4)
    unconverted_documents = serializers.IntegerField()


class VatTieOut(serializers.Serializer[Any]):
    """Tax by documents beside tax by the ledger."""

    currency = serializers.CharField()
    tax = MoneyField()
    ledger = MoneyField()
    ties = serializers.BooleanField(source="holds")


class VatOut(serializers.Serializer[Any]):
    """The tax report of a period; `converted_*` are in `currency` at the rates frozen on the documents."""

    since = serializers.DateField()
    until = serializers.DateField()
    currency = serializers.CharField()
    converted_base = MoneyField()
    converted_tax = MoneyField()
    rows = VatRowOut(many=True)
    ledger = VatTieOut(many=True)
    ties = serializers.BooleanField()


class GapOut(serializers.Serializer[Any]):
    """Numbers that are missing, from the first to the last."""

    first = serializers.IntegerField()
    last = serializers.IntegerField()


class SeriesYearOut(serializers.Serializer[Any]):
    """What a series gave out in a year; year 0: it never starts again. `gaps` has the first fifty."""

    series = serializers.CharField(source="code")
    kind = serializers.CharField()
    year = serializers.IntegerField()
    imported = serializers.SerializerMethodField()
    first = serializers.IntegerField(allow_null=True)
    last = serializers.IntegerField(allow_null=True)
    given_out = serializers.IntegerField()
    documents = serializers.IntegerField()
    missing = serializers.IntegerField()
    gaps = serializers.SerializerMethodField()
    voids = serializers.IntegerField()
    out_of_order = serializers.IntegerField()
    first_on = serializers.DateField(allow_null=True)
    last_on = serializers.DateField(allow_null=True)

    def get_imported(self, row: Any) -> bool:
        return not row.in_gap_report

    def get_gaps(self, row: Any) -> list[dict[str, int]]:
        return [{"first": first, "last": last} for first, last in row.gaps]


class NumberGapsOut(serializers.Serializer[Any]):
    """The gap report: complete when no series of it misses a number or is dated out of order."""

    complete = serializers.BooleanField()
    series = SeriesYearOut(many=True)


class PeriodView(ApiView):
    """A report about a period."""

    rights = {"GET": Right.REPORTS_VIEW}

    def period(self) -> tuple[date, date]:
        """The days that were asked for, by default this month until today. Raises ValidationFailed."""
        today = local_today(self.profile, self.now)
        since = self._day("since", self._day("from", today.replace(day=1)))
        until = self._day("until", today)
        if until < since:
            raise ValidationFailed({"until": [_("The period ends before it begins.")]})
        return since, until

    def _day(self, name: str, otherwise: date) -> date:
        if not self.request.query_params.get(name, "").strip():
            return otherwise
        found = day_of(self.request.query_params, name)
        if found is None:
            raise ValidationFailed({name: [_("Write a date like 2026-03-31.")]})
        return found


class VatReportView(PeriodView):
    """Output tax of a period."""

    answers = {"GET": VatOut}
    query = PERIOD

    def get(self, request: Request) -> Response:
        """Output tax by section, category, rate and currency, tied to the ledger."""
        since, until = self.period()
        report = vat_report(self.actor, profile=self.profile, since=since, until=until)
        return Response(VatOut(_vat(report)).data)


class NumberGapsView(ApiView):
    """The gap report."""

    rights = {"GET": Right.REPORTS_VIEW}
    answers = {"GET": NumberGapsOut}

    def get(self, request: Request) -> Response:
        """Each number series and year: first, last, how many, what is missing."""
        rows = numbers_report(self.actor, profile_id=self.profile_id)
        complete = all(row.holds for row in rows if row.in_gap_report)
        return Response(NumberGapsOut({"complete": complete, "series": rows}).data)


def _vat(report: VatReport) -> dict[str, Any]:
    return {
        "since": report.since,
        "until": report.until,
        "currency": report.home,
        "converted_base": report.home_base,
        "converted_tax": report.home_tax,
        "rows": [_row(row) for row in report.rows],
        "ledger": report.ties,
        "ties": report.holds,
    }


def _row(row: VatRow) -> dict[str, Decimal | str | int]:
    return {
        "section": row.section,
        "currency": row.currency,
        "category": row.category,
        "rate": row.rate,
        "documents": row.documents,
        "base": row.base,
        "tax": row.tax,
        "converted_base": row.home_base,
        "converted_tax": row.home_tax,
        "unconverted_documents": row.unconverted,
    }
