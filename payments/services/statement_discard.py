"""A file that was brought by mistake is discarded: nothing of it is booked, and it can be brought again anywhere.

Its lines stay for what was posted about them and taken back, and count nowhere. Those that are in another file of the
account too are that file's from then on, so that no movement is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core import files
from billing_assistant.core.actors import Actor
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import Conflict, NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.imports.importers import ImportContext, importer_of
from billing_assistant.core.imports.reading import rows_of
from billing_assistant.core.imports.states import WORKING, ImportState
from billing_assistant.core.locks import import_run_lock
from billing_assistant.core.rights import Right
from billing_assistant.core.services.imports import import_table
from payments.locks import statement_lock
from payments.models import MatchCandidate, Statement, StatementLine
from payments.selectors.statements import lines_done
from payments.services.balance_differences import differences_check, differences_forget
from payments.services.statement_importing import StatementImporter
from payments.services.statement_reading.formats import statement_read
from payments.services.statement_reading.lines import numbered
from payments.services.statements import statement_record, statement_state_set
from payments.statement_states import OPEN_LINES, BankAccountKind, LineState, StatementState

Positions = Mapping[str, int]
HANDED_AT_ONCE: Final = 500
declare("discard.before_commit")


def statement_discard(*, statement_id: UUID, reason: str, actor: Actor, now: datetime) -> Statement:
    """Throws a file away of which nothing is booked. A person orders it and says why. Not inside a transaction.

    Raises PermissionRefused, NotFound, ValidationFailed (no reason), TransitionRefused (being read, matched or undone),
    Conflict (something was done with its lines, or another file of the account is being read).
    """
    require_no_transaction()
    actor.require(Right.PAYMENTS_RECORD)
    if actor.user_id is None:
        raise PermissionRefused(_("A person discards a statement."))
    if not reason.strip():
        raise ValidationFailed({"reason": [_("Say why.")]})
    seen = Statement.objects.select_related("account").filter(pk=statement_id).first()
    if seen is None or not actor.can_see(seen.profile_id):
        raise NotFound(_("There is no such statement."))
    elsewhere = _elsewhere(seen, actor, now)
    with transaction.atomic():
        if seen.data_import_id is not None:
            _import_end(seen.data_import_id, now)
        statement = statement_lock(statement_id)
        statement_state_set(statement, StatementState.DISCARDED, now)
        if _others(statement).filter(_being_read()).exists():
            raise Conflict(_("Another file of this account is being read. Try again when it is done."))
        for other_id, positions in elsewhere.items():
            _hand_over(statement, other_id, positions)
        _lines_discard(statement)
        if lines_done(statement).exclude(state=LineState.DISCARDED).exists():
            raise Conflict(_("Something was done with its lines. Undo the whole statement first."))
        statement.undo_by_id, statement.undo_reason, statement.failure = actor.user_id, reason.strip()[:240], ""
        statement.save()
        statement_record(statement, "statement.discarded", actor, now, reason=statement.undo_reason)
        fail_point("discard.before_commit")
    if statement.account.kind_word is BankAccountKind.PROVIDER and statement.period_from and statement.period_to:
        since, until = statement.period_from, statement.period_to
        differences_forget(profile_id=statement.profile_id, since=since, until=until)
        differences_check(profile_id=statement.profile_id, actor=Actor.system("Reconciliation"), now=now)
    return statement


def _others(statement: Statement) -> QuerySet[Statement]:
    rows = Statement.objects.filter(account_id=statement.account_id).exclude(pk=statement.pk)
    return rows.exclude(state=StatementState.DISCARDED)


def _being_read() -> Q:
    importing = Q(state=StatementState.NAMING, data_import__state=ImportState.IMPORTING)
    return Q(state=StatementState.READING) | importing


def _elsewhere(statement: Statement, actor: Actor, now: datetime) -> dict[UUID, Positions]:
    """What stands in other files that had lines which were there already: identities with their positions there."""
    rows = _others(statement).filter(lines_seen__gt=F("lines_new")).select_related("file", "account", "data_import")
    if statement.period_from and statement.period_to:
        rows = rows.filter(period_from__lte=statement.period_to, period_to__gte=statement.period_from)
    return {other.pk: _positions(other, actor, now) for other in rows.order_by("pk")}


def _positions(statement: Statement, actor: Actor, now: datetime) -> Positions:
    run = statement.data_import
    if run is None:
        found = statement_read(files.read(statement.file), statement.format_word, number=statement.account.number)
        return {identity: at for at, (identity, _line) in enumerate(numbered(found.lines))}
    importer = importer_of(run.kind)
    if not isinstance(importer, StatementImporter):  # pragma: no cover
        return {}
    context = ImportContext(profile=run.profile, actor=actor, currency=run.currency, now=now, run_id=run.pk)
    return importer.positions(rows_of(importer, run.mapping, run.styles, import_table(run)), context)


def _hand_over(statement: Statement, other_id: UUID, positions: Positions) -> None:
    """Lines that are in another file too belong to it from now on."""
    lines = list(StatementLine.objects.filter(statement=statement, state__in=OPEN_LINES, identity__in=list(positions)))
    for line in lines:
        line.statement_id, line.position = other_id, positions[line.identity]
    StatementLine.objects.bulk_update(lines, ["statement", "position"], batch_size=HANDED_AT_ONCE)
    Statement.objects.filter(pk=other_id).update(lines_new=F("lines_new") + len(lines))


def _lines_discard(statement: Statement) -> None:
    """In one statement each: a line that somebody does meanwhile is waited for, and left to be told."""
    mine = StatementLine.objects.filter(statement=statement)
    mine.filter(state__in=OPEN_LINES).update(state=LineState.DISCARDED)
    MatchCandidate.objects.filter(Q(line__in=mine) | Q(payout__in=mine)).delete()


def _import_end(import_id: UUID, now: datetime) -> None:
    run = import_run_lock(import_id)
    if run.state_word in {ImportState.UPLOADED, ImportState.CHECKED, *WORKING}:
        run.state, run.finished_at = ImportState.CANCELLED, now
        run.save(update_fields=["state", "finished_at"])
