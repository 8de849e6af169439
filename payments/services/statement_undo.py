"""A whole statement is undone: every line that it brought is open again, in the background, a line a transaction.

Lines stay where they are, so the file can come again and adds nothing. What cannot be undone is left as it is and told.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing_assistant.core import queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import Conflict, DomainError, NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.failpoints import fail_point
from billing_assistant.core.rights import Right
from payments.locks import statement_lock
from payments.models import Statement, StatementLine
from payments.selectors.statements import lines_done
from payments.services.line_acts import line_undo
from payments.services.match_lines import lines_suggest
from payments.services.statements import TASK, statement_record, statement_state_set
from payments.statement_states import OPEN_LINES, StatementState

SUGGESTED_AT_ONCE: Final = 200


def statement_undo(*, statement_id: UUID, reason: str, actor: Actor, now: datetime) -> Statement:
    """Begins to take back all that was done with the lines of a statement. A person orders it and says why.

    Raises PermissionRefused, NotFound, ValidationFailed (no reason), TransitionRefused (being read, matched or undone),
    Conflict (nothing was done).
    """
    actor.require(Right.PAYMENTS_RECORD)
    if actor.user_id is None:
        raise PermissionRefused(_("A person undoes a statement."))
    if not reason.strip():
        raise ValidationFailed({"reason": [_("Say why.")]})
    with transaction.atomic():
        statement = statement_lock(statement_id)
        if not actor.can_see(statement.profile_id):
            raise NotFound(_("There is no such statement."))
        statement_state_set(statement, StatementState.UNDOING, now)
        if not lines_done(statement).exists():
            raise Conflict(_("Nothing was done with the lines of this statement."))
        statement.undo_by_id, statement.undo_reason = actor.user_id, reason.strip()[:240]
        statement.attempts, statement.failure = 0, ""
        statement.undo_position, statement.undo_kept = None, 0
        statement.save()
        statement_record(statement, "statement.undo_started", actor, now, reason=statement.undo_reason)
        queue.enqueue_on_commit(TASK, statement_id=str(statement.pk))
    return statement


def statement_undo_advance(statement: Statement, stop_at: float) -> bool:
    """Undoes lines behind the one that was tried last, until none is left or the time is up. True when there is more.

    Each line is tried once: what cannot be undone is counted and left, so however much of it there is, it ends.
    """
    if statement.undo_by is None:
        _finish(statement.pk, Actor.system("Reconciliation"), _("The person who ordered it is gone."))
        return False
    actor = Actor.of_user(statement.undo_by)
    undone = []
    for line_id, position in list(_untried(statement).values_list("pk", "position")):
        why = ""
        try:
            line_undo(line_id=line_id, reason=statement.undo_reason, actor=actor, now=clock_now())
        except DomainError as error:
            if StatementLine.objects.filter(pk=line_id).exclude(state__in=OPEN_LINES).exists():
                why = error.message
        if not why:
            undone.append(line_id)
        _tried(statement.pk, position, why)
        fail_point("statement.between_chunks")
        if time.monotonic() > stop_at:
            break
    else:
        _finish(statement.pk, actor)
    for at in range(0, len(undone), SUGGESTED_AT_ONCE):
        lines_suggest(account=statement.account, line_ids=undone[at : at + SUGGESTED_AT_ONCE], now=clock_now())
    return Statement.objects.filter(pk=statement.pk, state=StatementState.UNDOING).exists()


def _untried(statement: Statement) -> QuerySet[StatementLine]:
    rows = lines_done(statement)
    return rows if statement.undo_position is None else rows.filter(position__lt=statement.undo_position)


def _tried(statement_id: UUID, position: int, why: str) -> None:
    """Moves past a line, and counts it where it stays as it is. Of two workers at the same line one counts it."""
    behind = Q(undo_position__isnull=True) | Q(undo_position__gt=position)
    mine = Statement.objects.filter(behind, pk=statement_id, state=StatementState.UNDOING)
    kept = {"undo_kept": F("undo_kept") + 1, "failure": why[:300]} if why else {}
    mine.update(undo_position=position, attempts=0, touched_at=clock_now(), **kept)


def _finish(statement_id: UUID, actor: Actor, gone: str = "") -> None:
    with transaction.atomic():
        statement = statement_lock(statement_id)
        if statement.state_word is not StatementState.UNDOING:
            return
        kept, why = statement.undo_kept, statement.failure
        statement_state_set(statement, StatementState.DONE, clock_now())
        if kept:
            told = ngettext("%(n)s line stays as it is: %(why)s", "%(n)s lines stay as they are: %(why)s", kept)
            statement.failure = (told % {"n": kept, "why": why})[:300]
        if gone:
            statement.failure = gone
        statement.save()
        statement_record(statement, "statement.undone", actor, clock_now(), kept=kept)
