"""The work on an import: batch after batch, each with its progress in one transaction.

A worker that dies loses at most the batch that it was in, which rolls back with its progress; the next worker reads the
file again, passes over the batches that are behind, and goes on. So nothing is written twice and nothing is left out.
"""

from __future__ import annotations

import time
from collections import Counter
from decimal import Decimal
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import DomainError
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.imports.importers import Batch, ImportContext, Importer, Tally, importer_of
from billing_assistant.core.imports.reading import rows_of
from billing_assistant.core.imports.states import WORKING, ImportState
from billing_assistant.core.locks import advisory_lock, import_run_lock
from billing_assistant.core.models import DataImport, ImportProblem
from billing_assistant.core.services.imports import import_table, record
from billing_assistant.core.services.starters import starter_of

SECONDS: Final = 120.0
MOST_ATTEMPTS: Final = 5
PROBLEMS_KEPT: Final = 10_000
PROBLEM_CHUNK: Final = 1_000
PROGRESS: Final = (
    "position",
    "rows_done",
    "new",
    "same",
    "changed",
    "faulty",
    "counts",
    "amounts",
    "attempts",
    "touched_at",
)
log = structlog.get_logger(__name__)
declare("import.before_commit", "import.between_batches")


def import_advance(*, run_id: UUID, seconds: float = SECONDS) -> bool:
    """Works on an import until it ends, is cancelled, or the time is up. True when there is more to do.

    A file that cannot be read to its end, and an actor who lost a right, end the import with the reason. Any other
    error is raised; after five of them without progress the import stops.
    """
    run = _taken(run_id)
    if run is None:
        return False
    with translation.override(run.created_by.language if run.created_by else settings.LANGUAGE_CODE):
        return _advance(run, time.monotonic() + seconds)


def _advance(run: DataImport, stop_at: float) -> bool:
    try:
        importer, context = importer_of(run.kind), _context(run)
        context.actor.require(importer.right)
        rows = rows_of(importer, run.mapping, run.styles, import_table(run))
        for index, batch in enumerate(importer.batches(rows, context)):
            if index < run.position:
                continue
            if not _step(run.pk, index, batch, importer, context):
                return False
            fail_point("import.between_batches")
            if time.monotonic() > stop_at:
                return True
    except DomainError as error:
        _stop(run.pk, error.message)
        return False
    _finish(run.pk, context)
    return False


def _taken(run_id: UUID) -> DataImport | None:
    """The import with one more attempt counted; None when there is nothing to do (any more)."""
    with transaction.atomic():
        run = import_run_lock(run_id)
        if run.state_word not in WORKING:
            return None
        if run.attempts >= MOST_ATTEMPTS:
            _end(run, ImportState.FAILED, _("It failed several times at the same rows. Nothing after them was read."))
            log.error("import.given_up", run_id=str(run_id), position=run.position)
            return None
        run.attempts += 1
        run.touched_at = clock_now()
        run.save(update_fields=["attempts", "touched_at"])
    return run


def _step(run_id: UUID, index: int, batch: Batch, importer: Importer, context: ImportContext) -> bool:
    """One batch; False when it is not ours to do: cancelled, or another worker was quicker."""
    with transaction.atomic():
        run = import_run_lock(run_id)
        if run.state_word not in WORKING or run.position != index:
            return False
        advisory_lock(f"import:{run.profile_id}")
        checking = run.state_word is ImportState.CHECKING
        tally = _tried(importer, batch, context) if checking else importer.write(batch.work, context)
        _count(run, batch, tally)
        fail_point("import.before_commit")
    return True


def _tried(importer: Importer, batch: Batch, context: ImportContext) -> Tally:
    """What writing a batch would do: it is written and taken back."""
    with transaction.atomic():
        tally = importer.write(batch.work, context)
        transaction.set_rollback(True)
    return tally


def _count(run: DataImport, batch: Batch, tally: Tally) -> None:
    kept = ImportProblem.objects.filter(run=run).count() if tally.faults else 0
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                run=run,
                profile_id=run.profile_id,
                line=fault.line,
                about=fault.about.replace("\x00", "")[:120],
                field=fault.field[:40],
                value=fault.value.replace("\x00", "")[:200],
                reason=fault.reason[:400],
            )
            for fault in tally.faults[: max(PROBLEMS_KEPT - kept, 0)]
        ],
        batch_size=PROBLEM_CHUNK,
    )
    run.position += 1
    run.rows_done += batch.rows
    run.new, run.same = run.new + tally.new, run.same + tally.same
    run.changed, run.faulty = run.changed + tally.changed, run.faulty + tally.faulty
    run.counts = dict(Counter(run.counts) + tally.counts)
    run.amounts |= {name: str(Decimal(run.amounts.get(name, 0)) + amount) for name, amount in tally.amounts.items()}
    run.attempts, run.touched_at = 0, clock_now()
    run.save(update_fields=PROGRESS)


def _finish(run_id: UUID, context: ImportContext) -> None:
    with transaction.atomic():
        run = import_run_lock(run_id)
        match run.state_word:
            case ImportState.CHECKING:
                run.about_rows = run.rows_done
                _end(run, ImportState.CHECKED)
            case ImportState.IMPORTING:
                _end(run, ImportState.DONE)
                record(run, "import.finished", context.actor, clock_now())


def _stop(run_id: UUID, reason: str) -> None:
    with transaction.atomic():
        run = import_run_lock(run_id)
        if run.state_word in WORKING:
            _end(run, ImportState.FAILED, reason)


def _end(run: DataImport, state: ImportState, failure: str = "") -> None:
    run.state, run.failure, run.finished_at = state.value, failure[:300], clock_now()
    run.save(update_fields=["state", "failure", "finished_at", "about_rows"])


def _context(run: DataImport) -> ImportContext:
    return ImportContext(
        profile=run.profile, actor=starter_of(run), currency=run.currency, now=clock_now(), run_id=run.pk
    )
