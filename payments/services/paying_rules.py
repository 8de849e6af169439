"""Changing how the clients of a business profile pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from billing_assistant.core.rights import Right
from payments.models import PayingRules
from payments.models.rules import MOST_GRACE_DAYS, MOST_PERCENT
from payments.selectors.paying_rules import CHANGED
from payments.states import AutopayMoment

NAMES: Final = ("least_percent", "autopay_on", "autopay_days", "plan_grace_days")
MOST_TRIES: Final = 15
LAST_DAY: Final = 60


def paying_rules_change(*, profile_id: UUID, changes: Mapping[str, Any], actor: Actor, now: datetime) -> PayingRules:
    """Changes the rules that are given: `least_percent` (of an invoice, as a Decimal), `autopay_on` (a moment, for who
    consents from now on), `autopay_days` (whole days after the first attempt, which is day 0, in their order),
    `plan_grace_days` (of an instalment, for payment plans agreed from now on).

    Raises PermissionRefused, NotFound, ValidationFailed.
    """
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    _check(changes)
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        rules, _made = PayingRules.objects.get_or_create(profile=profile, defaults={"created_at": now})
        changed = {
            name: {"before": _told(getattr(rules, name)), "after": _told(value)}
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


def _check(changes: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {name: [_("There is no such rule.")] for name in changes if name not in NAMES}
    if not 0 <= changes.get("least_percent", 0) <= MOST_PERCENT:
        wrong["least_percent"] = [_("Between 0 and 100.")]
    if changes.get("autopay_on", AutopayMoment.ISSUE) not in set(AutopayMoment):
        wrong["autopay_on"] = [_("Choose one of the two.")]
    if "autopay_days" in changes and not _are_days(changes["autopay_days"]):
        text = _("Write up to %(most)d days in their order, beginning with 0 and none after %(last)d: 0, 1, 3.")
        wrong["autopay_days"] = [text % {"most": MOST_TRIES, "last": LAST_DAY}]
    if not 0 <= changes.get("plan_grace_days", 0) <= MOST_GRACE_DAYS:
        text = _("Write a number of days from 0 to %(most)d.") % {"most": MOST_GRACE_DAYS}
        wrong["plan_grace_days"] = [text]
    if wrong:
        raise ValidationFailed(wrong)


def _are_days(days: Sequence[int]) -> bool:
    rising = all(earlier < later for earlier, later in pairwise(days))
    return 0 < len(days) <= MOST_TRIES and days[0] == 0 and days[-1] <= LAST_DAY and rising


def _told(value: Decimal | int | str | Sequence[int]) -> str:
    """A rule as the history shows it: "5" and not "5.00", "0, 1, 3"."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value) if isinstance(value, str | int) else ", ".join(map(str, value))
