"""The port to payment gateways. Everything above speaks this; only `integrations.registry` knows the vendors.

Calls raise the three errors of `core.errors`: Rejected (final), Unavailable (nothing happened, try later),
OutcomeUnknown (it may have happened: ask). An amount is `Money` in whole minor units; a moment is aware, in UTC.
No method may be called inside a database transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from integrations.ports.attempts import Decline, ProviderPayment, ProviderStatus
from integrations.ports.capabilities import Capabilities, Environment, WebhookCheck
from integrations.ports.checkouts import CheckoutRequest, CheckoutSession, HostedPages, SessionStatus
from integrations.ports.disputes import Disputes
from integrations.ports.errors import Unsupported, WebhookNotConfigured, WebhookRefused, WebhookUnreadable
from integrations.ports.external_invoices import ExternalInvoices
from integrations.ports.incoming import IncomingPayments
from integrations.ports.payment_links import LinkRequest, PaymentLink, PaymentLinks
from integrations.ports.payouts import Balances, Fees, Payouts, Taxes
from integrations.ports.prompts import PhonePrompts
from integrations.ports.refunds import Refunds
from integrations.ports.saved_methods import SavedMethods
from integrations.ports.subscriptions import Subscriptions
from integrations.ports.webhooks import NoticeKind, WebhookCall, WebhookNotice, Webhooks

__all__ = [
    "Capabilities",
    "Checked",
    "CheckoutRequest",
    "CheckoutSession",
    "Decline",
    "Environment",
    "HostedPages",
    "LinkRequest",
    "NoticeKind",
    "PaymentGateway",
    "PaymentLink",
    "ProviderPayment",
    "ProviderStatus",
    "SessionStatus",
    "Unsupported",
    "WebhookCall",
    "WebhookCheck",
    "WebhookNotConfigured",
    "WebhookNotice",
    "WebhookRefused",
    "WebhookUnreadable",
    "balances_of",
    "disputes_of",
    "external_invoices_of",
    "fees_of",
    "hosted_pages_of",
    "incoming_of",
    "payment_links_of",
    "payouts_of",
    "phone_prompts_of",
    "refunds_of",
    "saved_methods_of",
    "subscriptions_of",
    "taxes_of",
]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the gateway says that our keys are for: the account that is paid, its name, and whether money is real."""

    account: str
    label: str
    environment: Environment


class PaymentGateway(Webhooks, Protocol):
    """What every payment gateway has. What else it can do stands in `capabilities`, one port for each."""

    @property
    def name(self) -> str:
        """The vendor's name in URLs and on rows: "demo"."""

    @property
    def label(self) -> str:
        """The vendor's name for people."""

    @property
    def account(self) -> str:
        """Our account there: the only payee that we accept."""

    @property
    def environment(self) -> Environment:
        """Whether our keys are live or test ones."""

    @property
    def capabilities(self) -> Capabilities:
        """What can be asked of it."""

    def check(self) -> Checked:
        """Tries the keys. Raises Rejected when they are not accepted."""

    def payment_fetch(self, external_id: str) -> ProviderPayment:
        """One attempt as it stands now."""


def hosted_pages_of(gateway: PaymentGateway) -> HostedPages:
    """Raises Unsupported."""
    if gateway.capabilities.hosted_page and isinstance(gateway, HostedPages):
        return gateway
    raise _cannot(gateway)


def payment_links_of(gateway: PaymentGateway) -> PaymentLinks:
    """Raises Unsupported."""
    if gateway.capabilities.payment_links and isinstance(gateway, PaymentLinks):
        return gateway
    raise _cannot(gateway)


def phone_prompts_of(gateway: PaymentGateway) -> PhonePrompts:
    """Raises Unsupported."""
    if gateway.capabilities.phone_prompt and isinstance(gateway, PhonePrompts):
        return gateway
    raise _cannot(gateway)


def saved_methods_of(gateway: PaymentGateway) -> SavedMethods:
    """Raises Unsupported."""
    if gateway.capabilities.saved_methods and isinstance(gateway, SavedMethods):
        return gateway
    raise _cannot(gateway)


def refunds_of(gateway: PaymentGateway) -> Refunds:
    """Raises Unsupported."""
    if gateway.capabilities.refunds and isinstance(gateway, Refunds):
        return gateway
    raise _cannot(gateway)


def disputes_of(gateway: PaymentGateway) -> Disputes:
    """Raises Unsupported."""
    if gateway.capabilities.disputes and isinstance(gateway, Disputes):
        return gateway
    raise _cannot(gateway)


def payouts_of(gateway: PaymentGateway) -> Payouts:
    """Raises Unsupported."""
    if gateway.capabilities.payouts and isinstance(gateway, Payouts):
        return gateway
    raise _cannot(gateway)


def fees_of(gateway: PaymentGateway) -> Fees:
    """Raises Unsupported."""
    if gateway.capabilities.fees and isinstance(gateway, Fees):
        return gateway
    raise _cannot(gateway)


def taxes_of(gateway: PaymentGateway) -> Taxes:
    """Raises Unsupported."""
    if gateway.capabilities.taxes and isinstance(gateway, Taxes):
        return gateway
    raise _cannot(gateway)


def balances_of(gateway: PaymentGateway) -> Balances:
    """Raises Unsupported."""
    if gateway.capabilities.balances and isinstance(gateway, Balances):
        return gateway
    raise _cannot(gateway)


def incoming_of(gateway: PaymentGateway) -> IncomingPayments:
    """Raises Unsupported."""
    if gateway.capabilities.incoming and isinstance(gateway, IncomingPayments):
        return gateway
    raise _cannot(gateway)


def external_invoices_of(gateway: PaymentGateway) -> ExternalInvoices:
    """Raises Unsupported."""
    if gateway.capabilities.external_invoices and isinstance(gateway, ExternalInvoices):
        return gateway
    raise _cannot(gateway)


def subscriptions_of(gateway: PaymentGateway) -> Subscriptions:
    """Raises Unsupported."""
    if gateway.capabilities.subscriptions and isinstance(gateway, Subscriptions):
        return gateway
    raise _cannot(gateway)


def _cannot(gateway: PaymentGateway) -> Unsupported:
    return Unsupported(_("%(gateway)s cannot do this.") % {"gateway": gateway.label})
