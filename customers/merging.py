"""What belongs to a customer on this floor, and goes along when it is merged."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.merging import Merge, register_mover
from customers.models import Contact, CustomerDocument


def contacts_move(merge: Merge) -> None:
    """The kept customer's first contact stays the first."""
    moving = Contact.objects.filter(customer_id=merge.merge_id)
    if Contact.objects.filter(customer_id=merge.keep_id, is_primary=True).exists():
        moving.filter(is_primary=True).update(is_primary=False)
    moving.update(customer_id=merge.keep_id)


def documents_move(merge: Merge) -> None:
    """A paper that both have is kept once."""
    there = CustomerDocument.objects.filter(customer_id=merge.keep_id).values("file_id")
    moving = CustomerDocument.objects.filter(customer_id=merge.merge_id)
    moving.filter(file_id__in=there).delete()
    moving.update(customer_id=merge.keep_id)


register_mover("customers.Contact", _("Contacts"), move=contacts_move)
register_mover("customers.Note", _("Notes"))
register_mover("customers.CustomerDocument", _("Documents"), move=documents_move)
register_mover("customers.PortalLink", _("Portal links"))
register_mover("customers.Customer", column="merged_into_id")
register_mover("core.Event")
