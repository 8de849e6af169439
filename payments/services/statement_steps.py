"""The work on a statement: read chunk after chunk, then matched, each chunk with its progress in one transaction.

A worker that dies loses at most its chunk, which rolls back with its progress. Lines are unique in the database, so
whatever is done twice adds nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import islice
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core import files
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import DomainError
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.core.services.starters import starter_of
from payments.locks import statement_lock
from payments.models import Statement, StatementLine
from payments.services.balance_differences import differences_check
from payments.services.match_lines import lines_match
from payments.services.statement_lines import lines_write
from payments.services.statement_reading.formats import statement_read
from payments.services.statement_reading.lines import ReadLine, checked, numbered
from payments.services.statement_undo import statement_undo_advance
from payments.services.statements import statement_record, statement_state_set
from payments.statement_states import BankAccountKind, StatementState

CHUNK: Final = 500
MATCHED_AT_ONCE: Final = 200
SECONDS: Final = 120.0
MOST_ATTEMPTS: Final = 5
log = structlog.get_logger(__name__)
declare("statement.before_commit", "statement.between_chunks")


def statement_advance(*, statement_id: UUID, seconds: float = SECONDS) -> bool:
    """Works on a statement until it is done or the time is up. True when there is more to do.

    A file that cannot be read, and a person who lost the right, end it with the reason; other errors are raised, and
    after five of them without progress it stops.
    """
    statement = _taken(statement_id)
    if statement is None:
        return False
    with translation.override(statement.created_by.language if statement.created_by else settings.LANGUAGE_CODE):
        try:
            stop_at = time.monotonic() + seconds
            if statement.state_word is StatementState.UNDOING:
                return statement_undo_advance(statement, stop_at)
            return _advance(statement, stop_at)
        except DomainError as error:
            _stop(statement_id, error.message)
            return False


def _advance(statement: Statement, stop_at: float) -> bool:
    actor = starter_of(statement)
    actor.require(Right.PAYMENTS_RECORD)
    if statement.state_word is StatementState.READING:
        found = statement_read(files.read(statement.file), statement.format_word, number=statement.account.number)
        lines = numbered(found.lines)
        at = 0
        while chunk := list(islice(lines, CHUNK)):
            if at >= statement.position and not _read(statement.pk, at, chunk):
                return False
            at += len(chunk)
            fail_point("statement.between_chunks")
            if time.monotonic() > stop_at:
                return True
        _set(statement.pk, StatementState.READING, StatementState.MATCHING)
    if _matched(statement, stop_at):
        return True
    _finish(statement.pk, actor)
    if statement.account.kind_word is BankAccountKind.PROVIDER:
        differences_check(profile_id=statement.profile_id, actor=Actor.system("Reconciliation"), now=clock_now())
    return False


def _matched(statement: Statement, stop_at: float) -> bool:
    """Matches the lines that nobody has tried, chunk after chunk. True when the time was up before the last."""
    account = statement.account
    while lines := list(_untried(statement)):
        lines_match(account=account, lines=lines, now=clock_now())
        left = _untried(statement, all_of_them=True).count()
        matched = max(StatementLine.objects.filter(statement=statement).count() - left, 0)
        Statement.objects.filter(pk=statement.pk).update(matched=matched, attempts=0, touched_at=clock_now())
        fail_point("statement.between_chunks")
        if time.monotonic() > stop_at:
            return True
    return False


def _untried(statement: Statement, *, all_of_them: bool = False) -> QuerySet[StatementLine]:
    rows = StatementLine.objects.filter(statement=statement, tried_at__isnull=True).order_by("position")
    return rows if all_of_them else rows[:MATCHED_AT_ONCE]


def _taken(statement_id: UUID) -> Statement | None:
    """The statement with one more attempt counted; None when there is nothing to do (any more)."""
    with transaction.atomic():
        statement = statement_lock(statement_id)
        if not statement.is_working:
            return None
        if statement.attempts >= MOST_ATTEMPTS:
            _fail(statement, _("It failed several times at the same lines. Nothing after them was read."))
            log.error("statement.given_up", statement_id=str(statement_id), position=statement.position)
            return None
        statement.attempts += 1
        statement.touched_at = clock_now()
        statement.save(update_fields=["attempts", "touched_at"])
    return statement


def _read(statement_id: UUID, at: int, chunk: Sequence[tuple[str, ReadLine]]) -> bool:
    """One chunk of lines; False when it is not ours to do: another worker was quicker."""
    with transaction.atomic():
        statement = statement_lock(statement_id)
        if statement.state_word is not StatementState.READING or statement.position != at:
            return False
        if at == 0:
            statement.lines_seen, statement.lines_sum = 0, ZERO
        good = [(identity, checked(line, statement.currency)) for identity, line in chunk]
        lines_write(statement=statement, lines=good, position=at, now=clock_now())
        statement.position += len(chunk)
        statement.attempts, statement.touched_at = 0, clock_now()
        statement.save()
        fail_point("statement.before_commit")
    return True


def _set(statement_id: UUID, before: StatementState, wanted: StatementState) -> None:
    with transaction.atomic():
        statement = statement_lock(statement_id)
        if statement.state_word is before:
            statement_state_set(statement, wanted, clock_now())
            statement.save()


def _finish(statement_id: UUID, actor: Actor) -> None:
    with transaction.atomic():
        statement = statement_lock(statement_id)
        if statement.state_word is StatementState.MATCHING:
            statement_state_set(statement, StatementState.DONE, clock_now())
            statement.save()
            told = {"lines": statement.lines_seen, "new": statement.lines_new}
            statement_record(statement, "statement.read", actor, clock_now(), **told)


def _stop(statement_id: UUID, reason: str) -> None:
    with transaction.atomic():
        statement = statement_lock(statement_id)
        if statement.is_working:
            _fail(statement, reason)


def _fail(statement: Statement, reason: str) -> None:
    statement_state_set(statement, StatementState.FAILED, clock_now())
    statement.failure = reason[:300]
    statement.save()
