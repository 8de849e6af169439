"""Due dates: one or more instalments of an invoice, and which of them is next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO
from invoices.models import Invoice
from invoices.services.drafted import Drafted


@dataclass(frozen=True, slots=True)
class DuePart:
    """A part of an invoice's total that is due on a local date."""

    due_on: date
    amount: Decimal


def due_parts(draft: Drafted, total: Decimal, issued_on: date) -> tuple[DuePart, ...]:
    """The instalments of a draft that is issued on a date: as agreed, else the whole on the due date.

    Raises ValidationFailed when they do not sum to the total or one is due before the issue date.
    """
    agreed = tuple(DuePart(date.fromisoformat(day), Decimal(amount)) for day, amount in draft.instalments)
    if not agreed:
        due_on = draft.due_on or issued_on + timedelta(days=draft.payment_terms_days)
        agreed = (DuePart(due_on, total),)
    elif sum((part.amount for part in agreed), ZERO) != total:
        raise ValidationFailed(
            {"instalments": [_("The instalments do not sum to the total of %(total)s.") % {"total": total}]}
        )
    if agreed[0].due_on < issued_on:
        raise ValidationFailed(
            {"due_on": [_("The invoice cannot be due before it is issued (%(issued_on)s).") % {"issued_on": issued_on}]}
        )
    return agreed


def parts_standing(invoice: Invoice) -> list[DuePart]:
    """When which part of an issued invoice is due, in order: as was agreed later, else as it was issued."""
    agreed = invoice.agreed_instalments.filter(ended_on__isnull=True).order_by("position")
    return [DuePart(part.due_on, part.amount) for part in list(agreed) or invoice.instalments.all()]


def parts_left(parts: Iterable[DuePart], settled: Decimal) -> list[DuePart]:
    """What is still due of parts when an amount has filled them in their order."""
    left, filled = [], settled
    for part in parts:
        taken = min(max(filled, ZERO), part.amount)
        filled -= taken
        if taken < part.amount:
            left.append(DuePart(part.due_on, part.amount - taken))
    return left


def early_until(draft: Drafted, issued_on: date) -> date | None:
    """The last day on which the discount for paying early is granted; None when there is none."""
    return None if draft.early_discount_days is None else issued_on + timedelta(days=draft.early_discount_days)


def next_due_on(parts: Iterable[DuePart] | Sequence[DuePart], settled: Decimal, total: Decimal) -> date | None:
    """The due date of the first instalment that is not settled in full; None when everything is."""
    if settled >= total:
        return None
    reached = ZERO
    for part in parts:
        reached += part.amount
        if settled < reached:
            return part.due_on
    return None
