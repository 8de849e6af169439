"""Import of customers: known ones by their number, else by name and e-mail; the others are new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.db.models import F
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core import events
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
from billing_assistant.core.services.numbers import human_number_take
from billing_assistant.core.states import Status
from customers.models import Customer
from customers.services.customers import customer_update
from customers.services.fields import customer_fields, defaults_for
from customers.states import BillingCycle, CustomerStatus, InvoiceStyle, PaymentTerms, PreferredMethod

LONGEST_NUMBER: Final = 40
IMPORTED: Final = "import:"
"""Begins the reference of a customer that an import of documents made."""
WORDS: Final[Mapping[str, type[Status]]] = {
    "status": CustomerStatus,
    "payment_terms": PaymentTerms,
    "preferred_payment_method": PreferredMethod,
    "billing_cycle": BillingCycle,
    "invoice_template": InvoiceStyle,
}


@dataclass(frozen=True, slots=True)
class _Work:
    """A row, and whether an earlier one of the file is about the same customer: saying the same, or something else."""

    row: Row
    repeats: bool = False
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class _New:
    """A customer to be made; without a number the next one is taken."""

    row: Row
    number: str
    fields: Mapping[str, Any]


class CustomerImporter(Importer):
    """A row a customer. An empty cell changes nothing."""

    kind = "customers"
    label = gettext_lazy("Customers")
    text = gettext_lazy(
        "One row a customer. Those that are there already, by number or by name and e-mail, are updated."
    )
    icon = "users"
    right = Right.CUSTOMERS_EDIT
    about = ("name", "number")
    fields = (
        ImportField(
            "number", gettext_lazy("Number"), "customer number, customer no, customer id, client id, account, nambari"
        ),
        ImportField(
            "name",
            gettext_lazy("Name"),
            "customer name, company name, company, customer, client, jina, jina la kampuni, jina la mteja, mteja",
            required=True,
        ),
        ImportField("email", gettext_lazy("E-mail"), "e-mail, email address, barua pepe", FieldKind.EMAIL),
        ImportField(
            "phone",
            gettext_lazy("Phone"),
            "phone number, telephone, mobile, tel, simu, nambari ya simu",
            FieldKind.PHONE,
        ),
        ImportField("secondary_email", gettext_lazy("Second e-mail"), "other e-mail"),
        ImportField("secondary_phone", gettext_lazy("Second phone"), "other phone"),
        ImportField("street", gettext_lazy("Street"), "address, street address, address line 1, anwani, mtaa"),
        ImportField("city", gettext_lazy("City"), "town, mji"),
        ImportField("postal_code", gettext_lazy("Postal code"), "postcode, zip, zip code"),
        ImportField("country", gettext_lazy("Country"), "nchi"),
        ImportField("secondary_street", gettext_lazy("Second street")),
        ImportField("secondary_city", gettext_lazy("Second city")),
        ImportField("secondary_postal_code", gettext_lazy("Second postal code")),
        ImportField("secondary_country", gettext_lazy("Second country")),
        ImportField("business_type", gettext_lazy("Kind of business"), "industry, business type, sector"),
        ImportField("tax_id", gettext_lazy("Tax number"), "tax id, kra pin, pin, vat number, vat no, tin"),
        ImportField("status", gettext_lazy("Status"), "hali"),
        ImportField("payment_terms", gettext_lazy("Payment terms"), "terms, masharti ya malipo"),
        ImportField("preferred_payment_method", gettext_lazy("Pays by"), "payment method, preferred payment method"),
        ImportField("billing_cycle", gettext_lazy("Billing cycle"), "cycle"),
        ImportField("credit_limit", gettext_lazy("Credit limit"), "limit", FieldKind.NUMBER),
        ImportField(
            "currency", gettext_lazy("Customer currency"), "billing currency, currency, sarafu", FieldKind.CURRENCY
        ),
        ImportField("language", gettext_lazy("Language"), "lugha"),
        ImportField("include_tax", gettext_lazy("Charge tax"), "taxable", FieldKind.YES_NO),
        ImportField("send_reminders", gettext_lazy("Send reminders"), "reminders", FieldKind.YES_NO),
        ImportField("auto_send_invoices", gettext_lazy("Send invoices without asking"), "auto send", FieldKind.YES_NO),
        ImportField("invoice_template", gettext_lazy("Invoice style"), "template"),
        ImportField("tags", gettext_lazy("Tags"), "labels, groups, lebo"),
        ImportField("notes", gettext_lazy("Notes"), "note, comments, remarks, maelezo"),
    )

    def batches(self, rows: Iterable[Row], context: ImportContext) -> Iterator[Batch]:
        """Chunks of rows that know whether the file has said something of their customer before."""
        told: dict[object, int] = {}
        remaining = (_noted(row, told) for row in rows)
        while chunk := list(islice(remaining, CHUNK)):
            yield Batch(len(chunk), chunk)

    def write(self, work: Sequence[_Work], context: ImportContext) -> Tally:
        tally, new = Tally(), list[_New]()
        known = _known([each.row for each in work], context.profile)
        for each in work:
            row = each.row
            if row.faults:
                tally.faulty += 1
                tally.faults += row.faults
            elif each.contradicts:
                tally.refuse(
                    row,
                    "number" if row.text("number") else "name",
                    _("An earlier row has this customer with other data."),
                )
            elif each.repeats:
                tally.same += 1
            else:
                self._take(row, known, new, tally, context)
        _make(new, context)
        return tally

    def _take(
        self, row: Row, known: Mapping[object, Customer], new: list[_New], tally: Tally, context: ImportContext
    ) -> None:
        customer = known.get(_key(row))
        try:
            data = _data(row)
            if customer is None:
                new.append(_new(row, data, context.profile))
                tally.new += 1
            elif _differs(customer, data := _told(customer, data)):
                customer_update(customer_id=customer.pk, changes=data, actor=context.actor, now=context.now)
                tally.changed += 1
            else:
                tally.same += 1
        except DomainError as error:
            tally.refuse_for(row, error)


def _noted(row: Row, told: dict[object, int]) -> _Work:
    if row.faults:
        return _Work(row)
    key, said = _key(row), hash(tuple((name, str(value)) for name, value in row.values.items()))
    if key not in told:
        told[key] = said
        return _Work(row)
    return _Work(row, repeats=told[key] == said, contradicts=told[key] != said)


def _key(row: Row) -> object:
    return row.text("number") or _name_key(row)


def _name_key(row: Row) -> tuple[str, str]:
    return " ".join(row.text("name").split()).casefold(), row.text("email").strip().casefold()


def _known(rows: Sequence[Row], profile: BusinessProfile) -> dict[object, Customer]:
    """The customers that rows mean: by number, or the reference of an earlier import, or else by name and e-mail."""
    mine = Customer.objects.filter(profile=profile).select_related("profile")
    refs = {f"{IMPORTED}{number}": number for row in rows if (number := row.text("number"))}
    if refs:
        found: dict[object, Customer] = {refs[each.source_ref]: each for each in mine.filter(source_ref__in=refs)}
        found |= {each.number: each for each in mine.filter(number__in=refs.values())}
        return found
    names = {_name_key(row)[0].upper() for row in rows}
    alike = mine.annotate(upper=Upper("name")).filter(upper__in=names)
    alike = alike.order_by(F("merged_at").asc(nulls_last=True), "-created_at")
    return {(each.name.casefold(), each.email.casefold()): each for each in alike}


def _data(row: Row) -> dict[str, object]:
    """What a row says of a customer, in the words of the service; empty cells say nothing."""
    data: dict[str, object] = {}
    for name, value in row.values.items():
        if name == "number" or value in (None, ""):
            continue
        if name in WORDS:
            text = _terms(str(value)) if name == "payment_terms" else str(value)
            data[name] = word_of(WORDS[name], text, field=name)
        elif name == "tags":
            data[name] = [tag for tag in str(value).replace(";", ",").split(",") if tag.strip()]
        else:
            data[name] = value
    return data


def _terms(text: str) -> str:
    """Payment terms that are written as days, like “30 days” or “Net 30”, as the word for them; others as they are."""
    days = re.fullmatch(r"(?:net|siku)?\W*(\d{1,3})\W*(?:days?|d|siku)?", text.strip(), re.ASCII | re.IGNORECASE)
    found = next((term for term in PaymentTerms if days and term.days == int(days[1])), None)
    return found.value if found else text


def _new(row: Row, data: Mapping[str, object], profile: BusinessProfile) -> _New:
    number = row.text("number")
    if row.has("number") and not number:
        raise ValidationFailed(
            {"number": [_("The row has no number. Give it one, or leave the column of numbers out.")]}
        )
    if len(number) > LONGEST_NUMBER or "/" in number:
        raise ValidationFailed({"number": [_("The number is too long or has a slash.")]})
    status = {"status": data["status"]} if "status" in data else {}
    given = {name: value for name, value in data.items() if name != "status"}
    return _New(row, number, defaults_for(profile) | customer_fields(given, profile=profile) | status)


def _told(customer: Customer, data: Mapping[str, object]) -> dict[str, object]:
    """What a row says that a customer does not already say in the same words."""
    return {name: value for name, value in data.items() if not _read_alike(customer, name, value)}


def _differs(customer: Customer, data: Mapping[str, object]) -> bool:
    fields = customer_fields(data, profile=customer.profile, current=customer)
    return any(getattr(customer, name) != value for name, value in fields.items())


def _read_alike(customer: Customer, name: str, value: object) -> bool:
    """Whether a word of the file is one of several that read as the customer's own does, like “Bank transfer”."""
    if name not in WORDS:
        return False
    words = WORDS[name]
    return str(words(str(value)).label) == str(words(getattr(customer, name)).label)


def _make(new: Sequence[_New], context: ImportContext) -> None:
    """Writes new customers and their events, each in one insert."""
    numbers = _free_numbers(context.profile, sum(not each.number for each in new))
    made = [
        Customer(
            profile=context.profile,
            number=each.number or next(numbers),
            created_at=context.now,
            updated_at=context.now,
            created_by_id=context.actor.user_id,
            **each.fields,
        )
        for each in new
    ]
    Customer.objects.bulk_create(made)
    events.record_many(
        events.EventInput(
            name="customer.created",
            subject=customer,
            actor=context.actor,
            now=context.now,
            profile_id=context.profile.pk,
            customer_id=customer.pk,
            label=customer.name,
            data={"number": customer.number},
        )
        for customer in made
    )


def _free_numbers(profile: BusinessProfile, missing: int) -> Iterator[str]:
    """Numbers that nobody has: an earlier import may have brought some along."""
    while missing:
        taken = human_number_take(
            profile_id=profile.pk, kind="customer", pattern=profile.customer_number_format, count=missing
        )
        used = set(Customer.objects.filter(profile=profile, number__in=taken).values_list("number", flat=True))
        yield from (number for number in taken if number not in used)
        missing = len(used)


importer_register(CustomerImporter())
