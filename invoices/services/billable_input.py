"""What can be said of billable work, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO
from customers.models import Customer
from invoices.billable_states import BillableKind
from invoices.models import BillableItem, CatalogueItem, CataloguePrice
from invoices.services.compute import LineInput, check_lines, line_amount
from invoices.services.drafts import default_tax
from invoices.states import UNTAXED, TaxCategory

LONGEST: Final = {"description": 500, "unit": 30, "project": 120, "source": 40, "external_id": 120}
HOURS: Final = "h"


@dataclass(frozen=True, slots=True)
class BillableInput:
    """One piece of work. `quantity` of time is hours as a decimal.

    Left out: currency and tax are the customer's; of a catalogue item come text, unit, tax and price; the rate of time
    is that of the customer's last.
    """

    customer_id: UUID
    worked_on: date
    kind: BillableKind = BillableKind.SERVICE
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit: str = ""
    unit_price: Decimal | None = None
    currency: str = ""
    tax_category: TaxCategory | None = None
    tax_rate: Decimal | None = None
    catalogue_item_id: UUID | None = None
    project: str = ""
    source: str = ""
    external_id: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What names the work in another tool."""
        return (self.source.strip(), self.external_id.strip())


def billable_fill(item: BillableItem, data: BillableInput, *, now: datetime) -> bool:
    """Sets every field of work and computes its amount; whether anything is another now. Raises ValidationFailed."""
    customer = _customer(data.customer_id, item.profile_id)
    sold = _sold(data.catalogue_item_id, item.profile_id)
    currency = data.currency or customer.currency
    _check_words(data, currency)
    line = LineInput(
        description=" ".join(data.description.split()) or (sold.line_text if sold else ""),
        quantity=data.quantity,
        unit=data.unit.strip() or (sold.unit if sold else HOURS if data.kind is BillableKind.TIME else ""),
        unit_price=_rate(data, sold, currency),
        **_tax(data, sold, customer),  # type: ignore[arg-type]
    )
    _check_line(line)
    values = {
        "customer_id": customer.pk,
        "kind": data.kind.value,
        "worked_on": data.worked_on,
        **{name: getattr(line, name) for name in ("description", "quantity", "unit", "unit_price", "tax_rate")},
        "tax_category": line.tax_category.value,
        "currency": currency,
        "amount": line_amount(line, currency),
        "catalogue_item_id": data.catalogue_item_id,
        "project": data.project.strip(),
        "source": data.source.strip(),
        "external_id": data.external_id.strip(),
    }
    changed = {name for name, value in values.items() if getattr(item, name) != value}
    for name in changed:
        setattr(item, name, values[name])
    if changed:
        item.updated_at = now
    return bool(changed)


def _customer(customer_id: UUID, profile_id: UUID) -> Customer:
    found = Customer.objects.select_related("profile").filter(pk=customer_id, profile_id=profile_id).first()
    if found is None:
        raise ValidationFailed({"customer": [_("There is no such customer.")]})
    if found.merged_into_id is not None:
        raise ValidationFailed({"customer": [_("This customer was merged into another.")]})
    return found


def _sold(item_id: UUID | None, profile_id: UUID) -> CatalogueItem | None:
    if item_id is None:
        return None
    found = CatalogueItem.objects.filter(pk=item_id, profile_id=profile_id).first()
    if found is None:
        raise ValidationFailed({"catalogue_item": [_("There is no such item in the catalogue.")]})
    return found


def _rate(data: BillableInput, sold: CatalogueItem | None, currency: str) -> Decimal:
    """The rate that was given, that of the catalogue, or for time that of the customer's last."""
    if data.unit_price is not None:
        return data.unit_price
    found: Decimal | None = None
    if sold is not None:
        prices = CataloguePrice.objects.filter(item=sold, currency=currency).order_by("-since", "-id")
        found = prices.values_list("amount", flat=True).first()
    elif data.kind is BillableKind.TIME:
        last = BillableItem.objects.filter(customer_id=data.customer_id, kind=data.kind, currency=currency)
        found = last.order_by("-worked_on", "-id").values_list("unit_price", flat=True).first()
    if found is None:
        raise ValidationFailed({"unit_price": [_("Say what one unit costs in %(code)s.") % {"code": currency}]})
    return found


def _tax(data: BillableInput, sold: CatalogueItem | None, customer: Customer) -> dict[str, object]:
    category, rate = default_tax(customer)
    if data.tax_category is not None:
        category, rate = data.tax_category, data.tax_rate if data.tax_rate is not None else rate
    elif data.tax_rate is not None:
        category, rate = (TaxCategory.STANDARD if data.tax_rate else TaxCategory.ZERO), data.tax_rate
    elif sold is not None and customer.include_tax:
        category, rate = TaxCategory(sold.tax_category), sold.tax_rate
    return {"tax_category": category, "tax_rate": ZERO if category in UNTAXED else rate}


def _check_words(data: BillableInput, currency: str) -> None:
    errors = dict(_word_faults(data))
    if currency not in CURRENCIES:
        errors["currency"] = _("“%(currency)s” is not an ISO currency code.") % {"currency": currency}
    if errors:
        raise ValidationFailed({field: [reason] for field, reason in errors.items()})


def _word_faults(data: BillableInput) -> Iterator[tuple[str, str]]:
    for field, most in LONGEST.items():
        text = getattr(data, field)
        if len(text) > most:
            yield field, _("Write at most %(most)d characters.") % {"most": most}
        if "\x00" in text:
            yield field, _("This has a character that cannot be kept.")
    if data.external_id.strip() and not data.source.strip():
        yield "source", _("Say which tool the id is from.")


def _check_line(line: LineInput) -> None:
    try:
        check_lines([line])
    except ValidationFailed as error:
        named = {field.removeprefix("lines.0."): reasons for field, reasons in error.errors.items()}
        raise ValidationFailed(named) from error
