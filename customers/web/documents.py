"""The papers of a customer: a page with all of them, adding, taking a copy, removing."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from billing_assistant.core.errors import DomainError
from billing_assistant.core.files import file_response
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, add_domain_error, list_page, now_of, posted, render_page, staff_page
from customers import selectors
from customers.documents import document_of, documents_of
from customers.file_kinds import ENDINGS, KINDS, MEGABYTE, refuse_too_large
from customers.services.documents import customer_document_add, customer_document_remove
from customers.web.edit import page_url


class DocumentForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        words = {"kinds": ENDINGS, "size": settings.CUSTOMER_DOCUMENT_MAX_BYTES // MEGABYTE}
        self.fields["file"].help_text = _("One of %(kinds)s, at most %(size)s MB.") % words


@staff_page(Right.CUSTOMERS_VIEW, write=Right.CUSTOMERS_EDIT)
def document_list(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """The papers of a customer, and the form that adds one."""
    actor = actor_of(request)
    customer = selectors.customer_get(actor, customer_id)
    form = DocumentForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            refuse_too_large(upload.size)
            document = customer_document_add(
                customer_id=customer.pk, content=upload.read(), name=upload.name, actor=actor, now=now_of(request)
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(name)s added.") % {"name": document.name})
            return redirect("customers:documents", customer.pk)
    context = {
        "customer": customer,
        "form": form,
        "page": list_page(request, documents_of(customer), ("-id",)),
        "may_edit": Right.CUSTOMERS_EDIT in actor.rights,
        "back_url": page_url(customer),
    }
    return render_page(request, "customers/documents.html", context)


@require_GET
@staff_page(Right.CUSTOMERS_VIEW)
def document_file(request: HttpRequest, customer_id: UUID, document_id: UUID) -> HttpResponseBase:
    """A copy of the file, always to be saved and never shown in the page."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    document = document_of(customer, document_id)
    return file_response(document.file, name=document.name)


@require_POST
@staff_page(Right.CUSTOMERS_EDIT)
def document_remove(request: HttpRequest, customer_id: UUID, document_id: UUID) -> HttpResponseBase:
    """Takes a file off the customer."""
    actor = actor_of(request)
    document = document_of(selectors.customer_get(actor, customer_id), document_id)
    customer_document_remove(document_id=document.pk, actor=actor, now=now_of(request))
    messages.success(request, _("%(name)s removed.") % {"name": document.name})
    return redirect("customers:documents", customer_id)
