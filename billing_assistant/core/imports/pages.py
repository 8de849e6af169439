"""The pages of an import: bring a file, name its columns, look at the dry run, start, watch, read the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import DomainError
from billing_assistant.core.imports.forms import ColumnsForm, UploadForm
from billing_assistant.core.imports.importers import importer_of, importers
from billing_assistant.core.imports.states import ImportState
from billing_assistant.core.models import DataImport
from billing_assistant.core.rights import Right
from billing_assistant.core.services.imports import (
    import_cancel,
    import_check,
    import_create,
    import_start,
    import_table,
    mapping_suggest,
)
from billing_assistant.core.sheets import csv_response
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    list_page,
    now_of,
    posted,
    render_page,
    staff_page,
    visible_or_404,
)

SHOWN_FAULTS: Final = 50
NAMED: Final = frozenset({ImportState.UPLOADED, ImportState.CHECKED, ImportState.CANCELLED, ImportState.FAILED})
"""States in which columns can (still) be named."""


@staff_page(Right.DATA_IMPORT)
def import_list(request: HttpRequest) -> HttpResponseBase:
    """Bring a file, and the imports so far."""
    actor, profile = actor_of(request), current_profile(request)
    kinds = [each for each in importers() if each.listed and each.right in actor.rights]
    form = UploadForm(posted(request), request.FILES or None, kinds=kinds, kind=request.GET.get("kind", ""))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = import_create(
                content=file.read(),
                file_name=file.name,
                kind=form.cleaned_data["kind"],
                profile_id=profile.pk,
                actor=actor,
                now=now_of(request),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return redirect("imports:columns", run.pk)
    runs = DataImport.objects.filter(profile=profile).select_related("file")
    page = list_page(request, runs, ("-id",))
    context = {"form": form, "kinds": kinds, "page": page, "rows": [(run, importer_of(run.kind)) for run in page.rows]}
    return render_page(request, "imports/list.html", context)


@staff_page(Right.DATA_IMPORT)
def import_columns(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """What each column means, with what stands in it; sent, the file is tried. ?sheet= shows another sheet."""
    run = _run(request, run_id)
    if run.state_word not in NAMED:
        return redirect("imports:run", run.pk)
    importer = importer_of(run.kind)
    table = import_table(run, sheet=request.POST.get("sheet") or request.GET.get("sheet", ""))
    mapping = run.mapping if run.mapping and table.sheet == run.sheet else mapping_suggest(run, table)
    form = ColumnsForm(posted(request), importer=importer, table=table, mapping=mapping, currency=run.currency)
    if request.method == "POST" and form.is_valid():
        try:
            import_check(run_id=run.pk, columns=form.columns(), actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            _add_reasons(form, error)
        else:
            return redirect("imports:run", run.pk)
    context = {"run": run, "importer": importer, "form": form, "table": table}
    return render_page(request, "imports/columns.html", context)


@staff_page(Right.DATA_IMPORT)
def import_run(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """How far an import is, what the dry run or the import found, and what was left out and why."""
    run = _run(request, run_id)
    importer = importer_of(run.kind)
    faults = list(run.problems.all()[: SHOWN_FAULTS + 1])
    labels = {each.name: each.label for each in importer.fields}
    context = {
        "run": run,
        "importer": importer,
        "counts": [(label, run.counts[name]) for name, label in importer.figures.items() if name in run.counts],
        "amounts": [
            (label, Decimal(run.amounts[name])) for name, label in importer.figures.items() if name in run.amounts
        ],
        "faults": [(fault, labels.get(fault.field, fault.field)) for fault in faults[:SHOWN_FAULTS]],
        "more_faults": len(faults) > SHOWN_FAULTS,
        "wrote": run.new + run.changed,
        "may_name": run.state_word in NAMED,
        "result_url": importer.result_url(run),
        "total": max(run.about_rows, run.rows_done, 1),
    }
    return render_page(request, "imports/run.html", context, fragment="imports/partials/run.html")


@staff_page(Right.DATA_IMPORT)
@require_POST
def import_begin(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Starts to write."""
    run = _run(request, run_id)
    import_start(run_id=run.pk, actor=actor_of(request), now=now_of(request))
    return redirect("imports:run", run.pk)


@staff_page(Right.DATA_IMPORT)
@require_POST
def import_end(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Cancels."""
    run = _run(request, run_id)
    import_cancel(run_id=run.pk, actor=actor_of(request), now=now_of(request))
    return redirect("imports:run", run.pk)


@staff_page(Right.DATA_IMPORT)
def import_faults(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """What was left out and why, as a CSV file."""
    run = _run(request, run_id)
    labels = {each.name: each.label for each in importer_of(run.kind).fields}
    head = [_("Line"), _("About"), _("Field"), _("Value"), _("Reason")]

    def rows() -> Iterator[Sequence[object]]:
        for fault in run.problems.iterator(chunk_size=1_000):
            yield fault.line, fault.about, labels.get(fault.field, fault.field), fault.value, fault.reason

    return csv_response(f"import-{run.kind}-faults", head, rows())


def _run(request: HttpRequest, run_id: UUID) -> DataImport:
    rows = DataImport.objects.select_related("file", "profile")
    return visible_or_404(rows, actor_of(request), pk=run_id)


def _add_reasons(form: ColumnsForm, error: DomainError) -> None:
    """Puts a refusal on the form; what is said of the columns as a whole stands on top."""
    for name, reasons in (error.errors or {"": [error.message]}).items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, reason)
