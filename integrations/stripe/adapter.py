"""Stripe for one connection, behind the ports."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from billing_assistant.core import exact_json
from integrations.breaker import Breaker
from integrations.ports.capabilities import Capabilities, Environment
from integrations.ports.payments import (
    Checked,
    NoticeKind,
    WebhookCall,
    WebhookNotConfigured,
    WebhookNotice,
    WebhookRefused,
    WebhookUnreadable,
)
from integrations.stripe.api import StripeApi
from integrations.stripe.books import StripeBooks
from integrations.stripe.invoices import StripeInvoices, invoice_id_of
from integrations.stripe.links import StripeLinks
from integrations.stripe.methods import StripeMethods
from integrations.stripe.pages import StripePages
from integrations.stripe.payloads import environment_of, text
from integrations.stripe.reading import readable
from integrations.stripe.refunds import StripeRefunds
from integrations.vendors import Facts, base_url
from integrations.webhook_signatures import verify

API: Final = "https://api.stripe.com"
HEADER: Final = "Stripe-Signature"
LONGEST: Final = 150
_PAYMENTS: Final = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.canceled",
        "charge.succeeded",
        "charge.failed",
        "charge.pending",
    }
)


class StripeGateway(StripePages, StripeLinks, StripeMethods, StripeRefunds, StripeBooks, StripeInvoices):
    """Everything that we ask of Stripe. Disputes are answered on Stripe's own pages."""

    name = "stripe"
    label = "Stripe"
    capabilities = Capabilities(
        find_by_key=True,
        expire=True,
        payment_links=True,
        saved_methods=True,
        refunds=True,
        partial_refunds=True,
        disputes=True,
        payouts=True,
        fees=True,
        balances=True,
        external_invoices=True,
    )

    def __init__(self, facts: Facts) -> None:
        self.account = facts.account
        self.profile_id = facts.profile_id
        self.environment = facts.environment
        self._secrets = facts.value("webhook_secret").split()
        self.api = StripeApi(
            secret_key=facts.value("secret_key"),
            base_url=base_url(self.name, API),
            breaker=Breaker(str(facts.connection_id)),
        )

    def check(self) -> Checked:
        """Two reads: whose account it is, and whether the key moves real money."""
        account = self.api.call(lambda sdk: sdk.v1.accounts.retrieve_current())
        balance = self.api.call(lambda sdk: sdk.v1.balance.retrieve())
        return _checked(account, balance)

    def webhook_verify(self, call: WebhookCall) -> None:
        """By any of our secrets: while one is being changed there are two."""
        if not self._secrets:
            raise WebhookNotConfigured(_("No webhook secret is set, so no event can be believed."))
        header = _known_parts(call.headers.get(HEADER, ""))
        refusals = [refusal for secret in self._secrets if (refusal := _refusal(secret, header, call))]
        if len(refusals) == len(self._secrets):
            raise refusals[0]

    def webhook_notice(self, body: bytes) -> WebhookNotice:
        try:
            event = exact_json.loads(body)
            kind, about = event["type"], event["data"]["object"]
            if environment_of(event) is not self.environment:
                raise WebhookUnreadable(_("The event is of the other mode."))
            return WebhookNotice(
                event_id=_word(event["id"]),
                kind=_kind(kind, about),
                object_id=_word(_object_id(kind, about)),
                account=_word(event.get("account") or self.account),
                name=_word(kind),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WebhookUnreadable(_("The event cannot be read.")) from error


def build(facts: Facts) -> StripeGateway:
    """The adapter of a connection."""
    return StripeGateway(facts)


@readable
def _checked(account: dict[str, Any], balance: dict[str, Any]) -> Checked:
    shown = (account.get("settings") or {}).get("dashboard") or {}
    profile = account.get("business_profile") or {}
    name = shown.get("display_name") or profile.get("name") or account.get("email") or account["id"]
    environment: Environment = environment_of(balance)
    return Checked(account=text(account["id"]), label=str(name), environment=environment)


def _kind(name: str, about: dict[str, Any]) -> NoticeKind:
    if name in _PAYMENTS:
        return NoticeKind.PAYMENT
    if name.startswith("checkout.session."):
        return NoticeKind.SETUP if about.get("mode") == "setup" else NoticeKind.SESSION
    if name.startswith(("refund.", "charge.refund.")):
        return NoticeKind.REFUND
    if name.startswith("charge.dispute."):
        return NoticeKind.DISPUTE
    if name.startswith("invoice."):
        return NoticeKind.INVOICE
    return NoticeKind.PAYOUT if name.startswith("payout.") else NoticeKind.OTHER


def _object_id(name: str, about: dict[str, Any]) -> Any:
    """An attempt is a charge: an event about an intent names its latest one. A page of a link stands for the link."""
    if name.startswith("payment_intent.") and isinstance(about.get("latest_charge"), str):
        return about["latest_charge"]
    if name.startswith("checkout.session.") and isinstance(about.get("payment_link"), str):
        return about["payment_link"]
    if name.startswith("invoice."):
        return invoice_id_of(name, about)
    return about.get("id") or name


def _known_parts(header: str) -> str:
    """Time and v1 signatures in the order in which `verify` reads them; other schemes are ignored."""
    parts = [part.strip() for part in header.split(",")]
    return ",".join([part for part in parts if part.startswith("t=")] + [p for p in parts if p.startswith("v1=")])


def _refusal(secret: str, header: str, call: WebhookCall) -> WebhookRefused | None:
    try:
        verify(secret=secret, header=header, body=call.body, now=call.now)
    except WebhookRefused as refusal:
        return refusal
    return None


def _word(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
        raise ValueError("a word is missing or too long")
    return value
