"""Statements: a file is kept, read in the background, and its lines matched."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core import events, files, queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.imports.tables import CSV
from billing_assistant.core.models import DataImport
from billing_assistant.core.rights import Right
from billing_assistant.core.services.imports import import_create
from billing_assistant.core.services.starters import starter_fields
from billing_assistant.core.states import require_transition
from payments.locks import statement_lock
from payments.models import BankAccount, Statement, StatementLine
from payments.services.match_rules import match_rules_ensure
from payments.services.statement_importing import PayoutImporter, StatementImporter
from payments.services.statement_reading.formats import CONTENT_TYPES, format_of, in_utf8, statement_read
from payments.statement_states import (
    MAPPED,
    OPEN_LINES,
    STATEMENT_TRANSITIONS,
    STATEMENTS_AT_WORK,
    BankAccountKind,
    StatementFormat,
    StatementState,
)

TASK: Final = "payments.advance_statement"
LEFT: Final = timedelta(seconds=90)
"""A statement that nobody has touched for so long has lost its worker: a chunk takes a few seconds."""


def statement_create(
    *,
    account_id: UUID,
    content: bytes,
    file_name: str,
    actor: Actor,
    now: datetime,
    opening: Decimal | None = None,
    closing: Decimal | None = None,
) -> Statement:
    """Keeps a file of an account. What needs no columns is read in the background; a table waits to be named.

    The same file under the same name is the statement that it was, unless that was discarded. `opening` and `closing`
    are the balances that a person read, for tables. Not inside a transaction. Raises PermissionRefused, NotFound,
    FileRefused, ValidationFailed (not readable, another account or currency).
    """
    actor.require(Right.PAYMENTS_RECORD)
    account = BankAccount.objects.select_related("profile").filter(pk=account_id).first()
    if account is None or not actor.can_see(account.profile_id):
        raise NotFound(_("There is no such account."))
    content = in_utf8(content)
    form = format_of(content)
    if form is StatementFormat.CSV:
        given = (opening, closing) if opening is not None and closing is not None else None
        at_provider = account.kind_word is BankAccountKind.PROVIDER
        run = import_create(
            content=content,
            file_name=file_name,
            kind=PayoutImporter.kind if at_provider else StatementImporter.kind,
            profile_id=account.profile_id,
            actor=actor,
            now=now,
        )
        return _table(account, run, given, actor, now)
    found = statement_read(content, form, number=account.number)
    if found.currency and found.currency != account.currency:
        words = {"currency": found.currency, "account": account.currency}
        raise ValidationFailed({"file": [_("The file is in %(currency)s, the account in %(account)s.") % words]})
    stored = files.store(
        content=content, name=file_name, content_type=CONTENT_TYPES.get(form, CSV), profile_id=account.profile_id
    )
    first, last = found.days or (None, None)
    with transaction.atomic():
        match_rules_ensure(profile_id=account.profile_id, now=now)
        statement, made = _standing().get_or_create(
            account=account,
            file=stored,
            defaults={
                **_shared(account, actor, now),
                "format": form,
                "state": StatementState.READING,
                "opening_balance": found.opening,
                "closing_balance": found.closing,
                "period_from": first,
                "period_to": last,
            },
        )
        if made:
            queue.enqueue_on_commit(TASK, statement_id=str(statement.pk))
    return statement


def statement_again(*, statement_id: UUID, actor: Actor, now: datetime) -> Statement:
    """Goes on where reading or matching stopped; what was read has its open lines matched anew.

    Raises PermissionRefused, NotFound, TransitionRefused.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        statement = statement_lock(statement_id)
        if not actor.can_see(statement.profile_id):
            raise NotFound(_("There is no such statement."))
        unread = statement.state_word is StatementState.FAILED and statement.format_word not in MAPPED
        statement_state_set(statement, StatementState.READING if unread else StatementState.MATCHING, now)
        statement.attempts, statement.failure, statement.matched = 0, "", 0
        statement.save()
        open_ones = StatementLine.objects.filter(statement=statement, state__in=OPEN_LINES)
        open_ones.update(tried_at=None)
        queue.enqueue_on_commit(TASK, statement_id=str(statement.pk))
    return statement


def statement_imported(*, import_id: UUID, now: datetime) -> None:
    """A table was read to its end: its lines are matched next. Safe to repeat."""
    seen = Statement.objects.filter(data_import_id=import_id).first()
    if seen is None:
        return
    with transaction.atomic():
        statement = statement_lock(seen.pk)
        if statement.state_word is StatementState.NAMING:
            statement_state_set(statement, StatementState.MATCHING, now)
            statement.save()
            queue.enqueue_on_commit(TASK, statement_id=str(statement.pk))


def statements_sweep(*, before: datetime) -> None:
    """Wakes statements that nobody has worked on since a moment: their worker died or their task was lost."""
    left = Statement.objects.filter(state__in=STATEMENTS_AT_WORK, touched_at__lt=before)
    for statement_id in left.values_list("pk", flat=True):
        queue.enqueue(TASK, statement_id=str(statement_id))


def statement_state_set(statement: Statement, wanted: StatementState, now: datetime) -> None:
    """Changes the state of a locked statement, without saving it. Raises TransitionRefused."""
    require_transition(STATEMENT_TRANSITIONS, statement.account.name, statement.state_word, wanted)
    statement.state, statement.touched_at = wanted.value, now
    statement.finished_at = now if wanted is StatementState.DONE else None


def statement_record(statement: Statement, name: str, actor: Actor, now: datetime, **data: Any) -> None:
    """Tells what happened to a statement."""
    events.record(
        name=name,
        subject=statement,
        actor=actor,
        now=now,
        profile_id=statement.profile_id,
        label=statement.account.name,
        data=data,
    )


def _table(
    account: BankAccount, run: DataImport, given: tuple[Decimal, Decimal] | None, actor: Actor, now: datetime
) -> Statement:
    opening, closing = given or (None, None)
    with transaction.atomic():
        match_rules_ensure(profile_id=account.profile_id, now=now)
        DataImport.objects.filter(pk=run.pk).update(currency=account.currency)
        statement, made = _standing().get_or_create(
            account=account,
            file=run.file,
            defaults={
                **_shared(account, actor, now),
                "data_import": run,
                "format": StatementFormat.PAYOUTS if run.kind == PayoutImporter.kind else StatementFormat.CSV,
                "state": StatementState.NAMING,
                "opening_balance": opening,
                "closing_balance": closing,
                "balances_given": given is not None,
            },
        )
        if not made:
            run.delete()
    return statement


def _standing() -> QuerySet[Statement]:
    return Statement.objects.exclude(state=StatementState.DISCARDED)


def _shared(account: BankAccount, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "profile": account.profile,
        "currency": account.currency,
        "created_at": now,
        "touched_at": now,
        **starter_fields(actor),
    }
