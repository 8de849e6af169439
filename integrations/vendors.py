"""The vendors that a business profile can be connected to: their fields as data, and how an adapter is made.

Each vendor is a module with a `VENDOR`; it is imported on first use, since some bring a slow library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from integrations.ports.payments import Environment, PaymentGateway, WebhookCheck

Text = str | Promise
DEMO: Final = "demo"
_MODULES: Final[Mapping[str, str]] = {
    "stripe": "integrations.stripe.vendor",
    "mpesa": "integrations.mpesa.vendor",
    "paypal": "integrations.paypal.vendor",
    "dodo": "integrations.dodo.vendor",
}


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One thing that a person copies from the vendor. A secret is never sent back to a page.

    `for_hooks`: it only checks webhooks, so a new value needs no new test. `choices` makes it a choice.
    """

    name: str
    label: Text
    help: Text = ""
    secret: bool = True
    required: bool = True
    for_hooks: bool = False
    multiline: bool = False
    choices: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What an adapter is made from. `account` is empty before the first test."""

    connection_id: UUID
    profile_id: UUID
    environment: Environment
    account: str
    values: Mapping[str, str] = field(repr=False)
    hook_secret: str = field(repr=False)
    hook_url: str = field(repr=False)

    def value(self, name: str) -> str:
        """A field without the blanks around it; empty when it was never filled in."""
        return self.values.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor for people and for the registry. `steps` tell what to do at the vendor, one sentence each."""

    name: str
    label: str
    text: Text
    fields: tuple[CredentialField, ...]
    build: Callable[[Facts], PaymentGateway]
    icon: str = "credit-card"
    webhook_check: WebhookCheck = WebhookCheck.SIGNATURE
    environments: tuple[Environment, ...] = (Environment.TEST, Environment.LIVE)
    steps: tuple[Text, ...] = ()


class VendorUnknown(NotFound):
    """There is no such vendor."""

    code = "vendor_unknown"


def vendor_named(name: str) -> Vendor:
    """Raises VendorUnknown."""
    if name not in _MODULES:
        raise VendorUnknown(_("There is no payment provider “%(name)s”.") % {"name": name[:30]})
    return _loaded(_MODULES[name])


def vendors() -> tuple[Vendor, ...]:
    """Every vendor, in the order in which people see them."""
    return tuple(_loaded(module) for module in _MODULES.values())


def is_vendor(name: str) -> bool:
    """Whether a connection can be of this vendor. Imports nothing."""
    return name in _MODULES


def vendor_label(name: str) -> str:
    """What people call a vendor; the name itself, with a capital, where there is no such vendor (any more)."""
    if name == DEMO:
        return _("Demo gateway")
    return vendor_named(name).label if is_vendor(name) else name.capitalize()


def base_url(vendor: str, default: str) -> str:
    """Where a vendor is called: its own address, unless `settings.VENDOR_BASE_URLS` names another."""
    return settings.VENDOR_BASE_URLS.get(vendor, default).rstrip("/")


@cache
def _loaded(module: str) -> Vendor:
    found: Vendor = import_module(module).VENDOR
    return found
