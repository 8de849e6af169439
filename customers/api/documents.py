"""Endpoints about the papers of a customer."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.files import file_response
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.rights import Right
from customers.api.people import OfCustomer
from customers.documents import document_of, documents_of
from customers.file_kinds import ENDINGS, refuse_too_large
from customers.models import CustomerDocument
from customers.services.documents import customer_document_add, customer_document_remove


class DocumentInputSerializer(StrictSerializer):
    file = serializers.FileField(help_text=f"One of {ENDINGS}; the content has to be what the name says.")


class DocumentSerializer(serializers.Serializer[CustomerDocument]):
    """A file that staff keep about a customer; clients never see it."""

    id = serializers.UUIDField()
    customer_id = serializers.CharField(source="customer.number")
    name = serializers.CharField()
    content_type = serializers.CharField(source="file.content_type")
    size = serializers.IntegerField(source="file.size", help_text="In bytes.")
    sha256 = serializers.CharField(source="file.sha256")
    added_by = serializers.CharField(source="added_by_label")
    created_at = serializers.DateTimeField()


class CustomerDocumentsView(OfCustomer):
    """The papers of a customer."""

    rights = {"GET": Right.CUSTOMERS_VIEW, "POST": Right.CUSTOMERS_EDIT}
    request_bodies = {"POST": DocumentInputSerializer}
    answers = {"GET": DocumentSerializer, "POST": DocumentSerializer}
    list_key = "documents"
    parser_classes = (MultiPartParser,)  # type: ignore[assignment] # the base reads JSON
    idempotency = "resumable"

    def get(self, request: Request, customer_ref: str) -> Response:
        """The papers of a customer, newest first."""
        return self.page(documents_of(self.customer(customer_ref)), DocumentSerializer)

    def post(self, request: Request, customer_ref: str) -> Response:
        """Keeps a file, sent as the part `file` of a form. The same file again is the same document."""
        customer = self.customer(customer_ref)
        upload = self.parse(DocumentInputSerializer)["file"]
        refuse_too_large(upload.size)
        document = customer_document_add(
            customer_id=customer.pk, content=upload.read(), name=upload.name, actor=self.actor, now=self.now
        )
        location = f"/api/customers/{customer.number}/documents/{document.pk}"
        return Response(DocumentSerializer(document).data, status=201, headers={"Location": location})


class CustomerDocumentView(OfCustomer):
    """One paper of a customer."""

    rights = {"GET": Right.CUSTOMERS_VIEW, "DELETE": Right.CUSTOMERS_EDIT}
    answers = {"GET": DocumentSerializer}

    def get(self, request: Request, customer_ref: str, document_id: str) -> Response:
        """What is known about a paper."""
        found = document_of(self.customer(customer_ref), as_uuid(document_id))
        return Response(DocumentSerializer(found).data)

    def delete(self, request: Request, customer_ref: str, document_id: str) -> Response:
        """Takes a paper away."""
        found = document_of(self.customer(customer_ref), as_uuid(document_id))
        customer_document_remove(document_id=found.pk, actor=self.actor, now=self.now)
        return Response(status=204)


class CustomerDocumentFileView(OfCustomer):
    """The file of a paper."""

    rights = {"GET": Right.CUSTOMERS_VIEW}

    def get(self, request: Request, customer_ref: str, document_id: str) -> HttpResponse:
        """The bytes, as an attachment."""
        found = document_of(self.customer(customer_ref), as_uuid(document_id))
        return file_response(found.file, name=found.name)
