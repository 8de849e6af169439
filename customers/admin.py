"""Customers in the admin: everything can be found and read; what can be done is done by the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import ReadOnlyInline, ReadTable, history_tables, service_action
from billing_assistant.core.models.sealed import found_by, sealed_texts
from billing_assistant.core.rights import Right
from customers.models import Consent, Contact, Customer, CustomerDocument, Note, PortalLink
from customers.services.customers import customer_set_status
from customers.services.documents import customer_document_remove
from customers.services.portal import portal_link_revoke
from customers.services.portal_access import portal_access_end, portal_access_give
from customers.states import CustomerStatus


class ContactInline(ReadOnlyInline):
    model = Contact
    fields = readonly_fields = ("name", "email", "phone", "role", "is_primary", "user")
    select_related = ("user",)
    view_right = Right.CUSTOMERS_VIEW


class NoteInline(ReadOnlyInline):
    model = Note
    fields = readonly_fields = ("created_at", "author", "text")
    select_related = ("author",)
    view_right = Right.CUSTOMERS_VIEW


@admin.register(Customer)
class CustomerAdmin(ReadTable):
    view_right = Right.CUSTOMERS_VIEW
    list_display = ("number", "name", "email", "phone", "currency", "status", "payment_status", "created_at")
    list_filter = (
        "status",
        "payment_status",
        "billing_cycle",
        "preferred_payment_method",
        "payment_terms",
        "currency",
        "language",
        "is_placeholder",
        ("merged_into", admin.EmptyFieldListFilter),
        "profile",
    )
    list_select_related = ("profile",)
    search_fields = ("number", "name", "email", "phone")
    search_help_text = _("Part of number, name, e-mail or phone, or a whole tax number or account number.")
    exclude = tuple(column for text in sealed_texts(Customer) for column in text.columns)
    date_hierarchy = "created_at"
    inlines = [ContactInline, NoteInline]
    actions = ["activate", "make_inactive", "suspend"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "tax_number", "bank_account"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Sealed numbers are found whole, beside what Django finds in the columns."""
        found, distinct = super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return found, distinct
        sealed = found_by(Customer, "tax_id", search_term) | found_by(Customer, "bank_account_number", search_term)
        return found | queryset.filter(sealed), distinct

    @admin.display(description=_("tax number"), empty_value="—")
    def tax_number(self, row: Customer) -> str:
        return str(row.tax_id)

    @admin.display(description=_("bank account"), empty_value="—")
    def bank_account(self, row: Customer) -> str:
        return " ".join(filter(None, (row.bank_name, row.bank_account_name, row.bank_account_masked)))

    @service_action(_("Activate"), right=Right.CUSTOMERS_EDIT)
    def activate(self, row: Customer, *, actor: Actor, now: datetime) -> None:
        customer_set_status(customer_id=row.pk, status=CustomerStatus.ACTIVE, actor=actor, now=now)

    @service_action(_("Make inactive"), right=Right.CUSTOMERS_EDIT)
    def make_inactive(self, row: Customer, *, actor: Actor, now: datetime) -> None:
        customer_set_status(customer_id=row.pk, status=CustomerStatus.INACTIVE, actor=actor, now=now)

    @service_action(_("Suspend"), right=Right.CUSTOMERS_EDIT, asks_reason=True)
    def suspend(self, row: Customer, *, actor: Actor, now: datetime, reason: str) -> None:
        customer_set_status(customer_id=row.pk, status=CustomerStatus.SUSPENDED, actor=actor, now=now, reason=reason)


class ConsentInline(ReadOnlyInline):
    model = Consent
    fields = readonly_fields = ("created_at", "channel", "allowed", "set_by_label")
    view_right = Right.CUSTOMERS_VIEW


@admin.register(Contact)
class ContactAdmin(ReadTable):
    view_right = Right.CUSTOMERS_VIEW
    profile_path = "customer__profile"
    list_display = ("name", "customer", "email", "phone", "role", "is_primary", "user")
    list_filter = ("role", "is_primary", ("user", admin.EmptyFieldListFilter))
    list_select_related = ("customer", "user")
    search_fields = ("name", "email", "phone", "customer__name", "customer__number")
    inlines = [ConsentInline]
    actions = ["give_access", "end_access"]

    @service_action(_("Give portal access"), right=Right.CUSTOMERS_EDIT)
    def give_access(self, row: Contact, *, actor: Actor, now: datetime) -> None:
        portal_access_give(contact_id=row.pk, actor=actor, now=now)

    @service_action(_("End portal access"), right=Right.CUSTOMERS_EDIT)
    def end_access(self, row: Contact, *, actor: Actor, now: datetime) -> None:
        portal_access_end(contact_id=row.pk, actor=actor, now=now)


@admin.register(Consent)
class ConsentAdmin(ReadTable):
    view_right = Right.CUSTOMERS_VIEW
    profile_path = "contact__customer__profile"
    list_display = ("contact", "channel", "allowed", "set_by_label", "created_at")
    list_filter = ("channel", "allowed")
    list_select_related = ("contact",)
    search_fields = ("contact__name", "contact__email", "contact__customer__name", "set_by_label")
    date_hierarchy = "created_at"


@admin.register(Note)
class NoteAdmin(ReadTable):
    view_right = Right.CUSTOMERS_VIEW
    profile_path = "customer__profile"
    list_display = ("customer", "text", "author", "created_at")
    list_filter = ("author",)
    list_select_related = ("customer", "author")
    search_fields = ("text", "customer__name", "customer__number")
    date_hierarchy = "created_at"


@admin.register(CustomerDocument)
class CustomerDocumentAdmin(ReadTable):
    view_right = Right.CUSTOMERS_VIEW
    list_display = ("name", "customer", "file", "added_by_label", "created_at")
    list_select_related = ("customer", "file")
    search_fields = ("name", "customer__name", "customer__number", "=file__sha256")
    date_hierarchy = "created_at"
    actions = ["remove"]

    @service_action(_("Take off the customer"), right=Right.CUSTOMERS_EDIT)
    def remove(self, row: CustomerDocument, *, actor: Actor, now: datetime) -> None:
        customer_document_remove(document_id=row.pk, actor=actor, now=now)


@admin.register(PortalLink)
class PortalLinkAdmin(ReadTable):
    view_right = Right.INVOICES_SEND
    profile_path = "customer__profile"
    list_display = ("customer", "invoice_id", "created_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("customer",)
    search_fields = ("customer__name", "customer__number", "invoice_id")
    date_hierarchy = "created_at"
    actions = ["revoke"]

    @service_action(_("Revoke the link"), right=Right.INVOICES_SEND)
    def revoke(self, row: PortalLink, *, actor: Actor, now: datetime) -> None:
        portal_link_revoke(link_id=row.pk, actor=actor, now=now)


history_tables("customers")
