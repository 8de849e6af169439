"""How events about payments read in a timeline, and how what a second person approves reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.approval_words import approval_words
from billing_assistant.core.models import Event
from billing_assistant.core.ui.formats import day_text, money_text
from billing_assistant.core.ui.stories import story_register

PAYMENT = "payments:detail"


def amount_of(event: Event) -> str:
    """The amount that an event carries, with its currency."""
    amount, currency = event.data.get("amount"), event.data.get("currency", "")
    return money_text(Decimal(amount), currency) if amount and currency else ""


def allocated(event: Event) -> str:
    """What was settled, invoice by invoice."""
    currency = event.data.get("currency", "")
    parts = [f"{part['number']} {money_text(Decimal(part['amount']), currency)}" for part in event.data["allocations"]]
    return ", ".join(parts)


def received(event: Event) -> str:
    """The amount, and what it settled."""
    settled = allocated(event)
    return f"{amount_of(event)} → {settled}" if settled else amount_of(event)


def fee_of_dispute(event: Event) -> str:
    """The fee before, and the fee now."""
    currency = event.data["currency"]
    before, fee = (money_text(Decimal(event.data[name]), currency) for name in ("fee_before", "fee"))
    return f"{before} → {fee}"


def credited(event: Event) -> str:
    """The credit note, and its amount."""
    return f"{event.data['credit_note']} · {amount_of(event)}"


def reason(event: Event) -> str:
    """The amount, and why."""
    failure = event.data.get("failure") or ""
    why = event.data.get("reason") or (gettext(failure) if failure else "")
    return ": ".join(part for part in (amount_of(event), why) if part)


def tried(event: Event) -> str:
    """The amount, why it could not be charged, and when it is tried again."""
    again = event.data.get("again_on") or ""
    if again:
        follows = gettext("tried again on %(day)s") % {"day": day_text(date.fromisoformat(again))}
    else:
        follows = gettext("not tried again: reminders go on")
    return f"{reason(event)} · {follows}"


def settled(event: Event) -> str:
    """What was settled and what is still due."""
    amount, due, currency = (event.data.get(key, "") for key in ("settled", "due", "currency"))
    if not (amount and due and currency):
        return ""
    return gettext("%(amount)s, %(due)s due") % {
        "amount": money_text(abs(Decimal(amount)), currency),
        "due": money_text(Decimal(due), currency),
    }


story_register(
    "payment.recorded", _("Payment %(label)s received"), icon="cash", tone="success", url_name=PAYMENT, detail=received
)
story_register(
    "payment.processing",
    _("Payment %(label)s is being processed"),
    icon="hourglass",
    tone="warning",
    url_name=PAYMENT,
    detail=amount_of,
)
story_register(
    "payment.failed",
    _("Payment %(label)s was declined"),
    icon="cash-off",
    tone="danger",
    url_name=PAYMENT,
    detail=reason,
)
story_register(
    "payment.allocated", _("Payment %(label)s applied"), icon="arrows-exchange", url_name=PAYMENT, detail=allocated
)
story_register(
    "payment.reallocated",
    _("Payment %(label)s applied differently"),
    icon="arrows-exchange",
    url_name=PAYMENT,
    detail=allocated,
)
DISPUTE = "payments:dispute"
story_register(
    "dispute.opened",
    _("Dispute %(label)s opened"),
    icon="alert-triangle",
    tone="danger",
    url_name=DISPUTE,
    detail=reason,
)
story_register(
    "dispute.under_review",
    _("Evidence for %(label)s handed in"),
    icon="gavel",
    tone="warning",
    url_name=DISPUTE,
    detail=reason,
)
story_register(
    "dispute.won", _("Dispute %(label)s won"), icon="circle-check", tone="success", url_name=DISPUTE, detail=reason
)
story_register(
    "dispute.lost", _("Dispute %(label)s lost"), icon="circle-x", tone="danger", url_name=DISPUTE, detail=reason
)
story_register(
    "dispute.fee_set",
    _("Fee of dispute %(label)s corrected"),
    icon="receipt",
    tone="neutral",
    url_name=DISPUTE,
    detail=fee_of_dispute,
)
story_register("refund.begun", _("Refund %(label)s sent"), icon="receipt-refund", tone="warning", detail=reason)
story_register("refund.failed", _("Refund %(label)s failed"), icon="alert-triangle", tone="danger", detail=reason)
story_register(
    "refund.doubtful", _("Refund %(label)s needs a person"), icon="alert-triangle", tone="danger", detail=reason
)
story_register("refund.made", _("Refund %(label)s made"), icon="receipt-refund", tone="warning", detail=reason)
story_register(
    "payment.deallocated",
    _("Allocation of %(label)s taken back"),
    icon="arrow-back-up",
    tone="warning",
    url_name=PAYMENT,
    detail=allocated,
)
story_register(
    "payment.reversed",
    _("Payment %(label)s reversed"),
    icon="arrow-back-up",
    tone="danger",
    url_name=PAYMENT,
    detail=reason,
)
story_register(
    "invoice.early_discount_unearned",
    _("Discount of %(label)s was not earned, and stays credited"),
    icon="discount",
    tone="warning",
    detail=credited,
)
story_register("credit_note.applied", _("Credit note %(label)s applied"), icon="file-minus", detail=allocated)
story_register("credit_note.unapplied", _("Credit note %(label)s taken back"), icon="arrow-back-up", detail=allocated)
story_register(
    "checkout.opened", _("Client went to pay %(label)s online"), icon="credit-card", tone="info", detail=amount_of
)
story_register("checkout.linked", _("Payment link for %(label)s made"), icon="link", tone="info", detail=amount_of)
story_register("checkout.link_closed", _("Payment link for %(label)s closed"), icon="clock-off", detail=amount_of)
story_register(
    "checkout.prompted", _("Request for %(label)s sent to a phone"), icon="device-mobile", tone="info", detail=amount_of
)
story_register(
    "receipt.recorded", _("Receipt %(label)s given to a customer"), icon="cash", tone="success", detail=amount_of
)
story_register("receipt.dismissed", _("Receipt %(label)s closed"), icon="minus", detail=reason)
story_register(
    "checkout.failed", _("Online payment of %(label)s failed"), icon="cash-off", tone="danger", detail=reason
)
story_register(
    "checkout.doubtful",
    _("Online payment of %(label)s needs a person"),
    icon="alert-triangle",
    tone="danger",
    detail=reason,
)
story_register(
    "payment.certificate_entered",
    _("Withholding certificate of %(label)s entered"),
    icon="certificate",
    tone="success",
    url_name=PAYMENT,
    detail=reason,
)

story_register("method.saved", _("%(label)s saved for payments"), icon="credit-card", tone="info")
story_register("method.autopay_on", _("Autopay with %(label)s turned on by the client"), icon="repeat", tone="success")
story_register("method.autopay_off", _("Autopay with %(label)s turned off"), icon="repeat-off")
story_register("method.removed", _("%(label)s removed"), icon="trash")
story_register(
    "method.failing", _("%(label)s does not work any more"), icon="alert-triangle", tone="danger", detail=reason
)

CHECK = "reports:books_check"
story_register(
    "books.broken",
    _("The books do not tie: %(codes)s"),
    icon="alert-triangle",
    tone="danger",
    url_name=CHECK,
)
story_register("books.looked_at", _("Books check of %(label)s looked at"), icon="eye", url_name=CHECK, detail=reason)
story_register(
    "payment.fee_booked", _("Gateway fee of %(label)s booked"), icon="receipt", url_name=PAYMENT, detail=amount_of
)
story_register(
    "payment.fee_in_statement",
    _("Fee of %(label)s stands in the statement: what was booked is taken back"),
    icon="receipt",
    url_name=PAYMENT,
    detail=amount_of,
)
story_register("autopay.failed", _("Autopay of %(label)s failed"), icon="repeat-off", tone="danger", detail=tried)
PLAN = "payments:payment_plan"
story_register(
    "payment_plan.agreed",
    _("Payment plan %(label)s agreed"),
    icon="calendar-time",
    tone="info",
    url_name=PLAN,
    detail=amount_of,
)
story_register(
    "payment_plan.settled",
    _("Payment plan %(label)s settled"),
    icon="circle-check",
    tone="success",
    url_name=PLAN,
)
story_register(
    "payment_plan.broken",
    _("Payment plan %(label)s was not kept"),
    icon="alert-triangle",
    tone="danger",
    url_name=PLAN,
    detail=reason,
)
story_register("payment_plan.cancelled", _("Payment plan %(label)s cancelled"), icon="x", url_name=PLAN, detail=reason)
COLLECTION = "payments:plan_collection"
for word, said, icon, tone in (
    ("begun", _("Plan %(label)s is to be collected by the provider"), "repeat", "info"),
    ("active", _("Plan %(label)s is collected by the provider"), "repeat", "success"),
    ("on_hold", _("Provider could not charge plan %(label)s"), "alert-triangle", "danger"),
    ("changed", _("Provider charges what plan %(label)s bills from the next charge on"), "refresh", "info"),
    ("paused", _("Provider pauses charging plan %(label)s"), "clock-pause", "warning"),
    ("waiting", _("Plan %(label)s waits for the client to subscribe"), "clock", "warning"),
    ("failed", _("Client could not subscribe to plan %(label)s"), "alert-triangle", "danger"),
    ("cancelled", _("Provider does not collect plan %(label)s any more"), "x", "warning"),
    ("expired", _("Subscription of plan %(label)s at the provider has run out"), "clock-off", "warning"),
):
    story_register(f"collection.{word}", said, icon=icon, tone=tone, url_name=COLLECTION, detail=reason)
story_register(
    "collection.unapplied",
    _("Collected payment %(label)s found no invoice of its plan: it is credit"),
    icon="coins",
    tone="warning",
    url_name=PAYMENT,
    detail=amount_of,
)
EXTERNAL = "payments:external_invoice"
for word, said, icon, tone in (
    ("upcoming", _("Provider is going to make an invoice for %(label)s"), "calendar", "neutral"),
    ("draft", _("Provider began invoice %(label)s"), "file-invoice", "neutral"),
    ("open", _("Provider asks for invoice %(label)s"), "file-invoice", "info"),
    ("payment_failed", _("Provider could not charge invoice %(label)s"), "cash-off", "danger"),
    ("paid", _("Invoice %(label)s was paid at the provider"), "circle-check", "success"),
    ("uncollectible", _("Provider gave invoice %(label)s up"), "alert-triangle", "danger"),
    ("void", _("Provider voided invoice %(label)s"), "file-off", "neutral"),
    ("linked", _("Invoice %(label)s of a provider linked to the customer"), "link", "info"),
):
    story_register(f"external_invoice.{word}", said, icon=icon, tone=tone, url_name=EXTERNAL, detail=amount_of)
story_register("payment.proof_added", _("Proof %(file)s added to %(label)s"), icon="paperclip", url_name=PAYMENT)
story_register("payment.proof_removed", _("Proof %(file)s removed from %(label)s"), icon="trash", url_name=PAYMENT)
story_register("payment.asked", _("Gateway asked about %(label)s"), icon="refresh", url_name=PAYMENT, detail=reason)
approval_words("payment.refund", _("Refund %(amount)s of %(number)s"))
approval_words("invoice.write_off", _("Write off %(amount)s of %(number)s"))
approval_words("invoice.credit", _("Credit %(amount)s of %(number)s"))
