"""Money of a merged customer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.merging import register_mover

register_mover("payments.Payment", _("Payments"))
register_mover("payments.Refund", _("Refunds"))
register_mover("payments.WriteOff", _("Write-offs"))
register_mover("payments.Checkout")
register_mover("payments.MatchCandidate")
