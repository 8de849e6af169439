"""Endpoints of the proofs beside payments."""

from __future__ import annotations

import base64
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core import files
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from customers.file_kinds import refuse_too_large
from payments.models import PaymentProof
from payments.selectors.payments import payment_get
from payments.services.proofs import proof_add, proof_get, proof_remove, proofs_at


class ProofIn(StrictSerializer):
    """A file: its name with the ending, and its bytes in base64."""

    name = serializers.CharField(max_length=files.MAX_NAME)
    content = serializers.CharField(help_text="The bytes in base64.")


class ProofOut(serializers.Serializer[PaymentProof]):
    """A file beside a payment."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField(source="file.content_type")
    size = serializers.IntegerField(source="file.size")
    added_at = serializers.DateTimeField(source="created_at")
    added_by = serializers.CharField(source="added_by_label")


class ProofsView(ApiView):
    """The proofs of a payment. A file reaches the storage before its row: no transaction is held meanwhile."""

    rights = {"GET": Right.PAYMENTS_VIEW, "POST": Right.PAYMENTS_RECORD}
    idempotency = "resumable"
    list_key = "proofs"
    request_bodies = {"POST": ProofIn}
    answers = {"GET": ProofOut, "POST": ProofOut}

    def get(self, request: Request, ref: str) -> Response:
        """The files that show that the money came, oldest first."""
        return self.page(proofs_at(payment_get(self.actor, ref)), ProofOut)

    def post(self, request: Request, ref: str) -> Response:
        """Adds a file to a payment."""
        payment, given = payment_get(self.actor, ref), self.parse(ProofIn)
        content = _bytes(given["content"])
        proof = proof_add(payment=payment, content=content, name=given["name"], actor=self.actor, now=self.now)
        return Response(ProofOut(proof).data, status=201)


class OneProof(ApiView):
    """One file."""

    rights = {"GET": Right.PAYMENTS_VIEW, "DELETE": Right.PAYMENTS_RECORD}

    def get(self, request: Request, ref: str, proof_id: UUID) -> HttpResponseBase:
        """The bytes, always to be saved."""
        proof = proof_get(self.actor, payment_get(self.actor, ref), proof_id)
        return files.file_response(proof.file, name=proof.name)

    def delete(self, request: Request, ref: str, proof_id: UUID) -> Response:
        """Takes the file away; the history keeps that it was there."""
        proof = proof_get(self.actor, payment_get(self.actor, ref), proof_id)
        proof_remove(proof_id=proof.pk, actor=self.actor, now=self.now)
        return Response(status=204)


def _bytes(text: str) -> bytes:
    refuse_too_large(len(text) * 3 // 4)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ValidationFailed({"content": [_("This is not base64.")]}) from error
