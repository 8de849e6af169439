"""Which vendors are set up. The only module that imports vendor packages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from integrations.demo_gateway import tasks as demo_tasks
from integrations.demo_gateway.adapter import DemoGateway
from integrations.errors import GatewayUnknown
from integrations.ports.payments import PaymentGateway

_demo = DemoGateway()


def gateways() -> tuple[PaymentGateway, ...]:
    """Every payment gateway that is set up, the preferred one first."""
    return (_demo,) if settings.DEMO else ()


def gateway(name: str) -> PaymentGateway:
    """The gateway of a name. Raises GatewayUnknown (404) when it is not set up."""
    for each in gateways():
        if each.name == name:
            return each
    raise GatewayUnknown(f"No payment gateway “{name[:30]}” is set up.")


def gateway_for(currency: str) -> PaymentGateway | None:
    """The gateway that takes online payments in a currency; None when clients cannot pay online."""
    return next((each for each in gateways() if each.capabilities.takes(currency)), None)


def clockworks() -> tuple[Callable[[datetime], None], ...]:
    """What has to be moved once a minute for vendors whose other side is here too."""
    return (demo_tasks.tick,) if settings.DEMO else ()
