"""What a chunk of due plans is billed as: read in a handful of statements, put together without writing anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_date
from billing_assistant.core.errors import DomainError
from billing_assistant.core.money import ZERO
from billing_assistant.core.prepared import Prepared, one_of
from billing_assistant.core.related import parents_known
from billing_assistant.ledger.models import OwnerBalance
from customers.selectors import customers_billed
from customers.states import CustomerStatus
from invoices.models import Plan, PlanAdjustment, PlanLine
from invoices.plan_calendar import Period, bills_on, moment, period_at
from invoices.plan_states import PlanMakes, PlanTiming
from invoices.services.compute import LineInput, Totals
from invoices.services.drafted import PlanDocument
from invoices.services.issuing import Issuable
from invoices.services.plan_documents import LineSet, document_of, ground_of, line_sets, lines_of, totals_of
from invoices.services.plan_schedule import due_at_of

Answer = TypeVar("Answer")
CATCH_UP: Final = 3
"""So many periods of one plan are billed at once after an outage; more need a person."""
_LINES: Final = Prepared(lambda: PlanLine.objects.filter(one_of("plan_id", "plans")).order_by("id"))
_ADJUSTMENTS: Final = Prepared(
    lambda: PlanAdjustment.objects.filter(one_of("plan_id", "plans"), period__isnull=True).order_by("id")
)
_CREDIT: Final = Prepared(
    lambda: (
        OwnerBalance.objects.only("owner_id", "currency")
        .filter(one_of("owner_id", "owners"), unapplied__gt=0)
        .order_by()
    )
)
_CONTENT: Final = attrgetter(
    *(column.attname for column in PlanLine._meta.concrete_fields if column.attname not in {"id", "plan_id"})
)
_RHYTHM: Final = attrgetter(
    "unit",
    "every",
    "starts_on",
    "trial_days",
    "anchor_day",
    "ends_on",
    "cycles",
    "timing",
    "bills_at",
    "time_zone",
    "next_index",
    "caught_up_to",
)
"""What tells when a plan is billed."""


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


class Alike:
    """What plans of a chunk have in common, worked out once: a thousand plans of one tariff are one computation."""

    def __init__(self) -> None:
        self._known: dict[tuple[Callable[..., Any], Hashable], Any] = {}

    def of(self, work: Callable[..., Answer], content: Hashable, *given: Any) -> Answer:
        """The answer of `work` to what is given, or to others of the same content: all that it looks at."""
        key = (work, content)
        if key not in self._known:
            self._known[key] = work(*given)
        found: Answer = self._known[key]
        return found


@dataclass(slots=True)
class ChunkRead:
    """What the plans of a chunk need, by plan or customer. Plans whose lines say the same have the same `sets`."""

    sets: dict[UUID, list[LineSet]]
    adjustments: dict[UUID, tuple[PlanAdjustment, ...]]
    with_credit: set[tuple[UUID, str]] = field(default_factory=set)
    alike: Alike = field(default_factory=Alike)


def chunk_read(plans: Sequence[Plan]) -> ChunkRead:
    """Reads customers and profiles (onto the plans), lines, what is left to be billed, and who has credit: five
    statements."""
    customers = customers_billed({plan.customer_id for plan in plans})
    for plan in plans:
        customer = customers[plan.customer_id]
        parents_known(plan, customer=customer, profile=customer.profile)
    ids = [plan.pk for plan in plans]
    adjustments: dict[UUID, list[PlanAdjustment]] = defaultdict(list)
    for one in _ADJUSTMENTS.rows(plans=ids):
        adjustments[one.plan_id].append(one)
    return ChunkRead(
        sets=_sets_read(ids),
        adjustments={plan_id: tuple(found) for plan_id, found in adjustments.items()},
        with_credit={(one.owner_id, one.currency) for one in _CREDIT.rows(owners=list(customers))},
    )


def _sets_read(plan_ids: list[UUID]) -> dict[UUID, list[LineSet]]:
    """The sets of lines of some plans; plans of the same content share them."""
    lines: dict[UUID, list[PlanLine]] = defaultdict(list)
    for line in _LINES.rows(plans=plan_ids):
        lines[line.plan_id].append(line)
    alike: dict[tuple[Any, ...], list[LineSet]] = {}
    sets = {}
    for plan_id, found in lines.items():
        content = tuple(map(_CONTENT, found))
        if content not in alike:
            alike[content] = line_sets(found)
        sets[plan_id] = alike[content]
    return sets


def periods_due(plan: Plan, now: datetime) -> list[Period]:
    """The periods of a plan whose moment has come.

    Raises PlanNeedsPerson when they are more than are caught up, beside those that a person has said are billed.
    """
    found: list[Period] = []
    index = plan.next_index
    most = CATCH_UP + max(plan.caught_up_to - plan.next_index, 0)
    rhythm, timing = plan.rhythm, PlanTiming(plan.timing)
    while (period := period_at(rhythm, index)) is not None:
        if moment(bills_on(period, timing), plan.bills_at, plan.time_zone) > now:
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
    for period in read.alike.of(periods_due, _RHYTHM(plan), plan, now):
        lines, totals = _billed(plan, period, read, adjustments)
        found.append(DuePeriod(plan, period, lines, totals, document_of(plan, period), adjustments))
        adjustments = ()
    return found


def _billed(
    plan: Plan, period: Period, read: ChunkRead, adjustments: tuple[PlanAdjustment, ...]
) -> tuple[tuple[LineInput, ...], Totals]:
    """The lines of a period and what they come to."""
    sets = read.sets[plan.pk]
    if adjustments:
        return _put_together(plan, period, sets, adjustments)
    return read.alike.of(_put_together, (id(sets), period, *ground_of(plan)), plan, period, sets)


def _put_together(
    plan: Plan, period: Period, sets: list[LineSet], adjustments: tuple[PlanAdjustment, ...] = ()
) -> tuple[tuple[LineInput, ...], Totals]:
    lines = lines_of(plan, period, sets, adjustments)
    return lines, totals_of(plan, period, lines)


def next_due_at(plan: Plan, read: ChunkRead) -> datetime | None:
    """When a plan is billed next, after what it was billed for now."""
    return read.alike.of(due_at_of, _RHYTHM(plan), plan)


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
