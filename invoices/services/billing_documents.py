"""What a chunk of due plans is billed as: read in a handful of statements, put together without writing anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_date
from billing_assistant.core.errors import DomainError
from billing_assistant.core.money import ZERO
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Customer
from customers.states import CustomerStatus
from invoices.models import Plan, PlanAdjustment, PlanLine
from invoices.plan_calendar import Period, bills_on, moment, period_at
from invoices.plan_states import PlanMakes, PlanTiming
from invoices.services.compute import LineInput, Totals
from invoices.services.drafted import PlanDocument
from invoices.services.issuing import Issuable
from invoices.services.plan_documents import LineSet, document_of, line_sets, lines_of, totals_of

CATCH_UP: Final = 3
"""So many periods of one plan are billed at once after an outage; more need a person."""


class PlanNeedsPerson(DomainError):
    """The engine does not guess: the plan is parked until somebody has looked at it."""

    code = "plan_needs_person"


@dataclass(slots=True)
class DuePeriod:
    """A period of a plan that is to be billed now."""

    plan: Plan
    period: Period
    lines: tuple[LineInput, ...]
    totals: Totals
    document: PlanDocument
    adjustments: tuple[PlanAdjustment, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a draft is made of it instead of an invoice."""
        return self.plan.makes == PlanMakes.DRAFT or self.plan.review_days > 0


@dataclass(slots=True)
class ChunkRead:
    """What the plans of a chunk need, by plan or customer."""

    sets: dict[UUID, list[LineSet]]
    adjustments: dict[UUID, tuple[PlanAdjustment, ...]]
    with_credit: set[tuple[UUID, str]] = field(default_factory=set)


def chunk_read(plans: Sequence[Plan]) -> ChunkRead:
    """Reads customers (onto the plans), lines, what is left to be billed, and who has credit: four statements."""
    customers = Customer.objects.select_related("profile").in_bulk({plan.customer_id for plan in plans})
    profiles = {customer.profile_id: customer.profile for customer in customers.values()}
    for plan in plans:
        plan.customer = customers[plan.customer_id]
        plan.profile = plan.customer.profile = profiles[plan.customer.profile_id]
    ids = [plan.pk for plan in plans]
    lines: dict[UUID, list[PlanLine]] = defaultdict(list)
    for line in PlanLine.objects.filter(plan_id__in=ids).order_by("id"):
        lines[line.plan_id].append(line)
    adjustments: dict[UUID, list[PlanAdjustment]] = defaultdict(list)
    for one in PlanAdjustment.objects.filter(plan_id__in=ids, period__isnull=True).order_by("id"):
        adjustments[one.plan_id].append(one)
    credit = OwnerBalance.objects.filter(owner_id__in=list(customers), unapplied__gt=0)
    return ChunkRead(
        sets={plan_id: line_sets(found) for plan_id, found in lines.items()},
        adjustments={plan_id: tuple(found) for plan_id, found in adjustments.items()},
        with_credit=set(credit.values_list("owner_id", "currency")),
    )


def periods_due(plan: Plan, now: datetime) -> list[Period]:
    """The periods of a plan whose moment has come.

    Raises PlanNeedsPerson when they are more than are caught up, beside those that a person has said are billed.
    """
    found: list[Period] = []
    index = plan.next_index
    most = CATCH_UP + max(plan.caught_up_to - plan.next_index, 0)
    while (period := period_at(plan.rhythm, index)) is not None:
        if moment(bills_on(period, PlanTiming(plan.timing)), plan.bills_at, plan.time_zone) > now:
            break
        found.append(period)
        index += 1
        if len(found) > most:
            raise PlanNeedsPerson(
                _("More than %(most)d periods are due at once. Say whether they are billed or skipped.")
                % {"most": CATCH_UP}
            )
    return found


def periods_put_together(plan: Plan, read: ChunkRead, now: datetime) -> list[DuePeriod]:
    """The documents of all periods of a plan that are due. Raises PlanNeedsPerson, ValidationFailed."""
    customer = plan.customer
    if customer.status != CustomerStatus.ACTIVE:
        words = {"customer": customer.name, "state": str(CustomerStatus(customer.status).label).lower()}
        raise PlanNeedsPerson(_("%(customer)s is %(state)s.") % words)
    sets = read.sets.get(plan.pk)
    if not sets:
        raise PlanNeedsPerson(_("The plan has no lines."))
    found = []
    adjustments = read.adjustments.get(plan.pk, ())
    for period in periods_due(plan, now):
        lines = lines_of(plan, period, sets, adjustments)
        found.append(
            DuePeriod(plan, period, lines, totals_of(plan, period, lines), document_of(plan, period), adjustments)
        )
        adjustments = ()
    return found


def issuable_of(one: DuePeriod, read: ChunkRead, now: datetime) -> Issuable[PlanDocument]:
    """The document of a period as it is issued: dated by the clocks of the plan's zone."""
    plan = one.plan
    sends = plan.makes == PlanMakes.SEND or plan.customer.auto_send_invoices
    data: dict[str, Any] = {"plan": plan.number, "plan_sends": plan.makes == PlanMakes.SEND, "auto_send": sends}
    if plan.credits_first and (plan.customer_id, plan.currency) in read.with_credit:
        data["credits_first"] = True
    return Issuable(one.document, one.lines, one.totals, local_date(now, plan.time_zone), data)


def totals_by_currency(documents: Iterable[DuePeriod]) -> dict[str, str]:
    """What documents come to, by currency, as text."""
    sums: dict[str, Any] = {}
    for one in documents:
        sums[one.plan.currency] = sums.get(one.plan.currency, ZERO) + one.totals.total
    return {currency: str(amount) for currency, amount in sorted(sums.items())}
