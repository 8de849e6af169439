"""What this floor holds on a customer and the people there: who they are, notes, consents, papers, portal links."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import User
from billing_assistant.core.models.sealed import sealed_texts
from billing_assistant.core.privacy import (
    Held,
    HeldFile,
    Holder,
    Outcome,
    Subject,
    erased,
    history_blank,
    history_forget,
    history_of,
    not_personal,
    register_holder,
    rows_of,
    with_refs,
)
from billing_assistant.core.privacy_files import files_forget
from billing_assistant.core.rights import Role
from customers.models import Consent, Contact, Customer, CustomerDocument, Note, PortalLink
from customers.states import CustomerStatus

TEXTS: Final = (
    "email",
    "phone",
    "secondary_email",
    "secondary_phone",
    "street",
    "city",
    "postal_code",
    "country",
    "secondary_street",
    "secondary_city",
    "secondary_postal_code",
    "secondary_country",
    "business_type",
    "notes",
    "source_ref",
)
SEALED: Final = tuple(column for one in sealed_texts(Customer) for column in one.columns)
LEAST_WORD: Final = 6
"""A shorter name or number is found in too many texts that are about somebody else."""


def subject_of_customer(customer: Customer) -> Subject:
    """A customer with everybody there, also who was taken off it, and every customer that was merged into it."""
    own = _with_merged(customer.pk)
    people = set(Contact.objects.filter(customer_id__in=own).values_list("pk", flat=True))
    once: dict[str, set[Any]] = {"pgh_obj_id": set(), "user_id": set(), "email": set(), "phone": set(), "name": set()}
    for rows in history_of(Contact):
        for row in rows.filter(customer_id__in=own).values(*once):
            for name, value in row.items():
                once[name].add(value)
    people |= once["pgh_obj_id"]
    rows = Customer.objects.filter(pk__in=own).values_list("name", "email", "phone", "secondary_email")
    words = {word for row in rows for word in row} | once["email"] | once["phone"] | once["name"]
    return _subject(customer, frozenset(own), frozenset(people), once["user_id"], words)


def subject_of_contact(contact: Contact) -> Subject:
    """One person at a customer; the customer itself stays."""
    words = {contact.name, contact.email, contact.phone}
    return _subject(contact.customer, frozenset(), frozenset({contact.pk}), {contact.user_id}, words)


def _with_merged(customer_id: UUID) -> set[UUID]:
    found, new = {customer_id}, {customer_id}
    while new:
        new = set(Customer.objects.filter(merged_into_id__in=new).values_list("pk", flat=True)) - found
        found |= new
    return found


def _subject(
    customer: Customer, own: frozenset[UUID], people: frozenset[UUID], users: set[UUID | None], words: set[str]
) -> Subject:
    signing_in = Q(contacts__in=people) | Q(pk__in=[user for user in users if user])
    elsewhere = Contact.objects.exclude(pk__in=people).filter(user__isnull=False)
    clients = User.objects.filter(signing_in, role=Role.CLIENT).exclude(pk__in=elsewhere.values("user_id"))
    kept = Customer.objects.exclude(pk__in=own).filter(pk=customer.pk).values_list("name", "email", "phone")
    shared = {word for row in kept for word in row}
    subject = Subject(
        profile_id=customer.profile_id,
        home_id=customer.pk,
        number=customer.number,
        customer_ids=own,
        contact_ids=people,
        user_ids=frozenset(clients.values_list("pk", flat=True)),
        words=frozenset(
            word
            for word in words - shared
            if len(word) >= LEAST_WORD and not word.startswith(f"Erased {customer.number}")
        ),
    )
    return with_refs(subject)


def _refs(subject: Subject) -> Iterable[object]:
    whole = {"customer_id__in": subject.customer_ids}
    for model in (Note, CustomerDocument):
        for rows in history_of(model):
            yield from rows.filter(**whole).values_list("pgh_obj_id", flat=True)
    for rows in history_of(Consent):
        yield from rows.filter(contact_id__in=subject.contact_ids).values_list("pgh_obj_id", flat=True)
    yield from PortalLink.objects.filter(**whole).values_list("pk", flat=True)


def _export(subject: Subject) -> Iterable[Held]:
    own = Customer.objects.filter(pk__in=subject.customer_ids)
    sealed = [one.name for one in sealed_texts(Customer)]
    terms = ("payment_terms", "billing_cycle", "preferred_payment_method", "credit_limit", "currency", "language")
    names = ("number", "name", *TEXTS, *sealed, "tags", "status", *terms, "created_at")
    yield Held("customer", _("Customer"), rows_of(own, *names))
    people = Contact.objects.filter(pk__in=subject.contact_ids)
    yield Held("contacts", _("Contacts"), rows_of(people, "name", "email", "phone", "role", "is_primary", "created_at"))
    said = Consent.objects.filter(contact__in=people)
    yield Held("consents", _("Consents"), rows_of(said, "contact_id", "channel", "allowed", "created_at"))
    notes = Note.objects.filter(customer_id__in=subject.customer_ids)
    yield Held("notes", _("Notes"), rows_of(notes, "created_at", "text"))
    papers = CustomerDocument.objects.filter(customer_id__in=subject.customer_ids).select_related("file")
    files = [HeldFile(f"documents/{paper.pk}-{paper.name}", paper.file) for paper in papers]
    yield Held("documents", _("Documents"), rows_of(papers, "created_at", "name"), files)
    links = PortalLink.objects.filter(customer_id__in=subject.customer_ids)
    yield Held("portal_links", _("Portal links"), rows_of(links, "created_at", "expires_at", "revoked_at"))


def _erase(subject: Subject, now: datetime) -> Outcome:
    done = [(_("Contacts"), _people_erase(subject))]
    if subject.is_whole:
        done += [
            (_("Notes"), Note.objects.filter(customer_id__in=subject.customer_ids).delete()[0]),
            (_("Documents"), _papers_erase(subject)),
            (_("Portal links"), _links_revoke(subject, now)),
            (_("Customer"), _customer_erase(subject, now)),
        ]
        for model in (Contact, Note, CustomerDocument):
            history_forget(model, customer_id__in=subject.customer_ids)
    return Outcome(done)


def _people_erase(subject: Subject) -> int:
    people = Contact.objects.filter(pk__in=subject.contact_ids)
    number = people.count()
    people.delete()
    history_forget(Contact, pgh_obj_id__in=subject.contact_ids)
    history_forget(Consent, contact_id__in=subject.contact_ids)
    return number


def _papers_erase(subject: Subject) -> int:
    papers = CustomerDocument.objects.filter(customer_id__in=subject.customer_ids)
    files = list(papers.values_list("file_id", flat=True))
    for rows in history_of(CustomerDocument):
        files += rows.filter(customer_id__in=subject.customer_ids).values_list("file_id", flat=True)
    number = papers.delete()[0]
    files_forget(files)
    return number


def _links_revoke(subject: Subject, now: datetime) -> int:
    links = PortalLink.objects.filter(customer_id__in=subject.customer_ids, revoked_at__isnull=True)
    return links.update(revoked_at=now)


def _customer_erase(subject: Subject, now: datetime) -> int:
    values = {**dict.fromkeys((*TEXTS, *SEALED), ""), "tags": [], "name": subject.alias}
    ended = {"status": CustomerStatus.INACTIVE.value, "auto_send_invoices": False, "send_reminders": False}
    rows = Customer.objects.filter(pk__in=subject.customer_ids)
    changed = rows.exclude(**values, **ended)
    number = changed.update(**values, **ended, updated_at=now)
    history_blank(Customer, subject.customer_ids, values)
    return number


OURS: Final = "A colleague of the seller."
FIELDS: Final = {
    **erased("customers.Customer", "name", *TEXTS, *SEALED, "tags"),
    **erased("customers.Contact", "name", "email", "phone"),
    **erased("customers.Note", "text"),
    **erased("customers.CustomerDocument", "name"),
    **erased("customers.Consent", "channel"),
    **not_personal("customers.Consent", "set_by_label", reason=OURS),
    **not_personal("customers.CustomerDocument", "added_by_label", reason=OURS),
}

register_holder(Holder("customers", FIELDS, _export, _erase, refs=_refs))
