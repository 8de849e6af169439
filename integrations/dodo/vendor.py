"""What a person fills in to connect Dodo Payments."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from integrations.dodo.adapter import DodoGateway
from integrations.vendors import CredentialField, Vendor

VENDOR: Final = Vendor(
    name="dodo",
    label="Dodo Payments",
    text=_("Cards and wallets for digital products and software; Dodo is the seller and works the tax out."),
    fields=(
        CredentialField("api_key", _("API key")),
        CredentialField(
            "product_id",
            _("Product for payments"),
            _("A one-time product with “pay what you want” whose price includes tax."),
            secret=False,
        ),
        CredentialField(
            "subscription_product_id",
            _("Product for saved methods"),
            _("A subscription product that is charged on demand."),
            secret=False,
        ),
        CredentialField(
            "currencies",
            _("Currencies"),
            _("Codes of the currencies that are on at Dodo, separated by commas: USD, EUR. Empty for all."),
            secret=False,
            required=False,
        ),
        CredentialField(
            "webhook_secret",
            _("Signing secret of the webhook"),
            _("Begins with whsec_. Two, with a space between, while it is being changed."),
            required=False,
            for_hooks=True,
        ),
    ),
    build=DodoGateway,
    steps=(
        _("Make an API key at Dodo in the mode chosen here, and the two products."),
        _("Save it here: the address for webhooks is then shown."),
        _("Enter that address at Dodo for payments, refunds, disputes and subscriptions; copy the signing secret."),
    ),
)
