"""Refusals of the invoices app, named for the fact."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError
from billing_assistant.core.money import Money
from billing_assistant.core.states import Status
from billing_assistant.core.ui.formats import day_text


class DraftNotEditable(DomainError):
    """The draft was invoiced, scheduled or discarded."""

    code = "draft_not_editable"


class DraftChanged(DomainError):
    """Somebody saved another version meanwhile."""

    code = "draft_changed"

    def __init__(self, current: int) -> None:
        super().__init__(
            _("Somebody saved version %(current)s meanwhile. Reload to see it; what you typed is kept.")
            % {"current": current}
        )
        self.current = current


class DraftIncomplete(DomainError):
    """A line lacks its rate, or there is nothing to bill."""

    code = "draft_incomplete"


class PromoCodeRefused(DomainError):
    """The promo code of a draft gives nothing any more, or something else than when the draft was saved."""

    code = "promo_code_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="promo_code")


class TemplateIsDefault(DomainError):
    """The template that is used unless another is chosen cannot be put away."""

    code = "template_is_default"

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s is used by default. Make another template the default first.") % {"name": name})


class CustomerSuspended(DomainError):
    """A suspended customer cannot receive new invoices."""

    code = "customer_suspended"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s is suspended and cannot receive new invoices. Activate the customer first.") % {"name": name}
        )


class IssueDateRefused(DomainError):
    """The date would put a later number before an earlier date, or the due date before the issue date."""

    code = "issue_date_refused"
    status = 400

    def __init__(self, issued_on: date, last: date) -> None:
        super().__init__(
            _("The last document of this series is dated %(last)s; %(issued_on)s would be out of order.")
            % {"last": last, "issued_on": issued_on},
            field="issued_on",
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
        super().__init__(
            _("%(number)s has %(due)s due; %(wanted)s is more than that.")
            % {"number": number, "due": due, "wanted": wanted},
            field="amount",
        )


class OverCredited(DomainError):
    """A credit note would be higher than what is left to credit."""

    code = "over_credited"
    status = 400


class PeriodLocked(DomainError):
    """A date lies in a period that was locked."""

    code = "period_locked"

    def __init__(self, day: date, locked_until: date) -> None:
        super().__init__(
            _(
                "Everything up to %(locked)s is locked, and %(day)s is not after it. Choose a later date, or ask an "
                "administrator to move the lock date in Settings."
            )
            % {"locked": day_text(locked_until), "day": day_text(day)}
        )


class TaxRateNotValid(DomainError):
    """A line has a tax rate that does not hold on the issue date."""

    code = "tax_rate_not_valid"


class ExchangeRateMissing(DomainError):
    """The profile wants an exchange rate for each foreign invoice, and there is none that is recent enough."""

    code = "exchange_rate_missing"

    def __init__(self, currency: str, into: str, day: date, most: int) -> None:
        super().__init__(
            _(
                "There is no exchange rate from %(currency)s to %(into)s of the %(most)d days up to %(day)s. "
                "Enter one in Settings, Exchange rates."
            )
            % {"currency": currency, "into": into, "day": day, "most": most}
        )


class QuoteExpired(DomainError):
    """The last day on which the client could accept is over."""

    code = "quote_expired"


class QuoteOutdated(DomainError):
    """What was offered is not what the draft says now."""

    code = "quote_outdated"


class BillableNotOpen(DomainError):
    """The work is on a draft, invoiced or dismissed: it cannot be changed."""

    code = "billable_not_open"

    def __init__(self, state: Status) -> None:
        super().__init__(_("This work is %(state)s and cannot be changed.") % {"state": str(state.label).lower()})


class PlanChanged(DomainError):
    """Somebody saved another version of the plan meanwhile."""

    code = "plan_changed"

    def __init__(self, current: int) -> None:
        super().__init__(
            _("Somebody saved version %(current)s meanwhile. Reload to see it; what you typed is kept.")
            % {"current": current}
        )
        self.current = current


class PlanNotEditable(DomainError):
    """An ended plan bills nothing more: there is nothing to change."""

    code = "plan_not_editable"

    def __init__(self, number: str) -> None:
        super().__init__(_("%(number)s has ended and cannot be changed. Make a new plan.") % {"number": number})
