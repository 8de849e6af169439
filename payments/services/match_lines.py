"""Lines are matched: what each may be is kept for people, and what is sure is posted, a line a transaction.

A line whose candidates are written counts as tried unless it is sure; that happens when it is posted. So a worker that
dies leaves lines that the next one tries again, and none is posted twice: the state is looked at under its lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError
from billing_assistant.core.failpoints import declare, fail_point
from payments.locks import statement_lines_lock
from payments.models import BankAccount, MatchCandidate, MatchRule, StatementLine
from payments.services.line_accepting import line_accept
from payments.services.match_candidates import found_for
from payments.services.match_found import Found
from payments.services.match_ground import Asked, Ground, ground_of
from payments.services.match_judge import sure_of, undisputed
from payments.services.match_rules import match_rules_ensure
from payments.statement_states import LineState

KEPT: Final = 3
MATCHER: Final = Actor.system("Matching rules")
declare("match.before_commit", "match.between_lines")


@dataclass(slots=True)
class Outcome:
    """What matching found for some lines: everything by line, and what of it is sure."""

    found: list[tuple[Asked, list[Found]]] = field(default_factory=list)
    sure: list[tuple[Asked, Found]] = field(default_factory=list)


def lines_match(*, account: BankAccount, lines: Sequence[StatementLine], now: datetime) -> int:
    """Finds what lines of one account may be and posts what is sure. Gives how many were posted.

    Not inside a transaction. The number of statements does not depend on the lines, but for those that are posted.
    """
    rules = match_rules_ensure(profile_id=account.profile_id, now=now)
    outcome = outcome_of(ground_of(account, lines, rules))
    sure = {one.line.pk: found for one, found in outcome.sure}
    chosen = _candidates_keep(outcome, sure, now)
    posted = 0
    for line_id, candidate_id in chosen:
        posted += _post(line_id, candidate_id, now)
        fail_point("match.between_lines")
    return posted


def outcome_of(ground: Ground) -> Outcome:
    """What rules say of lines; nothing is written."""
    outcome = Outcome(found=[(one, found_for(one, ground)) for one in ground.asked])
    claims = [(one, found) for one, those in outcome.found if (found := sure_of(one, those, ground)) is not None]
    outcome.sure = undisputed(claims)
    outcome.found = _still_open(outcome)
    return outcome


def _still_open(outcome: Outcome) -> list[tuple[Asked, list[Found]]]:
    """What was found without what others surely pay: that is settled when a person looks."""
    paid = {each.pk: one.line.pk for one, found in outcome.sure for each in found.invoices}
    return [
        (one, [each for each in found if all(paid.get(part.pk, one.line.pk) == one.line.pk for part in each.invoices)])
        for one, found in outcome.found
    ]


def lines_suggest(*, account: BankAccount, line_ids: Iterable[UUID], now: datetime) -> None:
    """Finds anew what open lines may be, and posts nothing."""
    lines = list(StatementLine.objects.filter(pk__in=list(line_ids), account=account))
    rules = match_rules_ensure(profile_id=account.profile_id, now=now)
    outcome = outcome_of(ground_of(account, lines, rules))
    _candidates_keep(outcome, {}, now)


def lines_gone_suggest(*, account: BankAccount, lines: Sequence[StatementLine], now: datetime) -> bool:
    """Finds anew what open lines on which money went out may be, where that has changed since they were tried.

    `lines` are of the account, with their candidates read. A refund that was recorded later is found so, and what
    another line stands for by now is not shown any more. True when something was written.
    """
    going = [line for line in lines if line.is_open and line.amount < 0]
    if not going:
        return False
    outcome = outcome_of(ground_of(account, going, match_rules_ensure(profile_id=account.profile_id, now=now)))
    stale = {one.line.pk for one, found in outcome.found if _shown(one.line) != _to_show(found)}
    if not stale:
        return False
    outcome.found = [(one, found) for one, found in outcome.found if one.line.pk in stale]
    _candidates_keep(outcome, {}, now)
    return True


def _shown(line: StatementLine) -> list[UUID | None]:
    rows = sorted(line.candidates.all(), key=lambda row: row.rank)
    return [row.refund_id or row.dispute_id or row.payment_id for row in rows]


def _to_show(found: Sequence[Found]) -> list[UUID | None]:
    return [each.gone.thing.pk if each.gone is not None else None for each in found[:KEPT]]


def _candidates_keep(outcome: Outcome, sure: dict[UUID, Found], now: datetime) -> list[tuple[UUID, int]]:
    """Writes the candidates of lines that are open still; gives the ids of what is sure, line by line."""
    kept: list[MatchCandidate] = []
    sure_ones: list[MatchCandidate] = []
    with transaction.atomic():
        lines = {line.pk: line for line in statement_lines_lock(one.line.pk for one, _found in outcome.found)}
        lines = {key: line for key, line in lines.items() if line.is_open}
        MatchCandidate.objects.filter(line__in=list(lines)).delete()
        rules = {rule.kind: rule for rule in _rules_of(lines.values())}
        for one, found in outcome.found:
            line = lines.get(one.line.pk)
            if line is None:
                continue
            best = sure.get(line.pk)
            shown = [best, *(each for each in found if each is not best)] if best is not None else found
            rows = [_row(one, each, rank, rules) for rank, each in enumerate(shown[:KEPT], start=1)]
            line.state = LineState.SUGGESTED.value if rows else LineState.NEW.value
            line.tried_at = None if best is not None else now
            kept += rows
            sure_ones += rows[:1] if best is not None else []
        MatchCandidate.objects.bulk_create(kept)
        StatementLine.objects.bulk_update(list(lines.values()), ["state", "tried_at"], batch_size=500)
        fail_point("match.before_commit")
    return [(row.line_id, row.pk) for row in sure_ones]


def _post(line_id: UUID, candidate_id: int, now: datetime) -> bool:
    """Posts what is sure. What has changed meanwhile stays a suggestion."""
    try:
        line_accept(line_id=line_id, candidate_id=candidate_id, actor=MATCHER, now=now, automatic=True)
    except DomainError:
        StatementLine.objects.filter(pk=line_id).update(tried_at=now)
        return False
    return True


def _rules_of(lines: Iterable[StatementLine]) -> list[MatchRule]:
    return list(MatchRule.objects.filter(profile_id__in={line.profile_id for line in lines}))


def _row(one: Asked, found: Found, rank: int, rules: dict[str, MatchRule]) -> MatchCandidate:
    return MatchCandidate(
        line=one.line,
        rank=rank,
        kind=found.kind.value,
        rule=rules[found.rule.value],
        customer_id=found.customer_id,
        **(found.gone.columns if found.gone is not None else {"payment": found.payment, "payout": found.payout}),
        currency=one.line.currency,
        parts=found.parts(one.worth) if found.invoices else [],
        fee=found.fee,
        surplus=found.surplus,
        evidence=found.evidence(),
    )
