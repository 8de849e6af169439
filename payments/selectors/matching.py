"""Reads of the matching rules, and what one of them would match now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from payments.models import BankAccount, MatchRule, StatementLine
from payments.services.match_found import Found
from payments.services.match_ground import ground_of
from payments.services.match_lines import outcome_of
from payments.statement_states import OPEN_LINES, RuleKind

TRIED: Final = 300
SHOWN: Final = 20


@dataclass(slots=True)
class Tried:
    """What a rule would do with the open lines: how many it would post, how many it suggests, and some of them."""

    looked_at: int = 0
    posts: int = 0
    suggests: int = 0
    shown: list[tuple[StatementLine, Found, bool]] = field(default_factory=list)


def match_rules_for(actor: Actor, *, profile_id: UUID) -> QuerySet[MatchRule]:
    """The rules of a profile in their order."""
    actor.require(Right.PAYMENTS_VIEW)
    rows = MatchRule.objects.select_related("profile").filter(profile_id=profile_id).order_by("position")
    return rows if actor.can_see(profile_id) else rows.none()


def match_rule_get(actor: Actor, rule_id: UUID) -> MatchRule:
    """One rule. Raises NotFound, also for one of another profile."""
    actor.require(Right.PAYMENTS_VIEW)
    found = MatchRule.objects.select_related("profile").filter(pk=rule_id).first()
    if found is None or not actor.can_see(found.profile_id):
        raise NotFound(_("There is no such rule."))
    return found


def rule_tried(rule: MatchRule) -> Tried:
    """What a rule would match of the newest open lines of its profile. Changes nothing. The caller has scoped it."""
    tried = Tried()
    rules = list(MatchRule.objects.select_related("profile").filter(profile_id=rule.profile_id))
    for account in BankAccount.objects.filter(profile_id=rule.profile_id, is_active=True).select_related("profile"):
        out = rule.kind_word is RuleKind.GIVEN_BACK
        way = {"amount__lt": 0} if out else {"amount__gt": 0}
        open_lines = StatementLine.objects.filter(account=account, state__in=OPEN_LINES, **way)
        lines = list(open_lines.order_by("-booked_on", "-id")[:TRIED])
        tried.looked_at += len(lines)
        outcome = outcome_of(ground_of(account, lines, rules))
        sure = {one.line.pk for one, found in outcome.sure if found.rule is rule.kind_word}
        for one, those in outcome.found:
            mine = next((found for found in those if found.rule is rule.kind_word), None)
            if mine is None:
                continue
            posts = one.line.pk in sure
            tried.posts += posts
            tried.suggests += not posts
            if len(tried.shown) < SHOWN:
                tried.shown.append((one.line, mine, posts))
    return tried
