"""What the dashboard shows: what needs a person, how late the money is, what happened last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import Approval, ApprovalStatus, BusinessProfile, DeliveryStatus, EventDelivery
from billing_assistant.core.money import Money, quantize_places
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import approvals_for
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Customer
from invoices.counts import ages_of, overdue_counts
from invoices.models import Invoice, InvoiceDraft
from invoices.selectors import drafts_for
from invoices.states import DraftStatus
from reminders.models import Message
from reminders.states import MessageStatus

BUCKET_WORDS: Final = {
    "current": _("Not due yet"),
    "to_30": _("1–30 days late"),
    "to_60": _("31–60 days late"),
    "to_90": _("61–90 days late"),
    "over_90": _("More than 90 days late"),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """So many things, worth so much, in one currency."""

    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class AgeBar:
    """One bucket of what is owed in a currency. `percent` is of the largest bucket, for the length of the bar."""

    bucket: str
    amount: Money
    percent: str

    @property
    def label(self) -> str | Promise:
        return BUCKET_WORDS[self.bucket]


@dataclass(frozen=True, slots=True)
class Aging:
    currency: str
    bars: tuple[AgeBar, ...]

    @property
    def total(self) -> Money:
        return sum((bar.amount for bar in self.bars), Money.zero(self.currency))

    @property
    def late(self) -> Money:
        """What is past its due date."""
        return self.total - self.bars[0].amount


@dataclass(frozen=True, slots=True)
class Attention:
    """What waits for a person. Zero or empty where nothing does, or where the person may not see it."""

    overdue: tuple[Counted, ...]
    to_review: int
    to_issue: int
    messages_failed: int
    messages_unknown: int
    approvals: int
    unapplied: tuple[Counted, ...]
    stuck: int

    @property
    def nothing(self) -> bool:
        messages = self.messages_failed or self.messages_unknown
        drafts = self.to_review or self.to_issue
        return not (self.overdue or self.unapplied or messages or drafts or self.approvals or self.stuck)


@dataclass(frozen=True, slots=True)
class Beginning:
    """How far a new business profile has come."""

    described: bool
    customers: bool
    drafts: bool
    invoices: bool

    @property
    def done(self) -> bool:
        return self.customers and self.invoices


def attention(actor: Actor, *, profile_id: UUID, today: date, now: datetime, known: Sequence[Aging]) -> Attention:
    """Everything in a business profile that a person should look at, on its local date.

    `known` are the agings of that date: what is overdue is the same there and here.
    """
    drafts = _drafts(actor, profile_id)
    messages = _messages(actor, profile_id)
    return Attention(
        overdue=_overdue(actor, profile_id, today, known),
        to_review=drafts.get(DraftStatus.DRAFT, 0),
        to_issue=drafts.get(DraftStatus.REVIEWED, 0),
        messages_failed=messages.get(MessageStatus.FAILED, 0),
        messages_unknown=messages.get(MessageStatus.UNKNOWN, 0),
        approvals=_approvals(actor, profile_id, now).count(),
        unapplied=_unapplied(actor, profile_id),
        stuck=_stuck(actor),
    )


def agings(actor: Actor, *, profile_id: UUID, today: date) -> list[Aging]:
    """How late what is owed is on a local date, a picture a currency, part by part of each open invoice.

    The same figures as the aging report of that date, read from the open invoices alone.
    """
    if Right.INVOICES_VIEW not in actor.rights:
        return []
    return [_aging(one.currency, one.amounts) for one in ages_of(actor, profile_id=profile_id, today=today)]


def beginning(profile: BusinessProfile) -> Beginning:
    """What is there already in a business profile."""
    return Beginning(
        described=bool(profile.bank_account_number or profile.mpesa_paybill),
        customers=Customer.objects.filter(profile=profile).exists(),
        drafts=InvoiceDraft.objects.filter(profile=profile).exists(),
        invoices=Invoice.objects.filter(profile=profile).exists(),
    )


def _overdue(actor: Actor, profile_id: UUID, today: date, known: Sequence[Aging]) -> tuple[Counted, ...]:
    if Right.INVOICES_VIEW not in actor.rights:
        return ()
    counts = overdue_counts(actor, profile_id=profile_id, today=today)
    late = {aging.currency: aging.late for aging in known}
    return tuple(Counted(counts[currency], late[currency]) for currency in sorted(counts.keys() & late.keys()))


def _drafts(actor: Actor, profile_id: UUID) -> Mapping[str, int]:
    if Right.INVOICES_VIEW not in actor.rights:
        return {}
    waiting = drafts_for(actor).filter(
        profile_id=profile_id, status__in=[DraftStatus.DRAFT.value, DraftStatus.REVIEWED.value]
    )
    return _counts(waiting)


def _messages(actor: Actor, profile_id: UUID) -> Mapping[str, int]:
    if Right.MESSAGES_VIEW not in actor.rights:
        return {}
    failed = Message.objects.filter(
        profile_id=profile_id, status__in=[MessageStatus.FAILED.value, MessageStatus.UNKNOWN.value]
    )
    return _counts(failed)


def _counts(rows: QuerySet[Any]) -> dict[str, int]:
    """How many rows there are of each status."""
    return dict(rows.order_by().values_list("status").annotate(count=Count("pk")))


def _approvals(actor: Actor, profile_id: UUID, now: datetime) -> QuerySet[Approval]:
    """What this person can decide: not what they asked for themselves."""
    if Right.APPROVALS_DECIDE not in actor.rights:
        return Approval.objects.none()
    waiting = approvals_for(actor).filter(profile_id=profile_id, status=ApprovalStatus.WAITING, expires_at__gt=now)
    return waiting.exclude(requested_by_id=actor.user_id)


def _unapplied(actor: Actor, profile_id: UUID) -> tuple[Counted, ...]:
    if Right.PAYMENTS_VIEW not in actor.rights:
        return ()
    rows = OwnerBalance.objects.filter(profile_id=profile_id, unapplied__gt=0).values("currency")
    found = rows.annotate(count=Count("pk"), credit=Sum("unapplied")).order_by("currency")
    return tuple(Counted(row["count"], Money(row["credit"], row["currency"])) for row in found)


def _stuck(actor: Actor) -> int:
    """Deliveries of events that were given up, for who can do something about it."""
    if Right.SETTINGS_EDIT not in actor.rights:
        return 0
    return EventDelivery.objects.filter(status=DeliveryStatus.PARKED).count()


def _aging(currency: str, amounts: Sequence[Decimal]) -> Aging:
    largest = max(amounts)
    bars = [
        AgeBar(name, Money(amount, currency), _percent(amount, largest))
        for name, amount in zip(BUCKET_WORDS, amounts, strict=True)
    ]
    return Aging(currency, tuple(bars))


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{quantize_places(part * 100 / whole, 2):f}" if whole else "0"
