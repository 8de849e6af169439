"""Who of many customers can be written to by e-mail, without asking for each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from customers.consents import may_contact
from customers.models import Contact, Customer
from customers.states import ContactChannel


def unreachable(customers: Sequence[Customer]) -> set[UUID]:
    """The ids of the customers without an address that a letter may go to: none on file, or all of them refused.

    A refusal holds for the address, also where the customer has it too. Two queries, however many customers.
    """
    people: dict[UUID, list[Contact]] = defaultdict(list)
    asked = Contact.objects.filter(customer__in=[one.pk for one in customers]).exclude(email="")
    for contact in asked.order_by("pk").prefetch_related("consents"):
        people[contact.customer_id].append(contact)
    return {one.pk for one in customers if not _addresses(one, people[one.pk])}


def _addresses(customer: Customer, people: Sequence[Contact]) -> set[str]:
    refused = {one.email.lower() for one in people if not may_contact(one, ContactChannel.EMAIL)}
    known = {one.email.lower() for one in people} | {customer.email.lower(), customer.secondary_email.lower()}
    return known - refused - {""}
