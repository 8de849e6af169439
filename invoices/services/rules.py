"""How a business profile bills. The lock date is moved in `lock_date`."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from billing_assistant.core.prepared import Given, Prepared
from billing_assistant.core.rights import Right
from invoices.models import BillingRules
from invoices.models.rules import MAX_RATE_DAYS

_RULES: Final = Prepared(lambda: BillingRules.objects.filter(profile_id=Given("profile_id")).order_by())


def rules_of(profile_id: UUID) -> BillingRules:
    """The rules of a profile, or the defaults, unsaved. The caller has scoped the profile."""
    return _RULES.row(profile_id=profile_id) or BillingRules(profile_id=profile_id)


def rules_change(
    *,
    profile_id: UUID,
    listed_taxes_only: bool | None = None,
    exchange_rate_required: bool | None = None,
    exchange_rate_days: int | None = None,
    actor: Actor,
    now: datetime,
) -> BillingRules:
    """Changes the rules that are given. Raises PermissionRefused, NotFound, ValidationFailed."""
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    if exchange_rate_days is not None and not 0 <= exchange_rate_days <= MAX_RATE_DAYS:
        text = _("An exchange rate holds for between 0 and %(most)d days.") % {"most": MAX_RATE_DAYS}
        raise ValidationFailed({"exchange_rate_days": [text]})
    wanted = {
        "listed_taxes_only": listed_taxes_only,
        "exchange_rate_required": exchange_rate_required,
        "exchange_rate_days": exchange_rate_days,
    }
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        rules, _made = BillingRules.objects.get_or_create(profile=profile, defaults={"created_at": now})
        changed = {name: value for name, value in wanted.items() if value not in {None, getattr(rules, name)}}
        if changed:
            for name, value in changed.items():
                setattr(rules, name, value)
            rules.save(update_fields=list(changed))
            events.record(
                name="billing_rules.changed",
                subject=profile,
                actor=actor,
                now=now,
                profile_id=profile.pk,
                label=profile.name,
                data={"changes": changed},
            )
    return rules
