"""The import page: a file, a dry run, a report, and then for real."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import DomainError
from billing_assistant.core.keyset import page_of
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.forms import SearchSelect
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    now_of,
    posted,
    render_page,
    staff_page,
    visible_or_404,
)
from customers.web.forms import currency_choices
from invoices.models import ImportRun
from invoices.services.importing.run import ImportOptions, import_documents
from invoices.services.importing.source import DateOrder


class ImportForm(forms.Form):
    """A file of invoice lines and how to read it."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("One row a line, with at least the columns invoice number, date, quantity and price."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency of the amounts"), widget=SearchSelect)
    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates in the file"),
        required=False,
        choices=[
            ("", gettext_lazy("Find out from the file")),
            (DateOrder.DAY_FIRST, gettext_lazy("Day first (31/12/2026)")),
            (DateOrder.MONTH_FIRST, gettext_lazy("Month first (12/31/2026)")),
            (DateOrder.YEAR_FIRST, gettext_lazy("Year first (2026-12-31)")),
        ],
    )
    dry_run = forms.BooleanField(label=gettext_lazy("Only check the file, write nothing"), required=False, initial=True)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]


@staff_page(Right.DATA_IMPORT)
def import_list(request: HttpRequest) -> HttpResponseBase:
    """Upload a file, and the imports so far."""
    actor, profile = actor_of(request), current_profile(request)
    form = ImportForm(posted(request), request.FILES or None, initial={"currency": profile.currency})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            run = import_documents(
                content=values["file"].read(),
                file_name=values["file"].name,
                profile_id=profile.pk,
                options=ImportOptions(
                    currency=values["currency"],
                    date_order=DateOrder(values["date_order"]) if values["date_order"] else None,
                ),
                dry_run=values["dry_run"],
                actor=actor,
                now=now_of(request),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Checked.") if run.dry_run else _("Imported."))
            return redirect("invoices:import", run.pk)
    runs = ImportRun.objects.filter(profile=profile).select_related("created_by")
    context = {"form": form, "page": page_of(runs, ("-id",), request.GET, size=20)}
    return render_page(request, "invoices/import_list.html", context)


@staff_page(Right.DATA_IMPORT)
def import_detail(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """What one import found, wrote and left out, with the reasons."""
    run = visible_or_404(ImportRun.objects.select_related("created_by", "profile"), actor_of(request), pk=run_id)
    totals = {name: Decimal(run.report[name]) for name in ("invoiced", "credited")}
    return render_page(request, "invoices/import_detail.html", {"run": run, "report": run.report | totals})
