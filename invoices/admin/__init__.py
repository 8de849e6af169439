"""Documents in the admin, a module for each kind of table."""

from billing_assistant.core.admin import history_tables
from invoices.admin import (
    attachments,
    batches,
    billable,
    billing_runs,
    catalogue,
    drafts,
    imports,
    invoices,
    plans,
    promo_codes,
    quotes,
    settings,
    templates,
)

__all__ = [
    "attachments",
    "batches",
    "billable",
    "billing_runs",
    "catalogue",
    "drafts",
    "imports",
    "invoices",
    "plans",
    "promo_codes",
    "quotes",
    "settings",
    "templates",
]

history_tables("invoices")
