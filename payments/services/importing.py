"""Import of payments: each is recorded once, and settles the invoice that it names."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.imports.importers import (
    CHUNK,
    Batch,
    FieldKind,
    ImportContext,
    Importer,
    ImportField,
    Row,
    Tally,
    importer_register,
)
from billing_assistant.core.imports.words import word_of
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from customers.models import Customer
from invoices.models import Invoice
from invoices.services.lock_date import days_open
from invoices.states import InvoiceKind
from payments.models import Payment
from payments.services.plan import Wish
from payments.services.record import External, payment_record
from payments.states import PaymentMethod

PROVIDER: Final = "import"
LONGEST_ID: Final = 100
OTHER_WORDS: Final = {
    "bank": PaymentMethod.BANK_TRANSFER,
    "check": PaymentMethod.CHEQUE,
    "card": PaymentMethod.CREDIT_CARD,
    "terminal": PaymentMethod.CARD_TERMINAL,
    "pos": PaymentMethod.CARD_TERMINAL,
}


@dataclass(frozen=True, slots=True)
class _Work:
    """A row and the id under which it is recorded once."""

    row: Row
    external_id: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows of a batch refer to."""

    invoices: Mapping[str, Invoice]
    customers: Mapping[str, list[Customer]]
    recorded: frozenset[str]
    own: frozenset[tuple[str, Decimal, date]]
    """Payments that are here under a number of ours, as our own export tells them."""


class PaymentImporter(Importer):
    """A row a payment. With a payment id that is what it is known by; else all that the row says, and how often."""

    kind = "payments"
    label = gettext_lazy("Payments")
    text = gettext_lazy("One row a payment, with the invoice that it settles or the customer who paid.")
    icon = "cash"
    right = Right.PAYMENTS_RECORD
    asks_currency = True
    about = ("external_id", "invoice", "customer")
    fields = (
        ImportField(
            "external_id",
            gettext_lazy("Payment id"),
            "payment number, payment no, transaction id, transaction, receipt number, receipt no, receipt, number",
        ),
        ImportField("invoice", gettext_lazy("Invoice"), "invoice number, invoice no, invoice id, ankara"),
        ImportField(
            "customer",
            gettext_lazy("Customer"),
            "customer number, customer no, customer id, customer name, client, mteja",
        ),
        ImportField(
            "amount",
            gettext_lazy("Amount"),
            "amount paid, paid, paid in, credit, kiasi",
            FieldKind.NUMBER,
            required=True,
        ),
        ImportField("currency", gettext_lazy("Currency"), "sarafu", FieldKind.CURRENCY),
        ImportField(
            "received_on",
            gettext_lazy("Received on"),
            "payment date, paid on, date, completion time, received, tarehe",
            FieldKind.DATE,
            required=True,
        ),
        ImportField("method", gettext_lazy("Method"), "payment method, channel, paid by, njia"),
        ImportField("reference", gettext_lazy("Reference"), "ref, details, kumbukumbu"),
        ImportField("note", gettext_lazy("Note"), "notes, comment, remarks, maelezo"),
    )

    def batches(self, rows: Iterable[Row], context: ImportContext) -> Iterator[Batch]:
        """Chunks of rows with their ids: the second of two equal rows is another payment, also in a repeat."""
        told = Counter[bytes]()
        remaining = (_Work(row, _id_of(row, told)) for row in rows)
        while chunk := list(islice(remaining, CHUNK)):
            yield Batch(len(chunk), chunk)

    def write(self, work: Sequence[_Work], context: ImportContext) -> Tally:
        tally = Tally()
        known = _known(work, context.profile)
        for each in work:
            if each.row.faults:
                tally.faulty += 1
                tally.faults += each.row.faults
                continue
            if (each.external_id, each.row.number("amount"), each.row.day("received_on")) in known.own:
                tally.same += 1
                continue
            try:
                _record(each, known, context)
            except DomainError as error:
                tally.refuse_for(each.row, error)
            else:
                there = each.external_id in known.recorded
                tally.same += there
                tally.new += not there
        return tally


def _id_of(row: Row, told: Counter[bytes]) -> str:
    given = row.text("external_id")
    if given:
        return given[:LONGEST_ID]
    said = hashlib.sha256(repr(sorted((name, str(value)) for name, value in row.values.items())).encode()).digest()
    told[said] += 1
    return f"{said.hex()[:40]}-{told[said]}"


def _known(work: Sequence[_Work], profile: BusinessProfile) -> _Known:
    invoices = Invoice.objects.select_related("customer").filter(
        profile=profile, kind=InvoiceKind.INVOICE, number__in={each.row.text("invoice") for each in work}
    )
    wanted = {each.row.text("customer") for each in work} - {""}
    mine = Customer.objects.filter(profile=profile).select_related("merged_into")
    by_number = {each.number: [each.merged_into or each] for each in mine.filter(number__in=wanted)}
    imported = mine.filter(source_ref__in=[f"import:{who}" for who in wanted])
    by_ref = {each.source_ref.removeprefix("import:"): [each.merged_into or each] for each in imported}
    by_name: dict[str, list[Customer]] = {}
    for each in mine.filter(name__in=wanted):
        meant, named = each.merged_into or each, by_name.setdefault(each.name, [])
        if meant not in named:
            named.append(meant)
    ids = [each.external_id for each in work]
    recorded = Payment.objects.filter(provider=PROVIDER, account=str(profile.pk), external_id__in=ids)
    own = Payment.objects.filter(profile=profile, number__in=ids)
    return _Known(
        {invoice.number: invoice for invoice in invoices},
        {**by_name, **by_ref, **by_number},
        frozenset(recorded.values_list("external_id", flat=True)),
        frozenset(own.values_list("number", "amount", "received_on")),
    )


def _record(each: _Work, known: _Known, context: ImportContext) -> None:
    """Records one row. Raises what `payment_record` raises; a row that was recorded before changes nothing."""
    row = each.row
    invoice, customer = _invoice(row, known), _customer(row, known)
    payer = customer or (invoice.customer if invoice is not None else None)
    if payer is None:
        raise ValidationFailed({"customer": [_("Name the invoice or the customer.")]})
    amount, day = row.number("amount"), row.day("received_on")
    if amount is None or day is None:
        name = "amount" if amount is None else "received_on"
        raise ValidationFailed({name: [_("This is needed.")]})
    if each.external_id not in known.recorded:
        days_open(profile_id=context.profile.pk, days=[day])
    currency = row.text("currency").upper() or (invoice.currency if invoice is not None else context.currency)
    payment_record(
        customer_id=payer.pk,
        amount=amount,
        currency=currency,
        method=_method(row),
        received_on=day,
        reference=row.text("reference") or row.text("external_id"),
        note=row.text("note"),
        allocations=_wish(invoice, amount),
        external=External(PROVIDER, str(context.profile.pk), each.external_id),
        actor=context.actor,
        now=context.now,
    )


def _wish(invoice: Invoice | None, amount: Decimal) -> Wish:
    """The invoice as far as it is due; what is left stays the customer's credit."""
    if invoice is None:
        return None
    invoice.refresh_from_db(fields=["amount_due"])  # an earlier row may have settled a part
    return {invoice.pk: min(amount, invoice.amount_due)}


def _invoice(row: Row, known: _Known) -> Invoice | None:
    number = row.text("invoice")
    if number and number not in known.invoices:
        raise ValidationFailed({"invoice": [_("There is no such invoice.")]})
    return known.invoices.get(number)


def _customer(row: Row, known: _Known) -> Customer | None:
    who = row.text("customer")
    found = known.customers.get(who, [])
    if who and not found:
        raise ValidationFailed({"customer": [_("There is no such customer.")]})
    if len(found) > 1:
        raise ValidationFailed({"customer": [_("Several customers have this name: write the number.")]})
    return found[0] if found else None


def _method(row: Row) -> str:
    text = row.text("method")
    if not text:
        return PaymentMethod.BANK_TRANSFER.value
    other = OTHER_WORDS.get(text.casefold())
    return other.value if other is not None else word_of(PaymentMethod, text, field="method")


importer_register(PaymentImporter())
