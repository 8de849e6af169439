"""Refusals of the invoices app, named for the fact."""

from __future__ import annotations

from datetime import date

from billing_assistant.core.errors import DomainError
from billing_assistant.core.money import Money


class DraftNotEditable(DomainError):
    """The draft was invoiced, scheduled or discarded."""

    code = "draft_not_editable"


class DraftChanged(DomainError):
    """Somebody saved another version meanwhile."""

    code = "draft_changed"

    def __init__(self, current: int) -> None:
        super().__init__(f"Somebody saved version {current} meanwhile. Reload to see it; what you typed is kept.")
        self.current = current


class DraftIncomplete(DomainError):
    """A line lacks its rate, or there is nothing to bill."""

    code = "draft_incomplete"


class CustomerSuspended(DomainError):
    """A suspended customer cannot receive new invoices."""

    code = "customer_suspended"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is suspended and cannot receive new invoices. Activate the customer first.")


class IssueDateRefused(DomainError):
    """The date would put a later number before an earlier date, or the due date before the issue date."""

    code = "issue_date_refused"
    status = 400

    def __init__(self, issued_on: date, last: date) -> None:
        super().__init__(
            f"The last document of this series is dated {last}; {issued_on} would be out of order.", field="issued_on"
        )


class InvoiceNotOpen(DomainError):
    """The invoice is void or written off."""

    code = "invoice_not_open"


class InvoiceHasPayments(DomainError):
    """What was paid or credited cannot be voided."""

    code = "invoice_has_payments"


class OverSettled(DomainError):
    """More would be settled than the invoice is over."""

    code = "over_settled"

    def __init__(self, number: str, due: Money, wanted: Money) -> None:
        super().__init__(f"{number} has {due} due; {wanted} is more than that.", field="amount")


class OverCredited(DomainError):
    """A credit note would be higher than what is left to credit."""

    code = "over_credited"
    status = 400
