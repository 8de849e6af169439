"""What is held on a customer, handed out and erased, as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import ErasureRecord
from billing_assistant.core.rights import Right
from customers.models import Customer
from customers.selectors import customer_get
from customers.services.erasing import customer_erase
from customers.services.personal_data import personal_data_of


class PersonalDataSerializer(serializers.Serializer[Any]):
    customer = serializers.CharField()
    about = serializers.CharField()
    made_at = serializers.CharField()
    data = serializers.JSONField(  # type: ignore[assignment] # a key of ours, named as one of the framework's
        help_text="The rows by app and kind; amounts are strings beside their currency."
    )


class EraseSerializer(StrictSerializer):
    confirmation = serializers.CharField(help_text="The number of the customer, like CUST-0001.")


class KeptSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment] # as above
    count = serializers.IntegerField()
    until = serializers.CharField(help_text="The last day; empty where there is none.")
    reason = serializers.CharField()


class ErasureSerializer(serializers.ModelSerializer[ErasureRecord]):
    """What was erased, and what is kept until when."""

    kept = KeptSerializer(many=True)
    done = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = ErasureRecord
        fields = ("id", "created_at", "customer_number", "requested_by_label", "done", "kept")


class _OfCustomer(ApiView):
    def customer(self, ref: str) -> Customer:
        """The customer by UUID or number. Raises NotFound."""
        found = as_uuid(ref)
        return customer_get(self.actor, found) if found else customer_get(self.actor, ref, profile_id=self.profile_id)


class PersonalDataView(_OfCustomer):
    """All that is held on a customer and the people there. The page about it has the files too."""

    rights = {"GET": Right.PRIVACY_MANAGE}
    answers = {"GET": PersonalDataSerializer}

    def get(self, request: Request, ref: str) -> Response:
        """Every row, by app and kind."""
        data = personal_data_of(customer_id=self.customer(ref).pk, actor=self.actor, now=self.now)
        return Response(data.as_json())


class EraseView(_OfCustomer):
    """Erases a customer, but for what the law keeps. It cannot be undone."""

    rights = {"POST": Right.PRIVACY_MANAGE}
    request_bodies = {"POST": EraseSerializer}
    answers = {"POST": ErasureSerializer}

    def post(self, request: Request, ref: str) -> Response:
        """Refused (409) while money is open or something waits; the text says what to do first."""
        customer = self.customer(ref)
        body = self.parse(EraseSerializer)
        record = customer_erase(customer_id=customer.pk, actor=self.actor, now=self.now, **body)
        return Response(ErasureSerializer(record).data)
