"""What a person or program is told once a document was issued although something speaks against it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.credit import exposure_of
from invoices.models import Invoice


@dataclass(frozen=True, slots=True)
class IssueWarning:
    """A code for programs, and words for people in their language."""

    code: str
    message: str


def issue_warnings(invoice: Invoice) -> list[IssueWarning]:
    """The warnings about an invoice that was just issued; empty when there is nothing to say."""
    customer = invoice.customer
    if customer.credit_limit is None or not exposure_of(customer).over:
        return []
    return [IssueWarning("credit_limit", _("%(name)s is over the credit limit now.") % {"name": customer.name})]
