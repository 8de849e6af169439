"""Who may do what: rights, and which role has which."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A person's place in the firm. A client is a customer's contact who signs in to the portal."""

    ADMIN = "admin"
    FINANCE = "finance"
    CSM = "csm"
    READ_ONLY = "read_only"
    CLIENT = "client"


class Right(StrEnum):
    """One thing that an actor may be allowed to do. API keys carry these words as scopes."""

    CUSTOMERS_VIEW = "customers.view"
    CUSTOMERS_EDIT = "customers.edit"
    CUSTOMERS_MERGE = "customers.merge"
    INVOICES_VIEW = "invoices.view"
    INVOICES_DRAFT = "invoices.draft"
    INVOICES_ISSUE = "invoices.issue"
    INVOICES_VOID = "invoices.void"
    INVOICES_SEND = "invoices.send"
    CATALOGUE_EDIT = "catalogue.edit"
    TEMPLATES_EDIT = "templates.edit"
    PAYMENTS_VIEW = "payments.view"
    PAYMENTS_RECORD = "payments.record"
    MESSAGES_VIEW = "messages.view"
    MESSAGES_SEND = "messages.send"
    REPORTS_VIEW = "reports.view"
    DATA_IMPORT = "data.import"
    APPROVALS_DECIDE = "approvals.decide"
    SETTINGS_EDIT = "settings.edit"
    USERS_EDIT = "users.edit"
    PRIVACY_MANAGE = "privacy.manage"


_VIEW: Final = frozenset(
    {Right.CUSTOMERS_VIEW, Right.INVOICES_VIEW, Right.PAYMENTS_VIEW, Right.MESSAGES_VIEW, Right.REPORTS_VIEW}
)
_CSM: Final = _VIEW | {Right.CUSTOMERS_EDIT, Right.INVOICES_DRAFT, Right.MESSAGES_SEND}
_FINANCE: Final = frozenset(Right) - {Right.SETTINGS_EDIT, Right.USERS_EDIT, Right.PRIVACY_MANAGE}

ROLE_RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.ADMIN: frozenset(Right),
    Role.FINANCE: _FINANCE,
    Role.CSM: _CSM,
    Role.READ_ONLY: _VIEW,
    Role.CLIENT: frozenset(),
}
STAFF_ROLES: Final = frozenset(ROLE_RIGHTS) - {Role.CLIENT}
