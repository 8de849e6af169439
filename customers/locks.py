"""Row locks of customers: the only place that takes them. A customer is locked before its contacts."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from customers.models import Contact, Customer, CustomerDocument, Note, PortalLink


def customer_lock(customer_id: UUID) -> Customer:
    """The customer, locked for change until the transaction ends. Documents can still refer to it meanwhile.

    Raises NotFound.
    """
    found = list(
        Customer.objects.select_for_update(no_key=True, of=("self",)).select_related("profile").filter(pk=customer_id)
    )
    if not found:
        raise NotFound(_("There is no such customer."))
    return found[0]


def customers_lock_to_merge(keep_id: UUID, merge_id: UUID) -> tuple[Customer, Customer]:
    """Both customers, locked so that no document can come to refer to them meanwhile, the lesser id first.

    Raises NotFound.
    """
    rows = Customer.objects.select_for_update(of=("self",)).select_related("profile")
    found = {row.pk: row for row in rows.filter(pk__in=[keep_id, merge_id]).order_by("pk")}
    if not {keep_id, merge_id} <= found.keys():
        raise NotFound(_("There is no such customer."))
    return found[keep_id], found[merge_id]


def contact_lock(contact_id: UUID) -> Contact:
    """The contact with its customer, both locked. Raises NotFound."""
    owner = Contact.objects.filter(pk=contact_id).values_list("customer_id", flat=True).first()
    if owner is None:
        raise NotFound(_("There is no such contact."))
    customer = customer_lock(owner)
    found = list(Contact.objects.select_for_update(of=("self",)).filter(pk=contact_id))
    if not found:
        raise NotFound(_("There is no such contact."))
    found[0].customer = customer
    return found[0]


def note_lock(note_id: UUID) -> Note:
    """The note, locked, with its customer. Raises NotFound."""
    found = list(Note.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=note_id))
    if not found:
        raise NotFound(_("There is no such note."))
    return found[0]


def document_lock(document_id: UUID) -> CustomerDocument:
    """The paper of a customer, locked. Raises NotFound."""
    found = list(CustomerDocument.objects.select_for_update(of=("self",)).filter(pk=document_id))
    if not found:
        raise NotFound(_("There is no such document."))
    return found[0]


def portal_link_lock(link_id: UUID) -> PortalLink:
    """The portal link, locked. Raises NotFound."""
    found = list(PortalLink.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=link_id))
    if not found:
        raise NotFound(_("There is no such link."))
    return found[0]
