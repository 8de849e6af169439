"""Import of recurring plans: a row a plan with one line, known again by its id in the other program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.imports.importers import (
    FieldKind,
    ImportContext,
    Importer,
    ImportField,
    Row,
    Tally,
    importer_register,
    readable,
)
from billing_assistant.core.imports.words import word_of
from billing_assistant.core.rights import Right
from customers.models import Customer
from invoices.models import Plan
from invoices.plan_states import PlanMakes, PlanUnit
from invoices.services.compute import LineInput
from invoices.services.drafts import default_tax
from invoices.services.plan_input import PlanInput
from invoices.services.plans import plan_create
from invoices.states import TaxCategory

LONGEST_REF: Final = 80
RHYTHMS: Final[Mapping[str, tuple[PlanUnit, int]]] = {
    "weekly": (PlanUnit.WEEK, 1),
    "every week": (PlanUnit.WEEK, 1),
    "fortnightly": (PlanUnit.WEEK, 2),
    "monthly": (PlanUnit.MONTH, 1),
    "every month": (PlanUnit.MONTH, 1),
    "quarterly": (PlanUnit.MONTH, 3),
    "half-yearly": (PlanUnit.MONTH, 6),
    "yearly": (PlanUnit.YEAR, 1),
    "annually": (PlanUnit.YEAR, 1),
    "annual": (PlanUnit.YEAR, 1),
    "every year": (PlanUnit.YEAR, 1),
    "kila wiki": (PlanUnit.WEEK, 1),
    "kila mwezi": (PlanUnit.MONTH, 1),
    "kila mwaka": (PlanUnit.YEAR, 1),
}
"""How other programs say a rhythm in one word."""


class PlanImporter(Importer):
    """A row a plan. Periods that began before today were billed by the other program and are left out."""

    kind = "plans"
    label = gettext_lazy("Plans")
    text = gettext_lazy(
        "One row a plan for a customer that is there already. Plans make drafts unless the file says more."
    )
    icon = "repeat"
    right = Right.INVOICES_ISSUE
    asks_currency = True
    about = ("name", "customer")
    fields = (
        ImportField(
            "customer",
            gettext_lazy("Customer"),
            "customer number, customer id, customer name, client, client name, mteja",
            required=True,
        ),
        ImportField("name", gettext_lazy("Name"), "plan, plan name, subscription, product, mpango", required=True),
        ImportField("reference", gettext_lazy("Its id there"), "id, subscription id, plan id, external id"),
        ImportField("every", gettext_lazy("Every"), "interval count, number of units, kila", FieldKind.NUMBER),
        ImportField(
            "unit", gettext_lazy("Unit of time"), "interval, frequency, billing cycle, period, cycle, mzunguko"
        ),
        ImportField(
            "start", gettext_lazy("Starts"), "start date, started on, from, kuanza", FieldKind.DATE, required=True
        ),
        ImportField("end", gettext_lazy("Ends"), "end date, ends on, until, mwisho", FieldKind.DATE),
        ImportField("amount", gettext_lazy("Rate"), "price, unit price, rate, bei", FieldKind.NUMBER, required=True),
        ImportField("quantity", gettext_lazy("Quantity"), "qty, seats, idadi", FieldKind.NUMBER),
        ImportField("description", gettext_lazy("Description"), "text, line, details, maelezo"),
        ImportField("tax", gettext_lazy("Tax rate in per cent"), "tax rate, vat rate, vat", FieldKind.NUMBER),
        ImportField("currency", gettext_lazy("Currency"), "sarafu", FieldKind.CURRENCY),
        ImportField("makes", gettext_lazy("Makes"), "mode, action"),
    )

    def write(self, work: Sequence[Row], context: ImportContext) -> Tally:
        tally = Tally()
        rows = readable(work, tally)
        customers = _customers(rows, context)
        refs = {_reference(row) for row in rows}
        known = set(
            Plan.objects.filter(profile=context.profile, source_ref__in=refs).values_list("source_ref", flat=True)
        )
        for row in rows:
            try:
                with transaction.atomic():
                    self._take(row, customers, known, tally, context)
            except DomainError as error:
                tally.refuse_for(row, error)
        return tally

    def _take(
        self, row: Row, customers: Mapping[str, Customer], known: set[str], tally: Tally, context: ImportContext
    ) -> None:
        reference = _reference(row)
        if reference in known:
            tally.same += 1
            return
        customer = customers.get(_plain(row.text("customer")))
        if customer is None:
            raise ValidationFailed({"customer": [_("There is no such customer.")]})
        data = _input(row, customer, context)
        today = local_today(context.profile, context.now)
        plan_create(
            customer_id=customer.pk,
            data=data,
            bills_from=today if data.starts_on < today else None,
            actor=context.actor,
            now=context.now,
        )
        known.add(reference)
        tally.new += 1


def _reference(row: Row) -> str:
    """What the plan is known by: its id there, else customer, name and start."""
    if row.text("reference"):
        return row.text("reference")[:LONGEST_REF]
    start = row.day("start")
    return f"{_plain(row.text('customer'))[:30]}:{_plain(row.text('name'))[:36]}:{start.isoformat() if start else ''}"


def _customers(rows: Sequence[Row], context: ImportContext) -> dict[str, Customer]:
    """The customers that the rows name, by number or name."""
    said = {_plain(row.text("customer")) for row in rows}
    mine = Customer.objects.filter(profile=context.profile, merged_into__isnull=True).select_related("profile")
    found = mine.alias(said_name=Upper("name"), said_number=Upper("number"))
    named: dict[str, Customer] = {}
    for one in found.filter(Q(said_name__in=said) | Q(said_number__in=said)).order_by("-id"):
        named[_plain(one.name)] = one
    return named | {_plain(one.number): one for one in named.values()}


def _input(row: Row, customer: Customer, context: ImportContext) -> PlanInput:
    unit, every = _rhythm(row)
    category, rate = default_tax(customer)
    tax = row.number("tax")
    if tax is not None:
        category, rate = (TaxCategory.STANDARD if tax else TaxCategory.ZERO), tax
    quantity = row.number("quantity")
    line = LineInput(
        description=row.text("description") or row.text("name"),
        quantity=Decimal(1) if quantity is None else quantity,
        unit_price=row.number("amount"),
        tax_category=category,
        tax_rate=rate,
    )
    start = row.day("start")
    if start is None:
        raise ValidationFailed({"start": [_("Write the day on which it starts.")]})
    makes = PlanMakes(word_of(PlanMakes, row.text("makes"), field="makes")) if row.text("makes") else PlanMakes.DRAFT
    return PlanInput(
        name=" ".join(row.text("name").split()),
        starts_on=start,
        ends_on=row.day("end"),
        unit=unit,
        every=every,
        lines=(line,),
        currency=row.text("currency").upper() or context.currency or customer.currency,
        makes=makes,
        source_ref=_reference(row),
    )


def _rhythm(row: Row) -> tuple[PlanUnit, int]:
    """Every so many units; a word like quarterly says both."""
    word, number = row.text("unit").strip().casefold(), row.number("every")
    if number is not None and number != number.to_integral_value():
        raise ValidationFailed({"every": [_("Write a whole number.")]})
    every = int(number) if number is not None else 1
    if not word:
        return PlanUnit.MONTH, every
    if word in RHYTHMS:
        unit, times = RHYTHMS[word]
        return unit, times * every
    return PlanUnit(word_of(PlanUnit, word.rstrip("s"), field="unit")), every


def _plain(text: str) -> str:
    return " ".join(text.split()).upper()


importer_register(PlanImporter())
