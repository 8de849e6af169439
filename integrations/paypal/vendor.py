"""What a person fills in to connect PayPal."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from integrations.paypal.adapter import PayPalGateway
from integrations.vendors import CredentialField, Vendor

VENDOR: Final = Vendor(
    name="paypal",
    label="PayPal",
    text=_("Clients pay on PayPal’s own page, in currencies that PayPal knows. Not for Kenyan shillings."),
    fields=(
        CredentialField("client_id", _("Client id"), secret=False),
        CredentialField("secret", _("Secret")),
        CredentialField(
            "merchant_id",
            _("Merchant id"),
            _("At PayPal under account settings, business information. Money to anybody else is never believed."),
            secret=False,
        ),
        CredentialField(
            "webhook_id",
            _("Webhook id"),
            _("PayPal shows it once the webhook address is entered. Until it is filled in, no event is believed."),
            secret=False,
            required=False,
            for_hooks=True,
        ),
    ),
    build=PayPalGateway,
    steps=(
        _("Make a REST app at developer.paypal.com in the mode chosen here, and copy its client id and secret."),
        _("Save it here: the address for webhooks is then shown."),
        _("Enter that address at the app with the events Checkout order, Payment capture and Dispute; copy the id."),
    ),
)
