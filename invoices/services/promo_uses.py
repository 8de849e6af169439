"""Using a promo code: what it gives to a draft, why it does not, and the uses that issued invoices take.

A draft has a discount of its own or a promo code, never both. A code takes the place of the document discount: it is
computed and spread over the lines in the same way, so totals tie as they always do. The draft keeps what the code
gave when it was saved; issue checks it again, with the code's row locked, and refuses when that is not so any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO, Money
from customers.models import Customer
from invoices.errors import PromoCodeRefused
from invoices.locks import promos_lock
from invoices.models import Invoice, InvoiceDraft, PromoCode, PromoUse
from invoices.services.compute import Discount, LineInput, Totals, lines_total
from invoices.states import DiscountKind


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a code was used: in all, and by one customer. Uses that were given back do not count."""

    in_all: int = 0
    by_customer: int = 0


def promo_fault(
    promo: PromoCode, *, currency: str, total: Decimal, uses: Uses, today: date
) -> str:  # the first that holds, in the order in which a person would mend it
    """Why a code gives nothing to lines that come to `total`, on a local date; empty when it does."""
    words = {"code": promo.code}
    faults = (
        (not promo.is_active, _("%(code)s is not offered any more.")),
        (promo.valid_from is not None and today < promo.valid_from, _("%(code)s is not valid before %(since)s.")),
        (promo.valid_until is not None and today > promo.valid_until, _("%(code)s was valid until %(until)s.")),
        (bool(promo.currency) and promo.currency != currency, _("%(code)s is for documents in %(currency)s.")),
        (total < promo.minimum, _("%(code)s is for %(minimum)s or more.")),
        (
            promo.most_uses is not None and uses.in_all >= promo.most_uses,
            _("%(code)s was used as often as it may be (%(most)s)."),
        ),
        (promo.once_per_customer and uses.by_customer > 0, _("This customer has used %(code)s already.")),
    )
    words |= {"since": str(promo.valid_from), "until": str(promo.valid_until), "currency": promo.currency}
    words |= {"most": str(promo.most_uses), "minimum": str(Money(promo.minimum, promo.currency or currency))}
    return next((text % words for holds, text in faults if holds), "")


def promo_discount(promo: PromoCode, total: Decimal) -> Discount:
    """What a code takes off lines that come to `total` in the document's price mode: never more than they come to."""
    kind = DiscountKind(promo.kind)
    return Discount(kind, min(promo.value, total) if kind is DiscountKind.AMOUNT else promo.value)


def draft_discount(
    *, own: Discount, code: str, lines: Sequence[LineInput], currency: str, customer: Customer, now: datetime
) -> Discount:
    """The discount of a draft: its own, or what its promo code gives today. Raises ValidationFailed that says why."""
    code = code.strip().upper()
    if not code:
        return own
    if own.kind is not DiscountKind.NONE:
        raise ValidationFailed(
            {"promo_code": [_("A draft has a discount of its own or a promo code, not both. Take one away.")]}
        )
    promo = PromoCode.objects.filter(profile_id=customer.profile_id, code=code).first()
    if promo is None:
        raise ValidationFailed({"promo_code": [_("There is no promo code %(code)s.") % {"code": code[:40]}]})
    total = lines_total(lines, currency)
    uses = _uses([promo.pk], [customer.pk])
    today = local_today(customer.profile, now)
    fault = promo_fault(promo, currency=currency, total=total, uses=uses.of(promo.pk, customer.pk), today=today)
    if fault:
        raise ValidationFailed({"promo_code": [fault]})
    return promo_discount(promo, total)


@dataclass(slots=True)
class _Counted:
    """Uses by code, and by code and customer."""

    in_all: Counter[UUID]
    by_customer: Counter[tuple[UUID, UUID]]

    def of(self, promo_id: UUID, customer_id: UUID) -> Uses:
        return Uses(self.in_all[promo_id], self.by_customer[promo_id, customer_id])

    def add(self, promo_id: UUID, customer_id: UUID) -> None:
        self.in_all[promo_id] += 1
        self.by_customer[promo_id, customer_id] += 1


def _uses(promo_ids: Iterable[UUID], customer_ids: Iterable[UUID]) -> _Counted:
    standing = PromoUse.objects.filter(promo_id__in=list(promo_ids), given_back_at__isnull=True)
    counted = _Counted(Counter(), Counter())
    counted.in_all.update(standing.values_list("promo_id", flat=True))
    counted.by_customer.update(
        standing.filter(customer_id__in=list(customer_ids)).values_list("promo_id", "customer_id")
    )
    return counted


def promo_codes_claim(drafts: Sequence[tuple[InvoiceDraft, Totals]], *, now: datetime) -> dict[UUID, PromoCode]:
    """Locks the codes of drafts that are being issued, in the order of their ids, and checks each use.

    Returns the code by draft id; drafts without one are left out. Raises PromoCodeRefused. The caller is in the
    transaction of the issue and writes the uses with `promo_uses_write`.
    """
    named = [(draft, totals) for draft, totals in drafts if draft.promo_code]
    if not named:
        return {}
    codes = {
        (promo.profile_id, promo.code): promo for promo in promos_lock((d.profile_id, d.promo_code) for d, _ in named)
    }
    counted = _uses([promo.pk for promo in codes.values()], [draft.customer_id for draft, _totals in named])
    claimed = {}
    for draft, totals in named:
        promo = codes.get((draft.profile_id, draft.promo_code))
        if promo is None:
            raise PromoCodeRefused(_("There is no promo code %(code)s.") % {"code": draft.promo_code})
        total = sum((line.amount for line in totals.lines), ZERO)
        uses = counted.of(promo.pk, draft.customer_id)
        today = local_today(draft.profile, now)
        if fault := promo_fault(promo, currency=draft.currency, total=total, uses=uses, today=today):
            raise PromoCodeRefused(fault)
        if promo_discount(promo, total) != Discount(DiscountKind(draft.discount_kind), draft.discount_value):
            raise PromoCodeRefused(
                _("What %(code)s gives was changed. Open the draft and save it to see the new total.")
                % {"code": promo.code}
            )
        counted.add(promo.pk, draft.customer_id)
        claimed[draft.pk] = promo
    return claimed


def promo_uses_write(claimed: Iterable[tuple[PromoCode, Invoice]], *, now: datetime) -> None:
    """Notes that issued invoices took a use of a code each."""
    PromoUse.objects.bulk_create(
        PromoUse(
            profile_id=invoice.profile_id,
            promo=promo,
            customer_id=invoice.customer_id,
            invoice=invoice,
            currency=invoice.currency,
            discount=invoice.discount_total,
            created_at=now,
        )
        for promo, invoice in claimed
    )


def promo_use_give_back(*, invoice: Invoice, now: datetime) -> None:
    """Gives the use of a voided invoice back. The caller has the invoice locked."""
    PromoUse.objects.filter(invoice=invoice, given_back_at__isnull=True).update(given_back_at=now)
