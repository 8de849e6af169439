"""What is held on a customer or a contact: seen, taken along as a file, erased."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core import exact_json
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.models import ErasureRecord
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from customers.models import Contact, Customer
from customers.selectors import contacts_of, customer_get
from customers.services.erasing import contact_erase, customer_erase, obstacles_of
from customers.services.personal_data import PersonalData, personal_data_of, personal_data_zip

JSON = "json"


class EraseForm(forms.Form):
    """The number of the customer, typed as a confirmation."""

    confirmation = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@require_safe
@staff_page(Right.PRIVACY_MANAGE)
def personal_data(request: HttpRequest, customer_id: UUID, contact_id: UUID | None = None) -> HttpResponseBase:
    """What is held, in numbers; the files to take; what erasing needs, does and leaves."""
    return _page(request, customer_id, contact_id, EraseForm())


@require_safe
@staff_page(Right.PRIVACY_MANAGE)
def personal_data_file(request: HttpRequest, customer_id: UUID, contact_id: UUID | None = None) -> HttpResponseBase:
    """A ZIP with everything, or with ?format=json the rows alone. Made while one waits, up to a bound of bytes."""
    data = _data(request, customer_id, contact_id)
    name = f"{data.number}-personal-data"
    if request.GET.get("format") == JSON:
        response: HttpResponseBase = HttpResponse(exact_json.dumps(data.as_json()), content_type="application/json")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    else:
        try:
            made = personal_data_zip(data)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(_url("data", customer_id, contact_id))
        response = StreamingHttpResponse(made, content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@staff_page(Right.PRIVACY_MANAGE)
def personal_data_erase(request: HttpRequest, customer_id: UUID, contact_id: UUID | None = None) -> HttpResponseBase:
    """Erases, once the number of the customer was typed."""
    customer = customer_get(actor_of(request), customer_id)
    contact = _contact(customer, contact_id)
    form = EraseForm(posted(request))
    if form.is_valid():
        typed, actor, now = form.cleaned_data["confirmation"], actor_of(request), now_of(request)
        try:
            if contact is None:
                customer_erase(customer_id=customer.pk, confirmation=typed, actor=actor, now=now)
            else:
                contact_erase(contact_id=contact.pk, confirmation=typed, actor=actor, now=now)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Erased. What the law keeps is listed here."))
            return redirect(_url("data", customer.pk))
    return _page(request, customer_id, contact_id, form)


def _page(request: HttpRequest, customer_id: UUID, contact_id: UUID | None, form: EraseForm) -> HttpResponseBase:
    customer = customer_get(actor_of(request), customer_id)
    contact = _contact(customer, contact_id)
    data = _data(request, customer.pk, contact_id)
    context = {
        "customer": customer,
        "contact": contact,
        "about": data.about,
        "counts": data.counts,
        "people": contacts_of(customer) if contact is None else (),
        "records": ErasureRecord.objects.filter(customer_id=customer.pk),
        "obstacles": obstacles_of(customer) if contact is None else (),
        "form": form,
        "back_url": reverse("customers:detail", args=[customer.pk]),
        "file_url": _url("data_file", customer.pk, contact_id),
        "erase_url": _url("data_erase", customer.pk, contact_id),
    }
    return render_page(request, "shell/personal_data.html", context)


def _data(request: HttpRequest, customer_id: UUID, contact_id: UUID | None) -> PersonalData:
    actor = actor_of(request)
    return personal_data_of(customer_id=customer_id, contact_id=contact_id, actor=actor, now=now_of(request))


def _contact(customer: Customer, contact_id: UUID | None) -> Contact | None:
    """The contact of the address, if it names one. Raises NotFound for one of another customer."""
    if contact_id is None:
        return None
    found = contacts_of(customer).filter(pk=contact_id).first()
    if found is None:
        raise NotFound(_("There is no such contact."))
    return found


def _url(page: str, customer_id: UUID, contact_id: UUID | None = None) -> str:
    if contact_id is None:
        return reverse(f"customers:personal_{page}", args=[customer_id])
    return reverse(f"customers:contact_{page}", args=[customer_id, contact_id])
