"""Refusals of the payments app, named for the fact."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.money import Money
from billing_assistant.core.ui.formats import day_text


def day_outside(field: str, first: date, last: date) -> ValidationFailed:
    """A day that is not from the first to the last; where there is one alone, it is named once."""
    text = _("Choose a date from %(first)s to %(last)s.") if first < last else _("Only %(last)s can be chosen.")
    return ValidationFailed({field: [text % {"first": day_text(first), "last": day_text(last)}]})


class OtherCurrency(DomainError):
    """The invoice is in another currency than the money."""

    code = "other_currency"

    def __init__(self, number: str, invoice_currency: str, payment_currency: str) -> None:
        text = _("%(number)s is in %(theirs)s; %(ours)s cannot settle it. Record a payment in %(theirs)s.")
        super().__init__(
            text % {"number": number, "theirs": invoice_currency, "ours": payment_currency}, field="currency"
        )


class OtherCustomer(DomainError):
    """The invoice is another customer's."""

    code = "other_customer"

    def __init__(self, number: str) -> None:
        super().__init__(_("%(number)s is not an invoice of this customer.") % {"number": number}, field="allocations")


class MoreThanReceived(DomainError):
    """More would be allocated than there is money."""

    code = "more_than_received"

    def __init__(self, available: Money, wanted: Money) -> None:
        text = _("%(wanted)s cannot be allocated: there is %(available)s.")
        super().__init__(text % {"wanted": wanted, "available": available}, field="allocations")
        self.available = available


class MoreThanDue(DomainError):
    """More would be allocated to an invoice than is due on it."""

    code = "more_than_due"

    def __init__(self, number: str, due: Money, wanted: Money) -> None:
        text = _("%(number)s has %(due)s due; %(wanted)s is more than that.")
        super().__init__(text % {"number": number, "due": due, "wanted": wanted}, field="allocations")


class NotTogether(DomainError):
    """These invoices cannot be paid at once: several currencies, none, or too many."""

    code = "not_together"


class NothingDue(DomainError):
    """The invoice is settled, void or written off."""

    code = "nothing_due"


class PaymentNotReceived(DomainError):
    """The payment is pending, failed or reversed, so there is no money to allocate or to give back."""

    code = "payment_not_received"


class NotAllocated(DomainError):
    """The payment has nothing (or not that much) on this invoice to take back."""

    code = "not_allocated"


class DuplicatePayment(DomainError):
    """The provider's payment, or this form, was recorded already, and says something else now."""

    code = "duplicate_payment"


class MoreThanRefundable(DomainError):
    """More would be given back than there is to give."""

    code = "more_than_refundable"

    def __init__(self, number: str, left: Money, wanted: Money) -> None:
        text = _("%(number)s has %(left)s that can be refunded; %(wanted)s is more than that.")
        super().__init__(text % {"number": number, "left": left, "wanted": wanted}, field="amount")


class DuplicateRefund(DomainError):
    """This form was sent already, and says something else now."""

    code = "duplicate_refund"


class RefundFailed(DomainError):
    """The gateway refused, or could not be reached; nothing was given back."""

    code = "refund_failed"
    status = 503


class AmountTooSmall(DomainError):
    """A part payment below the minimum."""

    code = "amount_too_small"
    status = 400


class PaymentInFlight(DomainError):
    """An earlier online payment is still being processed; paying again might pay twice."""

    code = "payment_in_flight"


class OnlinePaymentsOff(DomainError):
    """No gateway takes online payments in this currency."""

    code = "online_payments_off"


class CheckoutFailed(DomainError):
    """The gateway refused, or could not be reached; nothing was charged."""

    code = "checkout_failed"
    status = 503


class CheckoutUnknown(DomainError):
    """The gateway did not answer in time. We ask it before anybody pays again."""

    code = "checkout_unknown"
    status = 503


class MethodNotUsable(DomainError):
    """The saved method was removed or does not work any more, or consent to charge it was not given."""

    code = "method_not_usable"


class PlannedAlready(DomainError):
    """The invoice is in a payment plan that stands."""

    code = "planned_already"

    def __init__(self, number: str, plan: str) -> None:
        text = _("%(number)s is in the payment plan %(plan)s already. Cancel that one first.")
        super().__init__(text % {"number": number, "plan": plan}, field="invoices")


class NotWhatIsOwed(DomainError):
    """The instalments of a plan do not sum to what is owed."""

    code = "not_what_is_owed"

    def __init__(self, owed: Money, planned: Money) -> None:
        text = _("%(owed)s is owed, the instalments sum to %(planned)s.")
        super().__init__(text % {"owed": owed, "planned": planned}, field="instalments")


class NothingToAsk(DomainError):
    """There is no provider that could be asked, or it gave no answer."""

    code = "nothing_to_ask"
