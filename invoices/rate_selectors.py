"""Reads for the settings of billing: tax rates, number series, exchange rates, the history of the lock date."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Right
from invoices.models import ExchangeRate, NumberSeries, TaxRate
from invoices.services.lock_date import MOVED


def tax_rates_all(actor: Actor, *, profile_id: UUID) -> QuerySet[TaxRate]:
    """Every rate of a profile, by category, the latest first. Raises PermissionRefused, NotFound."""
    _scope(actor, profile_id)
    rates = TaxRate.objects.filter(profile_id=profile_id)
    return rates.order_by("-is_default", "category", F("valid_from").desc(nulls_last=True), "-rate")


def tax_rate_get(actor: Actor, rate_id: UUID) -> TaxRate:
    """One rate with its profile. Raises PermissionRefused, NotFound."""
    actor.require(Right.SETTINGS_EDIT)
    rate = TaxRate.objects.select_related("profile").filter(pk=rate_id).first()
    if rate is None or not actor.can_see(rate.profile_id):
        raise NotFound(_("There is no such tax rate."))
    return rate


def series_all(actor: Actor, *, profile_id: UUID) -> QuerySet[NumberSeries]:
    """Every series of a profile, those of imports last. Raises PermissionRefused, NotFound."""
    _scope(actor, profile_id)
    series = NumberSeries.objects.filter(profile_id=profile_id).prefetch_related("counters")
    return series.order_by("-in_gap_report", "-kind", "-is_default", "code")


def series_for_drafts(profile_id: UUID) -> QuerySet[NumberSeries]:
    """The series that a draft can name, the default first. The caller has scoped the profile."""
    series = NumberSeries.objects.filter(profile_id=profile_id, kind="invoice", in_gap_report=True)
    return series.order_by("-is_default", "code")


def exchange_rates_for(actor: Actor, *, profile_id: UUID) -> QuerySet[ExchangeRate]:
    """The exchange rates of a profile, newest first. Raises PermissionRefused, NotFound."""
    _scope(actor, profile_id)
    return ExchangeRate.objects.filter(profile_id=profile_id).order_by("-valid_on", "-id")


def lock_date_history(actor: Actor, *, profile_id: UUID) -> QuerySet[Event]:
    """When the lock date was moved, by whom and why, newest first. Raises PermissionRefused, NotFound."""
    _scope(actor, profile_id)
    return Event.objects.filter(profile_id=profile_id, name=MOVED).order_by("-id")


def _scope(actor: Actor, profile_id: UUID) -> None:
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
