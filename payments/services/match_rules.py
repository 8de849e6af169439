"""The matching rules of a business profile: the set it starts with, and how staff change and order them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from payments.locks import match_rules_lock
from payments.models import MatchRule
from payments.statement_states import RuleKind

FLAT_FEES: Final = {"KES": 500, "UGX": 15_000, "TZS": 10_000, "USD": 50, "EUR": 50, "GBP": 40, "ZAR": 500}
"""What banks take of a transfer whatever its amount, by the currency of the profile."""
NEVER_AUTOMATIC: Final = frozenset({RuleKind.OTHER, RuleKind.FOREIGN, RuleKind.GIVEN_BACK})
MOST_SCORE: Final = 100
MOST_DAYS: Final = 3_650
MOST_FEE_PERCENT: Final = 20
MOST_INVOICES: Final = (2, 4)


@dataclass(frozen=True, slots=True)
class RuleInput:
    """What staff say of a rule; what a kind of rule does not ask is not looked at."""

    is_on: bool
    automatic: bool
    name_score: int
    days_before: int
    days_after: int
    fee_percent: Decimal
    fee_most: Decimal
    invoices_most: int


def match_rules_ensure(*, profile_id: UUID, now: datetime) -> list[MatchRule]:
    """The rules of a profile in their order; those that it does not have yet are added at the end of them."""
    there = list(MatchRule.objects.filter(profile_id=profile_id).order_by("position"))
    known = {rule.kind for rule in there}
    if missing := [kind for kind in RuleKind if kind.value not in known]:
        profile = BusinessProfile.objects.get(pk=profile_id)
        MatchRule.objects.bulk_create(
            [
                MatchRule(
                    profile=profile,
                    kind=kind.value,
                    position=len(there) + place,
                    automatic=kind not in NEVER_AUTOMATIC,
                    fee_most=FLAT_FEES.get(profile.currency, 0),
                    created_at=now,
                    updated_at=now,
                )
                for place, kind in enumerate(missing, start=1)
            ],
            ignore_conflicts=True,
        )
        there = list(MatchRule.objects.filter(profile_id=profile_id).order_by("position"))
    return there


def match_rule_update(*, rule_id: UUID, data: RuleInput, actor: Actor, now: datetime) -> MatchRule:
    """Changes what a rule asks. Raises PermissionRefused, NotFound, ValidationFailed."""
    with transaction.atomic():
        rules, rule = _locked(rule_id, actor)
        _check(rule, data)
        for name in RuleInput.__dataclass_fields__:
            setattr(rule, name, getattr(data, name))
        rule.updated_at = now
        rule.save()
        _record(rule, actor, now, rules)
    return rule


def match_rule_move(*, rule_id: UUID, up: bool, actor: Actor, now: datetime) -> MatchRule:
    """Puts a rule one place before or after; at the end of the list it stays. Raises PermissionRefused, NotFound."""
    with transaction.atomic():
        rules, rule = _locked(rule_id, actor)
        at = rules.index(rule)
        to = at - 1 if up else at + 1
        if 0 <= to < len(rules):
            rules[at], rules[to] = rules[to], rules[at]
            for position, one in enumerate(rules, start=1):
                one.position = position
            MatchRule.objects.bulk_update(rules, ["position"])
            _record(rule, actor, now, rules)
    return rule


def _locked(rule_id: UUID, actor: Actor) -> tuple[list[MatchRule], MatchRule]:
    actor.require(Right.PAYMENTS_RECORD)
    seen = MatchRule.objects.filter(pk=rule_id).first()
    if seen is None or not actor.can_see(seen.profile_id):
        raise NotFound(_("There is no such rule."))
    rules = match_rules_lock(seen.profile_id)
    return rules, next(one for one in rules if one.pk == rule_id)


def _check(rule: MatchRule, data: RuleInput) -> None:
    errors: dict[str, list[str]] = {}
    if data.automatic and rule.kind_word in NEVER_AUTOMATIC:
        errors["automatic"] = [_("This rule is never sure: it only suggests.")]
    limits: dict[str, tuple[Any, Any]] = {
        "name_score": (0, MOST_SCORE),
        "days_before": (0, MOST_DAYS),
        "days_after": (0, MOST_DAYS),
        "fee_percent": (0, MOST_FEE_PERCENT),
        "invoices_most": MOST_INVOICES,
    }
    for name, (least, most) in limits.items():
        if not least <= getattr(data, name) <= most:
            errors[name] = [_("Choose from %(least)s to %(most)s.") % {"least": least, "most": most}]
    if data.fee_most < 0:
        errors["fee_most"] = [_("A fee is not below zero.")]
    if errors:
        raise ValidationFailed(errors)


def _record(rule: MatchRule, actor: Actor, now: datetime, rules: list[MatchRule]) -> None:
    events.record(
        name="match_rule.changed",
        subject=rule,
        actor=actor,
        now=now,
        profile_id=rule.profile_id,
        label=str(rule.kind_word.label),
        data={"is_on": rule.is_on, "automatic": rule.automatic, "position": rules.index(rule) + 1},
    )
