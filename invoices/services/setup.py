"""What a business profile needs before it can bill."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from invoices.models import NumberSeries, TaxRate
from invoices.services.templates import template_default_make
from invoices.states import InvoiceKind, TaxCategory


def numbering_follow(*, profile_id: UUID) -> None:
    """Has the series that a profile began with take its number formats, from the next number on.

    Series that were added have formats of their own.

    Raises ValidationFailed when a series that is in use would begin or cease to start again each year: the numbers of
    one would meet those of the other.
    """
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        patterns = {
            InvoiceKind.INVOICE: profile.invoice_number_format,
            InvoiceKind.CREDIT_NOTE: profile.credit_note_number_format,
        }
        restarts = profile.numbers_restart_yearly
        for series in NumberSeries.objects.filter(
            profile=profile, follows_profile=True, in_gap_report=True, kind__in=patterns
        ):
            if series.restarts_yearly != restarts and series.counters.filter(last_number__gt=0).exists():
                reason = _("Numbers were given out already. A new series is needed to count another way.")
                raise ValidationFailed({"numbers_restart_yearly": [reason]})
            pattern = patterns[InvoiceKind(series.kind)]
            if (series.pattern, series.restarts_yearly) != (pattern, restarts):
                series.pattern, series.restarts_yearly = pattern, restarts
                series.save(update_fields=["pattern", "restarts_yearly"])


def profile_prepare(*, profile_id: UUID) -> None:
    """Gives a profile its default number series, tax rates and template; safe to call again."""
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        patterns = {
            InvoiceKind.INVOICE: ("INV", profile.invoice_number_format),
            InvoiceKind.CREDIT_NOTE: ("CN", profile.credit_note_number_format),
        }
        counted = set(NumberSeries.objects.filter(profile=profile, is_default=True).values_list("kind", flat=True))
        missing = [kind for kind in patterns if kind not in counted]
        NumberSeries.objects.bulk_create(
            NumberSeries(
                profile=profile,
                kind=kind,
                code=patterns[kind][0],
                pattern=patterns[kind][1],
                restarts_yearly=profile.numbers_restart_yearly,
            )
            for kind in missing
        )
        template_default_make(profile_id=profile.pk)
        if not TaxRate.objects.filter(profile=profile).exists():
            TaxRate.objects.bulk_create(
                [
                    TaxRate(
                        profile=profile,
                        name=f"{profile.tax_name} {profile.default_tax_rate.normalize():f} %",
                        category=TaxCategory.STANDARD,
                        rate=profile.default_tax_rate,
                        is_default=True,
                    ),
                    TaxRate(profile=profile, name="Zero rated", category=TaxCategory.ZERO),
                    TaxRate(profile=profile, name="Exempt", category=TaxCategory.EXEMPT),
                    TaxRate(profile=profile, name="Reverse charge", category=TaxCategory.REVERSE_CHARGE),
                ]
            )
