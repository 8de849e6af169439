"""Where a person can go. An entry whose page does not exist, or whose right the person lacks, is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.rights import Right, Role


@dataclass(frozen=True, slots=True)
class NavItem:
    """A page of the frame: what it is called, its icon, its URL name, the right it needs, the paths below it.

    `key` is the letter that goes there after a "g".
    """

    label: str | Promise
    icon: str
    url_name: str
    right: Right | None = None
    prefixes: tuple[str, ...] = ()
    at_foot: bool = False
    on_phone: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry that this person can open, in their language, and whether the present page is it or below it."""

    label: str
    icon: str
    url: str
    active: bool = False
    at_foot: bool = False
    on_phone: bool = False
    key: str = ""


PAGES: Final = (
    NavItem(_("Home"), "home", "shell:home", on_phone=True, key="h"),
    NavItem(_("Customers"), "users", "customers:list", Right.CUSTOMERS_VIEW, on_phone=True, key="c"),
    NavItem(_("Invoices"), "file-invoice", "invoices:list", Right.INVOICES_VIEW, on_phone=True, key="i"),
    NavItem(_("Plans"), "repeat", "invoices:plans", Right.INVOICES_VIEW, key="l"),
    NavItem(_("Billable work"), "clock", "invoices:billable", Right.INVOICES_VIEW, key="b"),
    NavItem(_("Drafts"), "file-pencil", "invoices:draft_list", Right.INVOICES_VIEW, key="d"),
    NavItem(_("Batches"), "file-plus", "invoices:batches", Right.INVOICES_VIEW),
    NavItem(_("Quotes"), "file-text", "invoices:quotes", Right.INVOICES_VIEW),
    NavItem(_("Catalogue"), "package", "invoices:catalogue", Right.INVOICES_VIEW, key="k"),
    NavItem(_("Payments"), "cash", "payments:list", Right.PAYMENTS_VIEW, on_phone=True, key="p"),
    NavItem(_("Reconciliation"), "building-bank", "payments:reconciliation", Right.PAYMENTS_VIEW, key="a"),
    NavItem(_("Messages"), "mail", "messages:list", Right.MESSAGES_VIEW, key="m"),
    NavItem(_("Reports"), "chart-bar", "reports:aging", Right.REPORTS_VIEW, ("/reports/",), key="r"),
    NavItem(_("Approvals"), "checklist", "shell:approvals", Right.APPROVALS_DECIDE),
    NavItem(_("Imports"), "file-import", "imports:list", Right.DATA_IMPORT, at_foot=True),
    NavItem(_("Settings"), "settings", "shell:settings", Right.SETTINGS_EDIT, at_foot=True, key="s"),
)
PORTAL: Final = "portal:home"
NEW_THINGS: Final = (
    NavItem(_("Invoice draft"), "file-plus", "invoices:draft_new", Right.INVOICES_DRAFT),
    NavItem(_("Plan"), "repeat", "invoices:plan_new", Right.INVOICES_DRAFT),
    NavItem(_("Customer"), "user-plus", "customers:new", Right.CUSTOMERS_EDIT),
    NavItem(_("Payment"), "cash", "payments:new", Right.PAYMENTS_RECORD),
)


def url_or_none(name: str) -> str | None:
    """The path of a named page, or None where no such page is mounted."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def start_url(role: str | None) -> str:
    """Where a person begins: clients in the portal, everybody else on the home page."""
    return (url_or_none(PORTAL) if role == Role.CLIENT else None) or "/"


def _match_length(path: str, url: str, prefixes: Iterable[str]) -> int:
    """How much of the path an entry covers; the home page covers only itself."""
    roots = [root for root in (url, *prefixes) if (path == root if root == "/" else path.startswith(root))]
    return max(map(len, roots), default=0)


def links(items: Iterable[NavItem], *, rights: frozenset[Right], path: str = "") -> list[NavLink]:
    """The entries that these rights open, with the one active that covers the path best."""
    found = [
        (item, url)
        for item in items
        if (item.right is None or item.right in rights) and (url := url_or_none(item.url_name)) is not None
    ]
    covers = [_match_length(path, url, item.prefixes) for item, url in found]
    best = max(covers, default=0)
    return [
        NavLink(str(item.label), item.icon, url, bool(best) and cover == best, item.at_foot, item.on_phone, item.key)
        for (item, url), cover in zip(found, covers, strict=True)
    ]
