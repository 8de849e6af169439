"""Adding and changing customers, their status, contacts and notes. The page about one customer is the shell's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import DomainError, NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    now_of,
    posted,
    render_page,
    staff_page,
)
from customers import selectors
from customers.consents import consent_history
from customers.models import Contact, Customer
from customers.services.contacts import contact_add, contact_remove, contact_update
from customers.services.customers import customer_create, customer_set_status, customer_update
from customers.services.notes import note_add
from customers.services.portal_access import portal_access_end, portal_access_give
from customers.states import CustomerStatus
from customers.web.forms import ContactForm, CustomerForm, NoteForm, blank_values, present_values


def page_url(customer: Customer, tab: str = "") -> str:
    """The address of the page about a customer."""
    url = reverse("customers:detail", args=[customer.pk])
    return f"{url}?tab={tab}" if tab else url


@staff_page(Right.CUSTOMERS_EDIT)
def customer_new(request: HttpRequest) -> HttpResponseBase:
    """The form for a new customer of the business profile."""
    profile = current_profile(request)
    form = CustomerForm(posted(request), profile=profile, initial=blank_values(profile))
    if request.method == "POST" and form.is_valid():
        try:
            customer = customer_create(
                profile_id=profile.pk, data=form.data_for_service(), actor=actor_of(request), now=now_of(request)
            )
        except ValidationFailed as error:
            add_domain_error(form, error)
        else:
            words = {"name": customer.name, "number": customer.number}
            messages.success(request, _("%(name)s added as %(number)s.") % words)
            return redirect(page_url(customer))
    return _form_page(request, form, {})


@staff_page(Right.CUSTOMERS_EDIT)
def customer_edit(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """The form for a present customer."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    form = CustomerForm(posted(request), profile=customer.profile, customer=customer, initial=present_values(customer))
    if request.method == "POST" and form.is_valid():
        try:
            customer_update(
                customer_id=customer.pk,
                changes=form.data_for_service(),
                actor=actor_of(request),
                now=now_of(request),
                seen_at=form.seen(),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(page_url(customer))
    return _form_page(request, form, {"customer": customer})


@require_POST
@staff_page(Right.CUSTOMERS_EDIT)
def customer_status(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """Suspends a customer, makes it inactive or takes it back."""
    try:
        status = CustomerStatus(request.POST.get("status", ""))
    except ValueError as error:
        raise ValidationFailed({"status": [_("There is no such status.")]}) from error
    customer = customer_set_status(
        customer_id=customer_id,
        status=status,
        actor=actor_of(request),
        now=now_of(request),
        reason=request.POST.get("reason", ""),
    )
    words = {"name": customer.name, "status": str(status.label).lower()}
    messages.success(request, _("%(name)s is now %(status)s.") % words)
    return redirect(page_url(customer))


@staff_page(Right.CUSTOMERS_EDIT)
def contact_new(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """The form for a new contact."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    form = ContactForm(posted(request), initial={"role": "billing"})
    if request.method == "POST" and form.is_valid():
        try:
            contact = contact_add(
                customer_id=customer.pk, data=form.data_for_service(), actor=actor_of(request), now=now_of(request)
            )
        except ValidationFailed as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(name)s added.") % {"name": contact.name})
            return redirect(page_url(customer))
    return _contact_page(request, form, {"customer": customer})


@staff_page(Right.CUSTOMERS_EDIT)
def contact_edit(request: HttpRequest, customer_id: UUID, contact_id: UUID) -> HttpResponseBase:
    """The form for a present contact."""
    customer, contact = _contact(request, customer_id, contact_id)
    start = {name: getattr(contact, name) for name in ("name", "email", "role", "is_primary")}
    form = ContactForm(posted(request), contact=contact, initial={**start, "phone": contact.phone_shown})
    if request.method == "POST" and form.is_valid():
        try:
            contact_update(
                contact_id=contact.pk,
                changes=form.data_for_service(contact),
                actor=actor_of(request),
                now=now_of(request),
            )
        except ValidationFailed as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(page_url(customer))
    return _contact_page(request, form, {"customer": customer, "contact": contact})


@require_POST
@staff_page(Right.CUSTOMERS_EDIT)
def contact_delete(request: HttpRequest, customer_id: UUID, contact_id: UUID) -> HttpResponseBase:
    """Takes a contact off the customer."""
    customer, contact = _contact(request, customer_id, contact_id)
    contact_remove(contact_id=contact.pk, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("%(name)s removed.") % {"name": contact.name})
    return redirect(page_url(customer))


@require_POST
@staff_page(Right.CUSTOMERS_EDIT)
def contact_access(request: HttpRequest, customer_id: UUID, contact_id: UUID) -> HttpResponseBase:
    """Gives a contact access to the portal, or ends it."""
    customer, contact = _contact(request, customer_id, contact_id)
    change = portal_access_end if contact.user_id is not None else portal_access_give
    try:
        changed = change(contact_id=contact.pk, actor=actor_of(request), now=now_of(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        told = _("%(name)s may sign in to the portal.") if changed.user_id else _("Portal access of %(name)s ended.")
        messages.success(request, told % {"name": contact.name})
    return redirect(page_url(customer))


@require_POST
@staff_page(Right.CUSTOMERS_EDIT)
def note_new(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """Writes a note about a customer; what could not be kept comes back on a page of its own."""
    customer = selectors.customer_get(actor_of(request), customer_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            note_add(
                customer_id=customer.pk, text=form.cleaned_data["text"], actor=actor_of(request), now=now_of(request)
            )
        except ValidationFailed as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Note added."))
            return redirect(page_url(customer, "notes"))
    context = {"form": form, "customer": customer, "back_url": page_url(customer, "notes")}
    return render_page(request, "customers/note.html", context)


def _contact(request: HttpRequest, customer_id: UUID, contact_id: UUID) -> tuple[Customer, Contact]:
    customer = selectors.customer_get(actor_of(request), customer_id)
    contact = selectors.contacts_of(customer).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound(_("There is no such contact."))
    return customer, contact


def _form_page(request: HttpRequest, form: CustomerForm, context: dict[str, Any]) -> HttpResponseBase:
    typed = str(form["currency"].value())
    currency = typed if typed in CURRENCIES else current_profile(request).currency
    customer = context.get("customer")
    back_url = page_url(customer) if customer else reverse("customers:list")
    context |= {"form": form, "currency": currency, "back_url": back_url}
    return render_page(request, "customers/form.html", context)


def _contact_page(request: HttpRequest, form: ContactForm, context: dict[str, Any]) -> HttpResponseBase:
    contact = context.get("contact")
    context |= {
        "form": form,
        "back_url": page_url(context["customer"]),
        "consent_history": consent_history(contact) if contact else [],
    }
    return render_page(request, "customers/contact.html", context)
