"""Payment plans: those that there are, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from customers.models import Customer
from invoices.models import Invoice
from invoices.services.instalments import DuePart, parts_left
from invoices.states import InvoiceState
from payments.models import PaymentPlan, PlannedInvoice
from payments.states import PaymentPlanState


@dataclass(frozen=True, slots=True)
class InstalmentRow:
    """An instalment with what is still to be paid of it."""

    position: int
    due_on: date
    amount: Decimal
    left: Decimal
    late: bool

    @property
    def paid(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan has come. `left` is what of its instalments is to be paid, in their order."""

    settled: Decimal
    left: Sequence[DuePart]

    @property
    def next(self) -> DuePart | None:
        return self.left[0] if self.left else None


def plans_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[PaymentPlan]:
    """Payment plans that the actor may see, newest first, with customer and profile."""
    actor.require(Right.PAYMENTS_VIEW)
    rows = PaymentPlan.objects.select_related("customer", "profile").order_by("-id")
    if actor.profile_ids is not None:
        rows = rows.filter(profile_id__in=actor.profile_ids)
    return rows if profile_id is None else rows.filter(profile_id=profile_id)


def payment_plan_get(actor: Actor, reference: str | UUID) -> PaymentPlan:
    """One plan by id or number. Raises NotFound, also for one of another profile."""
    rows, found = plans_for(actor), as_uuid(str(reference))
    text = str(reference).replace("\x00", "")
    plan = (rows.filter(pk=found) if found else rows.filter(number__iexact=text)).first()
    if plan is None:
        raise NotFound(_("There is no such payment plan."))
    return plan


def plan_of_invoice(invoice_id: UUID) -> PaymentPlan | None:
    """The plan that stands for an invoice. The caller has scoped the invoice."""
    found = PlannedInvoice.objects.select_related("plan").filter(invoice_id=invoice_id, stands=True).first()
    return found.plan if found else None


def plans_of_customers(customers: Iterable[Customer]) -> QuerySet[PaymentPlan]:
    """The plans of customers that stand, newest first. The caller has scoped the customers."""
    rows = PaymentPlan.objects.filter(customer_id__in=[customer.pk for customer in customers])
    return rows.filter(status=PaymentPlanState.KEPT).order_by("-id")


def planned_of(plan: PaymentPlan) -> list[PlannedInvoice]:
    """The invoices of a plan in the order in which money fills them."""
    return list(plan.planned.select_related("invoice"))


def progress_of(plan: PaymentPlan, planned: Iterable[PlannedInvoice]) -> Progress:
    """What was settled of a plan's invoices since it was agreed, and what of its instalments that leaves."""
    settled = sum((each.amount - covered(each, each.invoice) for each in planned), ZERO)
    parts = [DuePart(part.due_on, part.amount) for part in plan.instalments.all()]
    return Progress(settled, parts_left(parts, settled))


def covered(planned: PlannedInvoice, invoice: Invoice) -> Decimal:
    """What of an invoice is still owed under its plan: never more than was owed when it was agreed."""
    return min(invoice.amount_due, planned.amount) if invoice.state == InvoiceState.ISSUED else ZERO


def instalment_rows(plan: PaymentPlan, planned: Iterable[PlannedInvoice], today: date) -> list[InstalmentRow]:
    """The instalments of a plan with what is left of each; of one that ended, as it would be today."""
    filled, rows = progress_of(plan, planned).settled, []
    for part in plan.instalments.all():
        taken = min(max(filled, ZERO), part.amount)
        filled -= taken
        left = part.amount - taken
        rows.append(InstalmentRow(part.position, part.due_on, part.amount, left, bool(left) and part.due_on < today))
    return rows
