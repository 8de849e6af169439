"""M-Pesa for people and for the registry."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from integrations.mpesa.adapter import MpesaGateway
from integrations.mpesa.keys import FIELDS, NAME
from integrations.ports.payments import WebhookCheck
from integrations.vendors import Vendor

VENDOR: Final = Vendor(
    name=NAME,
    label="M-Pesa",
    text=_("Payments from phones in Kenya: a request on the client's phone, and money at your Paybill or till."),
    fields=FIELDS,
    build=MpesaGateway,
    webhook_check=WebhookCheck.SECRET_URL,
    steps=(
        _("Make an app on the Daraja portal with Lipa na M-Pesa Online and C2B, and copy its key and secret."),
        _("Copy the passkey of your short code from the Lipa na M-Pesa page."),
        _("For refunds make an initiator in the M-Pesa organisation portal and copy the certificate of the mode."),
    ),
)
