"""A file, imported to its end in this process."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile, DataImport
from billing_assistant.core.services.import_steps import import_advance
from billing_assistant.core.services.imports import (
    Columns,
    import_check,
    import_create,
    import_start,
    import_table,
    mapping_suggest,
)
from tests.factories import NOW, SYSTEM


def uploaded(
    text: str | bytes, kind: str, of: BusinessProfile, *, now: datetime = NOW, actor: Actor = SYSTEM
) -> DataImport:
    """A file that was brought, with nothing said of it yet."""
    content = text.encode() if isinstance(text, str) else text
    return import_create(content=content, file_name="file.csv", kind=kind, profile_id=of.pk, actor=actor, now=now)


def guessed(run: DataImport, **said: Any) -> Columns:
    """The columns as they are suggested."""
    return Columns(mapping=mapping_suggest(run, import_table(run)), **said)


def tried(text: str | bytes, kind: str, of: BusinessProfile, *, now: datetime = NOW, **said: Any) -> DataImport:
    """A dry run to its end."""
    run = uploaded(text, kind, of, now=now)
    import_check(run_id=run.pk, columns=guessed(run, **said), actor=SYSTEM, now=now)
    assert not import_advance(run_id=run.pk)
    run.refresh_from_db()
    return run


def imported(text: str | bytes, kind: str, of: BusinessProfile, *, now: datetime = NOW, **said: Any) -> DataImport:
    """An import to its end."""
    run = uploaded(text, kind, of, now=now)
    import_start(run_id=run.pk, columns=guessed(run, **said), actor=SYSTEM, now=now)
    assert not import_advance(run_id=run.pk)
    run.refresh_from_db()
    return run


def counts(run: DataImport) -> tuple[int, int, int, int]:
    """New, same, changed, faulty."""
    return run.new, run.same, run.changed, run.faulty


def reasons(run: DataImport) -> list[tuple[int, str, str]]:
    """What was left out: line, field and reason."""
    return list(run.problems.values_list("line", "field", "reason"))


def workbook(*rows: list[Any], title: str = "Sheet", **more: list[list[Any]]) -> bytes:
    """A workbook with a sheet of these rows, and other sheets by name."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for name, content in more.items():
        other = book.create_sheet(name)
        for row in content:
            other.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()
