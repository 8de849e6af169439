"""What can be said of a draft, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO
from customers.states import LANGUAGES
from invoices.models import InvoiceTemplate, NumberSeries
from invoices.services.compute import HUNDRED, Discount, LineInput
from invoices.states import DiscountKind, InvoiceKind

MAX_TERMS_DAYS: Final = 3650
LONGEST: Final = {"reference": 120, "project": 120, "promo_code": 40}


@dataclass(frozen=True, slots=True)
class DraftInput:
    """What a person, a program or the assistant proposes. Totals are not among it: they are computed.

    Empty `currency` and None `payment_terms_days` mean the customer's. Instalments are (due date, amount) and have to
    sum to the total when the invoice is issued.
    """

    lines: tuple[LineInput, ...] = ()
    currency: str = ""
    prices_include_tax: bool = False
    discount_kind: DiscountKind = DiscountKind.NONE
    discount_value: Decimal = ZERO
    payment_terms_days: int | None = None
    due_on: date | None = None
    instalments: tuple[tuple[date, Decimal], ...] = ()
    reference: str = ""
    project: str = ""
    promo_code: str = ""
    early_discount_percent: Decimal = ZERO
    early_discount_days: int | None = None
    template_id: UUID | None = None
    series_id: UUID | None = None
    language: str = ""
    notes: str = ""
    terms: str = ""

    @property
    def discount(self) -> Discount:
        return Discount(self.discount_kind, self.discount_value)


def check_draft(data: DraftInput, currency: str, profile_id: UUID, *, known: Collection[UUID] | None = None) -> None:
    """Raises ValidationFailed with every reason by field; lines are checked where they are computed.

    `known` are the templates and series that `references_known` has found for many; None: they are looked up.
    """
    known = references_known([data], profile_id) if known is None else known
    errors: dict[str, list[str]] = {}
    for field, reason in (
        *_head_faults(data, currency),
        *_due_faults(data),
        *_reference_faults(data, known),
    ):
        errors.setdefault(field, []).append(reason)
    if errors:
        raise ValidationFailed(errors)


def _head_faults(data: DraftInput, currency: str) -> Iterator[tuple[str, str]]:
    if currency not in CURRENCIES:
        yield "currency", _("“%(currency)s” is not an ISO currency code.") % {"currency": currency}
    if data.language and data.language not in LANGUAGES:
        yield "language", _("Choose one of: %(known)s.") % {"known": ", ".join(LANGUAGES)}
    for field, most in LONGEST.items():
        if len(getattr(data, field)) > most:
            yield field, _("Write at most %(most)d characters.") % {"most": most}


def _due_faults(data: DraftInput) -> Iterator[tuple[str, str]]:
    if data.payment_terms_days is not None and not 0 <= data.payment_terms_days <= MAX_TERMS_DAYS:
        yield "payment_terms_days", _("The terms are between 0 and %(most)s days.") % {"most": MAX_TERMS_DAYS}
    if any(amount <= 0 for _, amount in data.instalments):
        yield "instalments", _("Each instalment has to be more than zero.")
    if list(data.instalments) != sorted(data.instalments, key=lambda part: part[0]):
        yield "instalments", _("Instalments are in the order of their due dates.")
    percent, days = data.early_discount_percent, data.early_discount_days
    if not percent.is_finite() or not ZERO <= percent < HUNDRED:
        yield "early_discount_percent", _("A discount is between 0 and 100 per cent.")
    elif (percent > 0) != (days is not None):
        yield "early_discount_days", _("A discount for paying early has a percentage and a number of days.")
    if days is not None and not 0 <= days <= MAX_TERMS_DAYS:
        yield "early_discount_days", _("The terms are between 0 and %(most)s days.") % {"most": MAX_TERMS_DAYS}
    elif days is not None and (due := _due_after(data)) is not None and days > due:
        yield "early_discount_days", _("Who pays after the due date does not pay early. Give fewer days.")


def _due_after(data: DraftInput) -> int | None:
    """The days until it is due, where they are said and no date stands in their place."""
    return None if data.due_on or data.instalments else data.payment_terms_days


def references_known(said: Sequence[DraftInput], profile_id: UUID) -> set[UUID]:
    """Which of the templates and number series that drafts name a profile has: a statement for each that is named."""
    templates = {data.template_id for data in said if data.template_id is not None}
    series = {data.series_id for data in said if data.series_id is not None}
    known: set[UUID] = set()
    if templates:
        found = InvoiceTemplate.objects.filter(pk__in=templates, profile_id=profile_id)
        known |= set(found.values_list("pk", flat=True))
    if series:
        wanted = NumberSeries.objects.filter(
            pk__in=series, profile_id=profile_id, kind=InvoiceKind.INVOICE, in_gap_report=True
        )
        known |= set(wanted.values_list("pk", flat=True))
    return known


def _reference_faults(data: DraftInput, known: Collection[UUID]) -> Iterator[tuple[str, str]]:
    if data.template_id is not None and data.template_id not in known:
        yield "template", _("There is no such template.")
    if data.series_id is not None and data.series_id not in known:
        yield "series", _("There is no such number series for invoices.")
