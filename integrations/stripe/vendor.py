"""What a person fills in to connect Stripe."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.ports.payments import PaymentGateway
from integrations.vendors import CredentialField, Facts, Vendor


def _build(facts: Facts) -> PaymentGateway:
    from integrations.stripe.adapter import build  # noqa: PLC0415 -- a slow library, not needed for a page of settings

    return build(facts)


VENDOR = Vendor(
    name="stripe",
    label="Stripe",
    text=_("Cards, wallets, bank debits. Clients pay on Stripe’s own page; saved methods and refunds work from here."),
    fields=(
        CredentialField(
            name="secret_key",
            label=_("Secret key"),
            help=_(
                "At Stripe under Developers, API keys. A restricted key (rk_…) is better than the secret key (sk_…)."
            ),
        ),
        CredentialField(
            name="webhook_secret",
            label=_("Signing secret of the webhook"),
            help=_(
                "Begins with whsec_. Stripe shows it once the webhook address is entered there. Two, with a space "
                "between, while it is being changed. Until it is filled in, no event is believed."
            ),
            required=False,
            for_hooks=True,
        ),
    ),
    build=_build,
    steps=(
        _(
            "Make a restricted key that may write Checkout Sessions, Customers, PaymentIntents, Payment Links, "
            "PaymentMethods, Products and Refunds, and read Account, Balance, Charges, Disputes, Invoices and Payouts."
        ),
        _("Save it here: the address for webhooks is then shown."),
        _(
            "Enter that address at Stripe with the events checkout.session, payment_intent, charge, refund and payout, "
            "and invoice where Stripe Billing makes invoices; "
            "copy the signing secret here."
        ),
    ),
)
