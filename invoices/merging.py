"""Documents of a merged customer. What they print stays: the buyer was frozen at issue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.merging import Merge, register_mover
from invoices.models import BillableTerms, DraftWorkingCopy


def working_copies_move(merge: Merge) -> None:
    """A person has one unsaved new draft for a customer: that for the kept one stays."""
    new = DraftWorkingCopy.objects.filter(draft__isnull=True)
    begun = new.filter(customer_id=merge.keep_id).values("user_id")
    new.filter(customer_id=merge.merge_id, user_id__in=begun).delete()
    DraftWorkingCopy.objects.filter(customer_id=merge.merge_id).update(customer_id=merge.keep_id)


def billable_terms_move(merge: Merge) -> None:
    """What the kept customer wants of drafts holds; where nothing was said, what the other wanted."""
    other = BillableTerms.objects.filter(customer_id=merge.merge_id)
    if BillableTerms.objects.filter(customer_id=merge.keep_id).exists():
        other.delete()
    else:
        other.update(customer_id=merge.keep_id)


register_mover("invoices.Invoice", _("Invoices and credit notes"))
register_mover("invoices.InvoiceDraft", _("Drafts"))
register_mover("invoices.Quote", _("Quotes"))
register_mover("invoices.Plan", _("Plans"))
register_mover("invoices.PromoUse")
register_mover("invoices.BatchItem")
register_mover("invoices.BillableItem", _("Billable work"))
register_mover("invoices.BillableTerms", move=billable_terms_move)
register_mover("invoices.DraftWorkingCopy", move=working_copies_move)
