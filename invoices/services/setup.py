"""What a business profile needs before it can bill."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from billing_assistant.core.models import BusinessProfile
from invoices.models import NumberSeries, TaxRate
from invoices.states import InvoiceKind, TaxCategory


def profile_prepare(*, profile_id: UUID) -> None:
    """Gives a profile its default number series and tax rates; safe to call again."""
    with transaction.atomic():
        profile = BusinessProfile.objects.select_for_update().get(pk=profile_id)
        patterns = {
            InvoiceKind.INVOICE: ("INV", profile.invoice_number_format),
            InvoiceKind.CREDIT_NOTE: ("CN", profile.credit_note_number_format),
        }
        for kind, (code, pattern) in patterns.items():
            if not NumberSeries.objects.filter(profile=profile, kind=kind, is_default=True).exists():
                NumberSeries.objects.create(
                    profile=profile,
                    kind=kind,
                    code=code,
                    pattern=pattern,
                    restarts_yearly=profile.numbers_restart_yearly,
                )
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
