"""Endpoints about the people at a customer and the notes about it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import NotFound
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.rights import Right
from customers.api import people_serializers as shown
from customers.models import Contact, Customer, Note
from customers.selectors import contacts_of, customer_get, notes_of
from customers.services.contacts import contact_add, contact_remove, contact_update
from customers.services.notes import note_add, note_remove, note_update

READ, WRITE = Right.CUSTOMERS_VIEW, Right.CUSTOMERS_EDIT


class OfCustomer(ApiView):
    """What belongs to the customer in the address."""

    def customer(self, reference: str) -> Customer:
        """By UUID, or by number within the business profile of the call. Raises NotFound."""
        found = as_uuid(reference)
        if found is not None:
            return customer_get(self.actor, found)
        return customer_get(self.actor, reference, profile_id=self.profile_id)


class ContactsView(OfCustomer):
    """The people at a customer."""

    rights = {"GET": READ, "POST": WRITE}
    request_bodies = {"POST": shown.ContactCreateSerializer}
    answers = {"GET": shown.ContactSerializer, "POST": shown.ContactSerializer}
    list_key = "contacts"

    def get(self, request: Request, customer_ref: str) -> Response:
        """The contacts of a customer, the first contact first."""
        contacts = contacts_of(self.customer(customer_ref)).select_related("customer")
        return self.page(contacts, shown.ContactSerializer)

    def post(self, request: Request, customer_ref: str) -> Response:
        """Adds a contact. The first one becomes the first contact."""
        customer = self.customer(customer_ref)
        data = self.parse(shown.ContactCreateSerializer)
        contact = contact_add(customer_id=customer.pk, data=data, actor=self.actor, now=self.now)
        location = f"/api/customers/{customer.number}/contacts/{contact.pk}"
        return Response(shown.ContactSerializer(contact).data, status=201, headers={"Location": location})


class ContactView(OfCustomer):
    """One person at a customer."""

    rights = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}
    request_bodies = {"PATCH": shown.ContactUpdateSerializer}
    answers = {"GET": shown.ContactSerializer, "PATCH": shown.ContactSerializer}

    def get(self, request: Request, customer_ref: str, contact_id: str) -> Response:
        """A contact."""
        return Response(shown.ContactSerializer(self._contact(customer_ref, contact_id)).data)

    def patch(self, request: Request, customer_ref: str, contact_id: str) -> Response:
        """Changes the fields that are given. Another e-mail address ends the person's portal access."""
        contact = self._contact(customer_ref, contact_id)
        changes = self.parse(shown.ContactUpdateSerializer)
        changed = contact_update(contact_id=contact.pk, changes=changes, actor=self.actor, now=self.now)
        return Response(shown.ContactSerializer(changed).data)

    def delete(self, request: Request, customer_ref: str, contact_id: str) -> Response:
        """Takes a contact off the customer, and with that off the portal."""
        contact_remove(contact_id=self._contact(customer_ref, contact_id).pk, actor=self.actor, now=self.now)
        return Response(status=204)

    def _contact(self, customer_ref: str, contact_id: str) -> Contact:
        rows = contacts_of(self.customer(customer_ref)).select_related("customer")
        found = as_uuid(contact_id)
        contact = rows.filter(pk=found).first() if found is not None else None
        if contact is None:
            raise NotFound(_("There is no such contact."))
        return contact


class NotesView(OfCustomer):
    """Internal notes about a customer."""

    rights = {"GET": READ, "POST": WRITE}
    request_bodies = {"POST": shown.NoteCreateSerializer}
    answers = {"GET": shown.NoteSerializer, "POST": shown.NoteSerializer}
    list_key = "notes"

    def get(self, request: Request, customer_ref: str) -> Response:
        """The notes about a customer, newest first. Clients never see them."""
        notes = notes_of(self.customer(customer_ref)).select_related("customer")
        return self.page(notes, shown.NoteSerializer)

    def post(self, request: Request, customer_ref: str) -> Response:
        """Writes a note."""
        customer = self.customer(customer_ref)
        text = self.parse(shown.NoteCreateSerializer)["text"]
        note = note_add(customer_id=customer.pk, text=text, actor=self.actor, now=self.now)
        location = f"/api/customers/{customer.number}/notes/{note.pk}"
        return Response(shown.NoteSerializer(note).data, status=201, headers={"Location": location})


class NoteView(OfCustomer):
    """One internal note."""

    rights = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}
    request_bodies = {"PATCH": shown.NoteUpdateSerializer}
    answers = {"GET": shown.NoteSerializer, "PATCH": shown.NoteSerializer}

    def get(self, request: Request, customer_ref: str, note_id: str) -> Response:
        """A note."""
        return Response(shown.NoteSerializer(self._note(customer_ref, note_id)).data)

    def patch(self, request: Request, customer_ref: str, note_id: str) -> Response:
        """Writes the note anew."""
        note = self._note(customer_ref, note_id)
        changes = self.parse(shown.NoteUpdateSerializer)
        if "text" in changes:
            note = note_update(note_id=note.pk, text=changes["text"], actor=self.actor, now=self.now)
        return Response(shown.NoteSerializer(note).data)

    def delete(self, request: Request, customer_ref: str, note_id: str) -> Response:
        """Takes a note away."""
        note_remove(note_id=self._note(customer_ref, note_id).pk, actor=self.actor, now=self.now)
        return Response(status=204)

    def _note(self, customer_ref: str, note_id: str) -> Note:
        rows = notes_of(self.customer(customer_ref)).select_related("customer")
        found = as_uuid(note_id)
        note = rows.filter(pk=found).first() if found is not None else None
        if note is None:
            raise NotFound(_("There is no such note."))
        return note
