"""What payments does when something happened. Every handler can run twice."""

from __future__ import annotations

from uuid import UUID

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.events import EventInput, subscribe
from billing_assistant.core.models import Event
from payments.models import PlanCollection, PlannedInvoice
from payments.services.checkout_ask import checkouts_close
from payments.services.collection_changes import collection_carry
from payments.services.collections import collection_follow_plan
from payments.services.credits import credit_note_apply
from payments.services.credits_first import credits_use
from payments.services.early_payment import early_discount_ask, early_discounts_grant
from payments.services.gateway_fee import fee_wanted
from payments.services.payment_plans import payment_plan_follow
from payments.services.standing import standing_refresh, standings_refresh
from payments.services.statements import statement_imported
from payments.states import STANDING_COLLECTIONS


@subscribe("credit_note.issued", "credit_note.imported", name="payments.apply_credit_note")
def apply_credit_note(event: Event) -> None:
    """A credit note settles the invoice that it corrects, as far as that is due."""
    credit_note_apply(credit_note_id=event.subject_id, actor=Actor.system("billing"), now=clock.now())


@subscribe("payment.recorded", "payment.allocated", "payment.reallocated", name="payments.grant_early_discount")
def grant_early_discount(event: Event) -> None:
    """Money that came by the early date of an invoice earns its discount."""
    paid = [UUID(one["invoice_id"]) for one in event.data["allocations"]]
    early_discounts_grant(invoice_ids=paid, actor=Actor.system("billing"), now=clock.now())


@subscribe("invoice.reopened", name="payments.ask_early_discount")
def ask_early_discount(event: Event) -> None:
    """A person decides about a discount whose money was taken back."""
    early_discount_ask(invoice_id=event.subject_id, actor=Actor.system("billing"), now=clock.now())


def _uses_credit(entry: EventInput) -> bool:
    return bool(entry.data.get("credits_first"))


@subscribe("invoice.issued", name="payments.use_credit_first", concerns=_uses_credit)
def use_credit_first(event: Event) -> None:
    """A plan may say that what the customer has to its credit pays its invoices."""
    credits_use(invoice_id=event.subject_id, actor=Actor.system("billing"), now=clock.now())


@subscribe("plan.paused", "plan.resumed", "plan.ended", name="payments.collection_follows")
def collection_follows(event: Event) -> None:
    """A provider charges a plan as long as we bill it."""
    collection_follow_plan(plan_id=event.subject_id, now=clock.now())


@subscribe("plan.updated", "plan.lines_changed", "plan.increased", name="payments.collection_carries")
def collection_carries(event: Event) -> None:
    """What a provider charges for a plan follows what it comes to."""
    for collection in PlanCollection.objects.filter(plan_id=event.subject_id, status__in=STANDING_COLLECTIONS):
        collection_carry(collection_id=collection.pk, now=clock.now())


@subscribe(
    "invoice.paid",
    "invoice.partially_paid",
    "invoice.voided",
    "invoice.written_off",
    name="payments.close_checkouts",
)
def close_checkouts(event: Event) -> None:
    """A page that asks for more than is due must not be paid any more."""
    checkouts_close(invoice_id=event.subject_id, now=clock.now())


@subscribe(
    "invoice.paid",
    "invoice.partially_paid",
    "invoice.reopened",
    "invoice.voided",
    "invoice.written_off",
    name="payments.follow_plan",
)
def follow_plan(event: Event) -> None:
    """What settles an invoice (or no longer does) moves the plan that it is in."""
    standing = PlannedInvoice.objects.filter(invoice_id=event.subject_id, stands=True)
    for plan_id in standing.values_list("plan_id", flat=True):
        payment_plan_follow(plan_id=plan_id, actor=Actor.system("billing"), now=clock.now())


@subscribe(
    "invoice.issued",
    "invoice.paid",
    "invoice.partially_paid",
    "invoice.reopened",
    "invoice.voided",
    "invoice.written_off",
    "payment_plan.agreed",
    "payment_plan.broken",
    "payment_plan.cancelled",
    "payment.recorded",
    "payment.reversed",
    "dispute.opened",
    "dispute.won",
    "refund.begun",
    "refund.made",
    "customer.merged",
    name="payments.refresh_standing",
)
def refresh_standing(event: Event) -> None:
    """Keeps the customer's payment status: good, warning or overdue."""
    if event.customer_id is not None:
        standing_refresh(customer_id=event.customer_id, now=clock.now())


def _is_of_invoices(entry: EventInput) -> bool:
    return entry.data.get("kind") == "invoices"


@subscribe("import.finished", name="payments.refresh_standings_imported", concerns=_is_of_invoices)
def refresh_standings_imported(event: Event) -> None:
    """Customers whose imported invoices were overdue when they came."""
    standings_refresh(now=clock.now())


def _came_through_a_gateway(entry: EventInput) -> bool:
    return bool(entry.data.get("provider"))


@subscribe("payment.recorded", name="payments.ask_fee", concerns=_came_through_a_gateway)
def ask_fee(event: Event) -> None:
    """What the gateway kept of the payment is to be booked."""
    fee_wanted(payment_id=event.subject_id, now=clock.now())


def _is_a_statement(entry: EventInput) -> bool:
    return entry.data.get("kind") in {"statement", "payouts"}


@subscribe("import.finished", name="payments.match_imported_statement", concerns=_is_a_statement)
def match_imported_statement(event: Event) -> None:
    """The table of a statement was read: its lines are matched."""
    statement_imported(import_id=event.subject_id, now=clock.now())
