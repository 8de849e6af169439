"""The one place that knows which vendors there are. Everything else asks here and sees ports only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.demo_gateway import tasks as demo_tasks
from integrations.demo_gateway.adapter import DemoGateway
from integrations.errors import GatewayUnknown
from integrations.ports.payments import PaymentGateway

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

_demo = DemoGateway()


def gateways() -> tuple[PaymentGateway, ...]:
    """Every payment gateway that is set up, the preferred one first."""
    return (_demo,) if settings.DEMO else ()


def gateway(name: str) -> PaymentGateway:
    """The gateway of a name. Raises GatewayUnknown (404) when it is not set up."""
    for each in gateways():
        if each.name == name:
            return each
    raise GatewayUnknown(_("No payment gateway “%(name)s” is set up.") % {"name": name[:30]})


def gateway_for(currency: str) -> PaymentGateway | None:
    """The gateway that takes online payments in a currency; None when clients cannot pay online."""
    return next((each for each in gateways() if each.capabilities.takes(currency)), None)


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
