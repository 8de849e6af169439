"""To whom a customer's messages go: the addresses on file, without the people who do not want e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.consents import may_contact
from customers.models import Customer
from customers.states import ContactChannel
from reminders.addresses import recipients_clean
from reminders.errors import BadRecipients, NoRecipient


@dataclass(frozen=True, slots=True)
class Addressee:
    """An address on file. `name` is the contact's, empty for the customer's own; a refusal is the person's word."""

    address: str
    name: str = ""
    refused: bool = False


def addressees(customer: Customer) -> list[Addressee]:
    """Every address on file of a customer, the usual one first, each once.

    Who refused e-mail is among them and marked; the refusal holds for the address, also where the customer has it too.
    """
    contacts = customer.contacts.exclude(email="").order_by("-is_primary", "name").prefetch_related("consents")
    people = [Addressee(one.email, one.name, not may_contact(one, ContactChannel.EMAIL)) for one in contacts]
    refusals = {one.address.lower(): one for one in people if one.refused}
    found: dict[str, Addressee] = {}
    for one in (Addressee(customer.email), *people, Addressee(customer.secondary_email)):
        lower = one.address.lower()
        if lower:
            found.setdefault(lower, refusals.get(lower, one))
    return list(found.values())


def known_addresses(customer: Customer) -> list[str]:
    """The addresses that messages may go to, the usual one first."""
    return [one.address for one in addressees(customer) if not one.refused]


def default_recipients(customer: Customer) -> list[str]:
    """Where a customer's messages go: its own address, else its first contact's, else the second one.

    Raises NoRecipient when there is none.
    """
    for address in known_addresses(customer):
        return recipients_clean([address])
    raise NoRecipient(customer.name)


def unwilling(customer: Customer, recipients: Iterable[str]) -> list[Addressee]:
    """Those of the recipients who refused e-mail."""
    wanted = {address.strip().lower() for address in recipients}
    return [one for one in addressees(customer) if one.refused and one.address.lower() in wanted]


def require_willing(customer: Customer, recipients: Sequence[str]) -> None:
    """Raises BadRecipients when one of them is a contact who refused e-mail."""
    for one in unwilling(customer, recipients):
        reason = _("%(name)s does not want e-mail: %(address)s.") % {"name": one.name, "address": one.address}
        raise BadRecipients({"recipients": [reason]})
