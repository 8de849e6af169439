"""Files of issued documents, and voiding."""

from __future__ import annotations

from uuid import UUID

from csp.decorators import csp_replace
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from billing_assistant.core import files
from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from invoices.selectors import invoice_get
from invoices.services.documents import invoice_html, invoice_pdf
from invoices.services.void import invoice_void


@require_GET
@staff_page(Right.INVOICES_VIEW)
def invoice_pdf_file(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """The stored PDF."""
    invoice = invoice_get(actor_of(request), invoice_id)
    return files.file_response(invoice_pdf(invoice_id=invoice.pk), inline=True)


@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type] # its types know no path arguments
@staff_page(Right.INVOICES_VIEW)
def invoice_document(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """The document alone, for the frame in the page."""
    return HttpResponse(invoice_html(invoice_get(actor_of(request), invoice_id)))


class VoidForm(forms.Form):
    """Why an invoice is void."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=240, help_text=gettext_lazy("It is kept in the history.")
    )


@staff_page(Right.INVOICES_VOID)
def invoice_void_page(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """Asks for the reason and voids."""
    invoice = invoice_get(actor_of(request), invoice_id)
    form = VoidForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            invoice_void(invoice_id=invoice.pk, reason=reason, actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(number)s is void.") % {"number": invoice.number})
            return redirect("invoices:detail", invoice.pk)
    return render_page(request, "invoices/void.html", {"invoice": invoice, "form": form})
