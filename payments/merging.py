"""Money of a merged customer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.merging import Merge, register_mover
from payments.models import SavedMethod


def methods_move(merge: Merge) -> object:
    """They go along, but consent to autopay was given for the other account: it has to be given anew."""
    return SavedMethod.objects.filter(customer_id=merge.merge_id).update(customer_id=merge.keep_id, autopay=False)


register_mover("payments.Payment", _("Payments"))
register_mover("payments.Dispute", _("Disputes"))
register_mover("payments.Refund", _("Refunds"))
register_mover("payments.WriteOff", _("Write-offs"))
register_mover("payments.Checkout")
register_mover("payments.MatchCandidate")
register_mover("payments.SavedMethod", _("Saved payment methods"), move=methods_move)
register_mover("payments.MethodSetup")
register_mover("payments.PlanCollection")
register_mover("payments.ExternalInvoice", _("Invoices at providers"))
register_mover("payments.PaymentPlan", _("Payment plans"))
