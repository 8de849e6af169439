"""Where a client pays at a gateway, asked about in one way: a hosted page of an hour, or a payment link."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.ports.payments import (
    CheckoutSession,
    PaymentGateway,
    PaymentLink,
    ProviderPayment,
    hosted_pages_of,
    payment_links_of,
)
from payments.models import Checkout

Page = CheckoutSession | PaymentLink


def page_find(gateway: PaymentGateway, checkout: Checkout) -> Page | None:
    """What was made under the key of a checkout, if the gateway knows it. Raises the three errors, Unsupported."""
    if checkout.is_link:
        return payment_links_of(gateway).link_find(checkout.idempotency_key)
    return hosted_pages_of(gateway).checkout_find(checkout.idempotency_key, since=checkout.created_at)


def page_fetch(gateway: PaymentGateway, checkout: Checkout) -> Page:
    """As it stands now. Raises the three errors, Unsupported."""
    if checkout.is_link:
        return payment_links_of(gateway).link_fetch(checkout.external_id)
    return hosted_pages_of(gateway).checkout_fetch(checkout.external_id)


def page_close(gateway: PaymentGateway, checkout: Checkout) -> Page:
    """Closed there as far as the gateway can. Raises the three errors, Unsupported."""
    if checkout.is_link:
        return payment_links_of(gateway).link_close(checkout.external_id)
    if not gateway.capabilities.expire:
        return page_fetch(gateway, checkout)
    return hosted_pages_of(gateway).checkout_expire(checkout.external_id)


def page_payments(gateway: PaymentGateway, checkout: Checkout, page: Page) -> Sequence[ProviderPayment]:
    """Every attempt to pay there, the oldest first. Raises the three errors, Unsupported."""
    if checkout.is_link:
        return payment_links_of(gateway).link_payments(page.external_id)
    return hosted_pages_of(gateway).checkout_payments(page.external_id)
