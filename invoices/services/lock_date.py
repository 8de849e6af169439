"""The lock date of a business profile: up to and including it, nothing is posted. The database refuses it as well."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor, ActorKind
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from billing_assistant.core.rights import Right
from invoices.errors import PeriodLocked
from invoices.locks import lock_date_share
from invoices.models import BillingRules
from invoices.services.rules import rules_of

MOVED = "lock_date.moved"


def days_open(*, profile_id: UUID, days: Iterable[date]) -> BillingRules:
    """Gives the rules of a profile. Raises PeriodLocked when one of the local dates is locked.

    Inside the caller's transaction: until it ends, the lock date cannot be moved past what was looked at here.
    """
    lock_date_share(profile_id)
    rules = rules_of(profile_id)
    locked_until = rules.locked_until
    earliest = min(days, default=None)
    if locked_until is not None and earliest is not None and earliest <= locked_until:
        raise PeriodLocked(earliest, locked_until)
    return rules


def booking_day(*, profile_id: UUID, day: date, actor: Actor) -> date:
    """The local date on which something of that day is posted: what happens by itself is posted on the first open one.

    Raises PeriodLocked for a person (or a program) who posts on a locked day.

    Inside the caller's transaction, as `days_open`.
    """
    if actor.kind is ActorKind.SYSTEM:
        return first_open_day(profile_id=profile_id, day=day)
    days_open(profile_id=profile_id, days=[day])
    return day


def first_open_day(*, profile_id: UUID, day: date) -> date:
    """A local date, or the first open one after it when it is locked. Inside the caller's transaction."""
    lock_date_share(profile_id)
    locked_until = lock_date_of(profile_id)
    return day if locked_until is None else max(day, locked_until + timedelta(days=1))


def lock_date_of(profile_id: UUID) -> date | None:
    """The last local date that is locked; None when nothing is."""
    return BillingRules.objects.filter(profile_id=profile_id).values_list("locked_until", flat=True).first()


def lock_date_move(
    *, profile_id: UUID, until: date | None, reason: str = "", actor: Actor, now: datetime
) -> BillingRules:
    """Locks everything up to and including a local date, or nothing (None). Waits for what is being issued meanwhile.

    Raises PermissionRefused, NotFound, and ValidationFailed for a date in the future, and without a reason for
    unlocking days that were locked.
    """
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        rules, _made = BillingRules.objects.get_or_create(profile=profile, defaults={"created_at": now})
        before = rules.locked_until
        if until == before:
            return rules
        if until is not None and until > local_today(profile, now):
            raise ValidationFailed({"until": [_("Days that are still to come cannot be locked.")]})
        if before is not None and (until is None or until < before) and not reason.strip():
            raise ValidationFailed({"reason": [_("Say why days that were locked are opened again.")]})
        rules.locked_until = until
        rules.save(update_fields=["locked_until"])
        events.record(
            name=MOVED,
            subject=profile,
            actor=actor,
            now=now,
            profile_id=profile.pk,
            label=profile.name,
            data={
                "before": before.isoformat() if before else None,
                "until": until.isoformat() if until else None,
                "reason": reason.strip()[:240],
            },
        )
    return rules
