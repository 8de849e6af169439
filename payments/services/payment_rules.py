"""How a business profile collects what it is owed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import only
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from billing_assistant.core.rights import Right
from payments.models import PaymentRules
from payments.models.payment_plans import MOST_GRACE_DAYS


def payment_rules_of(profile_id: UUID) -> PaymentRules:
    """The rules of a profile, or the defaults, unsaved. The caller has scoped the profile."""
    return only(PaymentRules.objects.filter(profile_id=profile_id)) or PaymentRules(profile_id=profile_id)


def payment_rules_change(*, profile_id: UUID, plan_grace_days: int, actor: Actor, now: datetime) -> PaymentRules:
    """Changes the rules; plans keep what they had. Raises PermissionRefused, NotFound, ValidationFailed."""
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    if not 0 <= plan_grace_days <= MOST_GRACE_DAYS:
        text = _("Write a number of days from 0 to %(most)d.") % {"most": MOST_GRACE_DAYS}
        raise ValidationFailed({"plan_grace_days": [text]})
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        rules, _made = PaymentRules.objects.get_or_create(profile=profile, defaults={"created_at": now})
        if rules.plan_grace_days != plan_grace_days:
            rules.plan_grace_days = plan_grace_days
            rules.save(update_fields=["plan_grace_days"])
            events.record(
                name="payment_rules.changed",
                subject=profile,
                actor=actor,
                now=now,
                profile_id=profile.pk,
                label=profile.name,
                data={"plan_grace_days": plan_grace_days},
            )
    return rules
