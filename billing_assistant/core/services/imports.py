"""Imports as people steer them: bring a file, name its columns, check, start, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events, files, queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.imports.columns import columns_guess, head_digest
from billing_assistant.core.imports.importers import Importer, importer_of
from billing_assistant.core.imports.reading import ReadAs, mapping_check, styles_of
from billing_assistant.core.imports.states import IMPORT_TRANSITIONS, WORKING, ImportState
from billing_assistant.core.imports.tables import Content, Table, content_of, samples_of, table_of
from billing_assistant.core.locks import import_run_lock
from billing_assistant.core.models import BusinessProfile, DataImport, ImportMapping, ImportProblem
from billing_assistant.core.rights import Right
from billing_assistant.core.services.starters import starter_fields
from billing_assistant.core.states import require_transition

TASK: Final = "core.import_advance"
SAMPLES: Final = 200


@dataclass(frozen=True, slots=True)
class Columns:
    """What a person said of a file: the column of each field by position, and how to read what has two meanings."""

    mapping: Mapping[str, int]
    read_as: ReadAs = field(default_factory=ReadAs)
    currency: str = ""
    sheet: str = ""


def import_create(
    *, content: bytes, file_name: str, kind: str, profile_id: UUID, actor: Actor, now: datetime, sheet: str = ""
) -> DataImport:
    """Keeps a file to be imported. Nothing of it is written yet; its columns are named next.

    Not inside a transaction. Raises PermissionRefused, NotFound, FileRefused, ValidationFailed (cannot be read).
    """
    importer = importer_of(kind)
    _require(actor, importer)
    actor.require_profile(profile_id)
    profile = BusinessProfile.objects.filter(pk=profile_id).first()
    if profile is None:
        raise NotFound(_("There is no such business profile."))
    kept = content_of(content)
    table = table_of(kept, sheet=sheet)
    stored = files.store(content=kept.data, name=file_name, content_type=kept.content_type, profile_id=profile_id)
    return DataImport.objects.create(
        profile=profile,
        kind=kind,
        file=stored,
        encoding=kept.encoding,
        sheet=table.sheet,
        currency=profile.currency,
        about_rows=table.about,
        created_at=now,
        touched_at=now,
        **starter_fields(actor),
    )


def import_table(run: DataImport, *, sheet: str = "") -> Table:
    """The file of an import as a table. Raises ValidationFailed."""
    return table_of(Content(files.read(run.file), run.file.content_type), sheet=sheet or run.sheet)


def mapping_suggest(run: DataImport, table: Table) -> dict[str, int]:
    """The columns as they were named the last time for these headings, else as they look."""
    importer = importer_of(run.kind)
    known = ImportMapping.objects.filter(
        profile_id=run.profile_id, kind=run.kind, heads=head_digest(table.heads)
    ).first()
    guessed = columns_guess(table.heads, samples_of(table, SAMPLES), importer.fields)
    if known is None:
        return guessed
    places = {head: at for at, head in enumerate(table.heads)}
    named = {
        name: places[head]
        for name, head in known.columns.items()
        if head in places and importer.field(name) is not None
    }
    guards = {each.name for each in importer.fields if each.guards} - named.keys()
    return named | {name: guessed[name] for name in guards & guessed.keys() if guessed[name] not in named.values()}


def import_check(*, run_id: UUID, columns: Columns, actor: Actor, now: datetime) -> DataImport:
    """Takes what the columns mean, remembers it for files like this one, and has the file tried without writing.

    Raises PermissionRefused, NotFound, ValidationFailed (with what has to be said first), TransitionRefused.
    """
    return _begin(run_id, ImportState.CHECKING, columns, actor, now)


def import_start(*, run_id: UUID, actor: Actor, now: datetime, columns: Columns | None = None) -> DataImport:
    """Begins to write, from the first row on: what is there already is passed over.

    Without `columns` those of the check count. Raises PermissionRefused, NotFound, TransitionRefused, ValidationFailed.
    """
    return _begin(run_id, ImportState.IMPORTING, columns, actor, now)


def import_cancel(*, run_id: UUID, actor: Actor, now: datetime) -> DataImport:
    """Ends an import after the batch that is being written; what was written stays. Cancelling twice is fine."""
    with transaction.atomic():
        run = _locked(run_id, actor)
        if run.state_word is not ImportState.CANCELLED:
            was_writing = run.state_word is ImportState.IMPORTING
            _set_state(run, ImportState.CANCELLED)
            run.finished_at = now
            run.save(update_fields=["state", "finished_at"])
            if was_writing:
                record(run, "import.cancelled", actor, now)
    return run


def import_sweep(*, before: datetime) -> None:
    """Wakes imports that nobody has worked on since a moment: their worker died or their task was lost."""
    states = [state.value for state in WORKING]
    for run_id in DataImport.objects.filter(state__in=states, touched_at__lt=before).values_list("pk", flat=True):
        queue.enqueue(TASK, run_id=str(run_id))


def record(run: DataImport, name: str, actor: Actor, now: datetime) -> None:
    """Tells what happened to an import, with its figures."""
    events.record(
        name=name,
        subject=run,
        actor=actor,
        now=now,
        profile_id=run.profile_id,
        label=run.file.name,
        data={"kind": run.kind, "new": run.new, "same": run.same, "changed": run.changed, "faulty": run.faulty},
    )


def _begin(run_id: UUID, state: ImportState, columns: Columns | None, actor: Actor, now: datetime) -> DataImport:
    seen = DataImport.objects.select_related("file", "profile").filter(pk=run_id).first()
    if seen is None or not actor.can_see(seen.profile_id):
        raise NotFound(_("There is no such import."))
    settled = _settle(seen, columns) if columns is not None else None
    with transaction.atomic():
        run = _locked(run_id, actor)
        _set_state(run, state)
        if settled is not None:
            run.mapping, run.styles = settled.mapping, settled.styles
            run.currency, run.sheet = settled.currency, settled.sheet
            _remember(run, settled, now)
        if not run.mapping:
            raise ValidationFailed({"columns": [_("Say first what the columns mean.")]})
        run.position = run.rows_done = run.new = run.same = run.changed = run.faulty = run.attempts = 0
        run.counts, run.amounts = {}, {}
        run.failure, run.finished_at, run.touched_at = "", None, now
        run.save()
        ImportProblem.objects.filter(run=run).delete()
        if state is ImportState.IMPORTING:
            record(run, "import.started", actor, now)
        queue.enqueue_on_commit(TASK, run_id=str(run.pk))
    return run


@dataclass(frozen=True, slots=True)
class _Settled:
    """Columns that fit the file, with how each is written."""

    mapping: dict[str, int]
    styles: dict[str, str]
    currency: str
    sheet: str
    heads: tuple[str, ...]


def _settle(run: DataImport, columns: Columns) -> _Settled:
    importer, table = importer_of(run.kind), import_table(run, sheet=columns.sheet)
    currency = columns.currency or run.currency
    if currency not in CURRENCIES:
        words = {"currency": currency}
        raise ValidationFailed({"currency": [_("“%(currency)s” is not an ISO currency code.") % words]})
    mapping = dict(columns.mapping)
    mapping_check(importer, mapping, table)
    styles = styles_of(importer, mapping, table, columns.read_as)
    if not samples_of(table, 1):
        raise ValidationFailed({"file": [_("The file has no rows.")]})
    return _Settled(mapping, styles, currency, table.sheet, table.heads)


def _remember(run: DataImport, settled: _Settled, now: datetime) -> None:
    ImportMapping.objects.update_or_create(
        profile_id=run.profile_id,
        kind=run.kind,
        heads=head_digest(settled.heads),
        defaults={
            "columns": {name: settled.heads[at] for name, at in settled.mapping.items()},
            "updated_at": now,
        },
    )


def _locked(run_id: UUID, actor: Actor) -> DataImport:
    run = import_run_lock(run_id)
    actor.require_profile(run.profile_id)
    _require(actor, importer_of(run.kind))
    return run


def _require(actor: Actor, importer: Importer) -> None:
    actor.require(Right.DATA_IMPORT)
    actor.require(importer.right)


def _set_state(run: DataImport, wanted: ImportState) -> None:
    require_transition(IMPORT_TRANSITIONS, run.file.name, run.state_word, wanted)
    run.state = wanted.value
