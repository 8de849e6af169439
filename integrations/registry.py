"""The one place that knows which vendors there are. Everything else asks here and sees ports only.

A gateway is made from a connection of a business profile. Connections that are off still answer about what was begun
with them: only new payments are not offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.prepared import Given, Prepared
from integrations.demo_gateway import tasks as demo_tasks
from integrations.demo_gateway.adapter import DemoGateway
from integrations.errors import GatewayUnknown
from integrations.models import GatewayConnection
from integrations.ports.payments import Environment, PaymentGateway, WebhookCheck
from integrations.vendors import Facts, is_vendor, vendor_named

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

_demo = DemoGateway()


def built_in() -> tuple[PaymentGateway, ...]:
    """Gateways that need no connection."""
    return (_demo,) if settings.DEMO else ()


def gateways(profile_id: UUID) -> tuple[PaymentGateway, ...]:
    """Every gateway with which clients of a business profile can pay, the preferred one first."""
    connections = GatewayConnection.objects.filter(profile_id=profile_id, enabled=True)
    return (*map(gateway_of, connections), *built_in())


def page_gateways(profile_id: UUID, currency: str) -> tuple[PaymentGateway, ...]:
    """The gateways whose page takes payments in a currency, the preferred one first and of each vendor one."""
    able: dict[str, PaymentGateway] = {}
    for each in gateways(profile_id):
        if each.capabilities.hosted_page and each.capabilities.takes(currency):
            able.setdefault(each.name, each)
    return tuple(able.values())


def gateway_for(profile_id: UUID, currency: str) -> PaymentGateway | None:
    """The preferred gateway whose page takes payments in a currency; None when clients cannot pay online."""
    return next(iter(page_gateways(profile_id, currency)), None)


def link_gateway_for(profile_id: UUID, currency: str) -> PaymentGateway | None:
    """The gateway that makes payment links in a currency; None when there is none."""
    able = (each for each in gateways(profile_id) if each.capabilities.payment_links)
    return next((each for each in able if each.capabilities.takes(currency)), None)


def prompt_gateway_for(profile_id: UUID, currency: str) -> PaymentGateway | None:
    """The gateway that asks on the phone for payments in a currency; None when there is none."""
    able = (each for each in gateways(profile_id) if each.capabilities.phone_prompt)
    return next((each for each in able if each.capabilities.takes(currency)), None)


def incoming_gateways() -> tuple[PaymentGateway, ...]:
    """Every gateway that is on and at which money comes without a checkout, of all business profiles."""
    made = map(gateway_of, GatewayConnection.objects.filter(enabled=True))
    return tuple(each for each in made if each.capabilities.incoming)


def gateway(name: str, *, account: str = "", profile_id: UUID | None = None) -> PaymentGateway:
    """The gateway with which something was begun: vendor, payee, profile; also one that is off now.

    Raises GatewayUnknown (404) when it is not set up.
    """
    for each in built_in():
        if each.name == name:
            return each
    connections = GatewayConnection.objects.filter(vendor=name, account=account, retired_at__isnull=True)
    connections = connections.exclude(account="")
    if profile_id is not None:
        connections = connections.filter(profile_id=profile_id)
    found = connections.order_by("-enabled", "position", "id").first() if is_vendor(name) else None
    if found is None:
        raise _unknown(name)
    return gateway_of(found)


def gateway_of(connection: GatewayConnection) -> PaymentGateway:
    """The adapter of a connection. Raises VendorUnknown for a vendor that is no longer there."""
    return vendor_named(connection.vendor).build(facts_of(connection))


def facts_of(connection: GatewayConnection) -> Facts:
    """What its adapter is made from."""
    return Facts(
        connection_id=connection.pk,
        profile_id=connection.profile_id,
        environment=Environment(connection.environment),
        account=connection.account,
        values=connection.values,
        hook_secret=connection.hook_secret,
        hook_url=hook_url(connection),
    )


def hook_url(connection: GatewayConnection) -> str:
    """Where the vendor tells us about this connection; it holds a secret where the vendor signs nothing."""
    arguments = [connection.vendor, connection.pk]
    if vendor_named(connection.vendor).webhook_check is WebhookCheck.SECRET_URL:
        path = reverse("hooks:secret", args=[*arguments, connection.hook_secret])
    else:
        path = reverse("hooks:connection", args=arguments)
    return settings.PUBLIC_BASE_URL + path


def hook_candidates(vendor: str, connection_id: UUID | None) -> list[tuple[PaymentGateway, GatewayConnection | None]]:
    """Who may have been meant by a call to `/hooks/<vendor>/…`. Raises GatewayUnknown when there is nobody."""
    found: list[tuple[PaymentGateway, GatewayConnection | None]] = []
    if connection_id is None:
        found = [(each, None) for each in built_in() if each.name == vendor]
    if not found and is_vendor(vendor):
        found = [(gateway_of(each), each) for each in _connections(vendor, connection_id)]
    if not found:
        raise _unknown(vendor)
    return found


def _connections(vendor: str, connection_id: UUID | None) -> Iterable[GatewayConnection]:
    if connection_id is None:
        return _OF_VENDOR.rows(vendor=vendor)
    return _CONNECTION.rows(vendor=vendor, connection_id=connection_id)


def _of_vendor() -> QuerySet[GatewayConnection]:
    return GatewayConnection.objects.filter(vendor=Given("vendor", CharField()), retired_at__isnull=True)


_OF_VENDOR = Prepared(_of_vendor)
_CONNECTION = Prepared(lambda: _of_vendor().filter(pk=Given("connection_id")))


def _unknown(name: str) -> GatewayUnknown:
    return GatewayUnknown(_("No payment gateway “%(name)s” is set up.") % {"name": name[:30]})


def clockworks() -> tuple[Callable[[datetime], None], ...]:
    """What has to be moved once a minute for vendors whose other side is here too."""
    return (demo_tasks.tick,) if settings.DEMO else ()


def chat_model() -> BaseChatModel | None:
    """The chat model that is set up, or None: the caller then works by rules.

    The vendor's library is imported on first use.
    """
    if not settings.GOOGLE_API_KEY:
        return None
    from integrations.gemini.client import build_chat_model  # noqa: PLC0415 -- a slow import

    return build_chat_model(
        api_key=settings.GOOGLE_API_KEY, model=settings.GEMINI_MODEL, base_url=settings.GEMINI_BASE_URL or None
    )


def chat_failure(error: BaseException) -> str:
    """Why a chat model failed, in one word: timeout, busy, unavailable, refused or unreadable."""
    from integrations.gemini.failures import reason  # noqa: PLC0415 -- a slow import

    return reason(error)
