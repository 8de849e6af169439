"""How long a business profile keeps what it has on people: the rules, and what is past its time in the core."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core import events, privacy
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from billing_assistant.core.models import Event, RetentionRules
from billing_assistant.core.models.privacy import LEAST_YEARS, MOST_MONTHS, MOST_YEARS
from billing_assistant.core.rights import Right

CHANGED: Final = "retention_rules.changed"
YEARS: Final = "document_years"
MOST_CHUNKS: Final = 200
NAMES: Final = (YEARS, "message_months", "payload_months", "inactive_months")


def retention_of(profile_id: UUID) -> RetentionRules:
    """The rules of a profile, or the defaults, unsaved. The caller has scoped the profile."""
    return RetentionRules.objects.filter(profile_id=profile_id).first() or RetentionRules(profile_id=profile_id)


def retention_change(*, profile_id: UUID, changes: dict[str, int], actor: Actor, now: datetime) -> RetentionRules:
    """Changes the rules that are given, in years and months. Raises PermissionRefused, NotFound, ValidationFailed."""
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    _check(changes)
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        rules, _made = RetentionRules.objects.get_or_create(profile=profile, defaults={"created_at": now})
        changed = {
            name: {"before": getattr(rules, name), "after": value}
            for name, value in changes.items()
            if value != getattr(rules, name)
        }
        if changed:
            for name in changed:
                setattr(rules, name, changes[name])
            rules.save(update_fields=list(changed))
            events.record(
                name=CHANGED,
                subject=profile,
                actor=actor,
                now=now,
                profile_id=profile.pk,
                label=profile.name,
                data={"changes": changed},
            )
    return rules


def retention_apply(*, profile_id: UUID, now: datetime) -> int:
    """Forgets what is past its time in one profile, chunk by chunk, each in a transaction of its own; returns how many
    rows. Issued documents are never deleted. Safe to repeat."""
    rules = retention_of(profile_id)
    limits = privacy.Limits(
        profile_id, months_before(now, rules.message_months), months_before(now, rules.payload_months)
    )
    return sum(_expire(holder, limits) for holder in privacy.holders().values())


def _expire(holder: privacy.Holder, limits: privacy.Limits) -> int:
    number = 0
    for _chunk in range(MOST_CHUNKS):
        with transaction.atomic():
            done = holder.expire(limits)
        number += done
        if not done:
            break
    return number


def retention_history(actor: Actor, *, profile_id: UUID) -> QuerySet[Event]:
    """When the rules were changed, by whom and how, newest first. Raises PermissionRefused, NotFound."""
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    return Event.objects.filter(profile_id=profile_id, name=CHANGED).order_by("-id")


def months_before(now: datetime, months: int) -> datetime:
    """The same moment so many months earlier, on the last day of a month that is too short."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


def _check(changes: dict[str, int]) -> None:
    wrong: dict[str, list[str]] = {}
    for name, value in changes.items():
        least, most = (LEAST_YEARS, MOST_YEARS) if name == YEARS else (1, MOST_MONTHS)
        if name not in NAMES or not least <= value <= most:
            wrong[name] = [_("Between %(least)d and %(most)d.") % {"least": least, "most": most}]
    if wrong:
        raise ValidationFailed(wrong)
