"""States of payments and checkouts, and the methods."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status


class PaymentState(Status):
    PENDING = "pending", _("Pending"), "warning", "clock"
    PROCESSING = "processing", _("Processing"), "warning", "loader"
    COMPLETED = "completed", _("Received"), "success", "circle-check"
    FAILED = "failed", _("Failed"), "danger", "circle-x"
    REVERSED = "reversed", _("Reversed"), "danger", "arrow-back"


PAYMENT_TRANSITIONS: Final = {
    PaymentState.PENDING: frozenset({PaymentState.PROCESSING, PaymentState.COMPLETED, PaymentState.FAILED}),
    PaymentState.PROCESSING: frozenset({PaymentState.COMPLETED, PaymentState.FAILED}),
    PaymentState.COMPLETED: frozenset({PaymentState.REVERSED}),
    PaymentState.FAILED: frozenset[PaymentState](),
    PaymentState.REVERSED: frozenset[PaymentState](),
}


class RefundState(Status):
    PENDING = "pending", _("On its way"), "warning", "clock"
    SUCCEEDED = "succeeded", _("Refunded"), "success", "circle-check"
    FAILED = "failed", _("Failed"), "danger", "circle-x"


REFUND_TRANSITIONS: Final = {
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset[RefundState](),
}
"""A bank may send money back days after it was refunded, so success can still become failure."""


class DisputeState(Status):
    OPENED = "opened", _("Evidence wanted"), "danger", "alert-triangle"
    UNDER_REVIEW = "under_review", _("With the bank"), "warning", "clock"
    WON = "won", _("Won"), "success", "circle-check"
    LOST = "lost", _("Lost"), "danger", "circle-x"


DISPUTE_TRANSITIONS: Final = {
    DisputeState.OPENED: frozenset({DisputeState.UNDER_REVIEW, DisputeState.WON, DisputeState.LOST}),
    DisputeState.UNDER_REVIEW: frozenset({DisputeState.OPENED, DisputeState.WON, DisputeState.LOST}),
    DisputeState.WON: frozenset[DisputeState](),
    DisputeState.LOST: frozenset({DisputeState.WON}),
}
"""A bank sometimes gives the money back after all, so a lost dispute can still be won."""
RUNNING_DISPUTES: Final = (DisputeState.OPENED, DisputeState.UNDER_REVIEW)


class PaymentMethod(Status):
    MPESA = "mpesa", _("M-Pesa"), "neutral", "device-mobile"
    BANK_TRANSFER = "bank_transfer", _("Bank transfer"), "neutral", "building-bank"
    CREDIT_CARD = "credit_card", _("Card"), "neutral", "credit-card"
    CARD_TERMINAL = "card_terminal", _("Card terminal"), "neutral", "credit-card"
    PAYPAL = "paypal", _("PayPal"), "neutral", "brand-paypal"
    CASH = "cash", _("Cash"), "neutral", "cash"
    CHEQUE = "cheque", _("Cheque"), "neutral", "writing"
    CRYPTO = "crypto", _("Crypto"), "neutral", "coin-bitcoin"
    ONLINE = "online", _("Online payment"), "neutral", "world"


class CheckoutState(Status):
    OPEN = "open", _("Open"), "info", "clock"
    PROCESSING = "processing", _("Processing"), "warning", "loader"
    SUCCEEDED = "succeeded", _("Paid"), "success", "circle-check"
    FAILED = "failed", _("Declined"), "danger", "circle-x"
    EXPIRED = "expired", _("Expired"), "neutral", "clock-off"
    UNKNOWN = "unknown", _("Not known yet"), "warning", "help"


class SavedMethodState(Status):
    ACTIVE = "active", _("Works"), "success", "circle-check"
    FAILING = "failing", _("Needs to be replaced"), "danger", "alert-triangle"
    REMOVED = "removed", _("Removed"), "neutral", "trash"


class AutopayMoment(Status):
    """When an invoice is charged to a method that the client allowed to be charged."""

    ISSUE = "issue", _("When an invoice is issued"), "neutral", "file-invoice"
    DUE = "due", _("On the day when it is due"), "neutral", "calendar"


class SetupState(Status):
    OPEN = "open", _("Open"), "info", "clock"
    DONE = "done", _("Saved"), "success", "circle-check"
    FAILED = "failed", _("Failed"), "danger", "circle-x"
    EXPIRED = "expired", _("Expired"), "neutral", "clock-off"


CHECKOUT_TRANSITIONS: Final = {
    CheckoutState.OPEN: frozenset(
        {
            CheckoutState.PROCESSING,
            CheckoutState.SUCCEEDED,
            CheckoutState.FAILED,
            CheckoutState.EXPIRED,
            CheckoutState.UNKNOWN,
        }
    ),
    CheckoutState.PROCESSING: frozenset(
        {CheckoutState.SUCCEEDED, CheckoutState.FAILED, CheckoutState.UNKNOWN, CheckoutState.EXPIRED}
    ),
    CheckoutState.UNKNOWN: frozenset(
        {
            CheckoutState.OPEN,
            CheckoutState.PROCESSING,
            CheckoutState.SUCCEEDED,
            CheckoutState.FAILED,
            CheckoutState.EXPIRED,
        }
    ),
    CheckoutState.FAILED: frozenset({CheckoutState.SUCCEEDED, CheckoutState.PROCESSING}),
    CheckoutState.EXPIRED: frozenset({CheckoutState.SUCCEEDED}),
    CheckoutState.SUCCEEDED: frozenset[CheckoutState](),
}


class ReceiptState(Status):
    """Money that came without a checkout and names no invoice for sure."""

    WAITING = "waiting", _("Waits for a person"), "warning", "help"
    RECORDED = "recorded", _("Recorded"), "success", "circle-check"
    DISMISSED = "dismissed", _("Closed"), "neutral", "minus"


RECEIPT_TRANSITIONS: Final = {
    ReceiptState.WAITING: frozenset({ReceiptState.RECORDED, ReceiptState.DISMISSED}),
    ReceiptState.RECORDED: frozenset[ReceiptState](),
    ReceiptState.DISMISSED: frozenset[ReceiptState](),
}


class FeeState(Status):
    """What is known of the fee that a gateway kept of a payment."""

    WAITING = "waiting", _("Not told yet"), "neutral", "hourglass"
    BOOKED = "booked", _("Booked"), "success", "circle-check"
    IN_STATEMENT = "in_statement", _("Booked from the statement"), "success", "circle-check"
    NONE = "none", _("None"), "neutral", "minus"
    UNKNOWN = "unknown", _("The gateway does not tell"), "warning", "help"


class ExternalInvoiceState(Status):
    """Where an invoice stands that a provider made by itself. At the provider it never goes back in this order."""

    UPCOMING = "upcoming", _("Upcoming"), "neutral", "calendar"
    DRAFT = "draft", _("Draft"), "neutral", "pencil"
    OPEN = "open", _("Open"), "info", "clock"
    UNCOLLECTIBLE = "uncollectible", _("Uncollectible"), "danger", "alert-triangle"
    PAID = "paid", _("Paid"), "success", "circle-check"
    VOID = "void", _("Void"), "neutral", "file-off"


class PayerKnownBy(Status):
    """How it is known whose an invoice of a provider is."""

    REFERENCE = "reference", _("Our reference at the provider"), "success", "link"
    PAYER = "payer", _("Earlier invoices of the same payer"), "success", "history"
    EMAIL = "email", _("The e-mail address"), "info", "mail"
    PERSON = "person", _("A colleague"), "success", "user"


class CollectionState(Status):
    """Where it stands that a provider collects a recurring plan by a subscription of its own."""

    WAITING = "waiting", _("The client has not begun"), "warning", "clock"
    ACTIVE = "active", _("Collected by the provider"), "success", "repeat"
    ON_HOLD = "on_hold", _("A charge failed"), "danger", "alert-triangle"
    PAUSED = "paused", _("Paused"), "warning", "clock-pause"
    CANCELLED = "cancelled", _("Cancelled"), "neutral", "x"
    EXPIRED = "expired", _("Run out"), "neutral", "clock-off"


STANDING_COLLECTIONS: Final = (
    CollectionState.WAITING,
    CollectionState.ACTIVE,
    CollectionState.ON_HOLD,
    CollectionState.PAUSED,
)
CHARGED_COLLECTIONS: Final = (CollectionState.ACTIVE, CollectionState.ON_HOLD)
"""Those whose invoices the provider charges, or tries to: nobody else does meanwhile."""


class PaymentPlanState(Status):
    """An agreement about invoices that were issued before."""

    KEPT = "kept", _("Being kept"), "info", "calendar-time"
    SETTLED = "settled", _("Settled"), "success", "circle-check"
    BROKEN = "broken", _("Broken"), "danger", "alert-triangle"
    CANCELLED = "cancelled", _("Cancelled"), "neutral", "x"


PAYMENT_PLAN_TRANSITIONS: Final = {
    PaymentPlanState.KEPT: frozenset({PaymentPlanState.SETTLED, PaymentPlanState.BROKEN, PaymentPlanState.CANCELLED}),
    PaymentPlanState.SETTLED: frozenset[PaymentPlanState](),
    PaymentPlanState.BROKEN: frozenset[PaymentPlanState](),
    PaymentPlanState.CANCELLED: frozenset[PaymentPlanState](),
}


class Chase(Status):
    """Whether somebody is asked for the money of an invoice now, and why not."""

    DUE = "due", _("To be asked for"), "danger", "bell"
    INSTALMENT = "instalment", _("An instalment is to be asked for"), "danger", "bell"
    NOT_YET = "not_yet", _("Not due yet"), "neutral", "clock"
    ON_PLAN = "on_plan", _("Not asked for: its payment plan is kept"), "info", "calendar-time"
    DISPUTED = "disputed", _("Not asked for: its payment is disputed"), "warning", "gavel"
    AUTOPAY = "autopay", _("Not asked for: autopay still tries"), "info", "repeat"
    BEING_PAID = "being_paid", _("Not asked for: a payment is on its way"), "warning", "hourglass"
