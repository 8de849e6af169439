"""Endpoints that only the tests mount, to try the ground of the API on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import include, path
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.api.urls import endpoint
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import Conflict, NotFound, Unavailable
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Notice
from billing_assistant.core.rights import Right
from billing_assistant.core.web.render import visible_or_404
from customers.models import Customer

RIGHTS: dict[str, Right | None] = {
    "GET": Right.CUSTOMERS_VIEW,
    "POST": Right.CUSTOMERS_EDIT,
    "DELETE": Right.CUSTOMERS_EDIT,
}


class LineSerializer(serializers.Serializer[Any]):
    quantity = ExactNumberField(least=Decimal(0))


class OrderSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=100)
    currency = serializers.CharField(default="KES")
    amount = MoneyField(required=False)
    lines = LineSerializer(many=True, required=False)


class CustomerSerializer(serializers.Serializer[Any]):
    customer_id = serializers.CharField(source="number")
    name = serializers.CharField()


class Effect(ApiView):
    """Writes one notice a call: the effect that must not be doubled."""

    @property
    def person(self) -> UUID:
        assert self.actor.user_id is not None
        return self.actor.user_id

    def tell(self, key: str, text: str) -> None:
        Notice.objects.create(user_id=self.person, key=key, text=text)

    rights = RIGHTS
    request_bodies = {"POST": OrderSerializer}
    answers = {"POST": OrderSerializer, "DELETE": None}

    def post(self, request: Request) -> Response:
        order = self.parse(OrderSerializer)
        if order["text"] == "conflict":
            self.tell("half", "half")
            raise Conflict("It is taken.")
        if order["text"] == "crash":
            self.tell("half", "half")
            raise RuntimeError("canary of the inside")
        if order["text"] == "away":
            raise Unavailable("They said: canary")
        number = Notice.objects.count()
        self.tell(str(uuid7()), order["text"])
        answer = OrderSerializer({"currency": "KES", **order}).data
        return Response({**answer, "number": number}, status=201, headers={"Location": "/api/effects/1"})

    def delete(self, request: Request) -> Response:
        self.tell("deleted", "deleted")
        return Response(status=204)


class Resumable(Effect):
    """The same, committing on its own; the domain's own key keeps the effect single."""

    idempotency = "resumable"

    def post(self, request: Request) -> Response:
        order = self.parse(OrderSerializer)
        Notice.objects.get_or_create(
            user_id=self.person, key=self.idempotency_key[-120:], defaults={"text": order["text"]}
        )
        if order["text"] == "crash":
            raise RuntimeError("after the effect")
        return Response(order, status=201)


class Customers(ApiView):
    rights = {"GET": Right.CUSTOMERS_VIEW}
    answers = {"GET": CustomerSerializer}
    list_key = "customers"

    def get(self, request: Request) -> Response:
        rows = Customer.objects.order_by("name", "id")
        if self.actor.profile_ids is not None:
            rows = rows.filter(profile_id__in=self.actor.profile_ids)
        return self.page(rows, CustomerSerializer)


class CustomerDetail(ApiView):
    rights = {"GET": Right.CUSTOMERS_VIEW}
    answers = {"GET": CustomerSerializer}

    def get(self, request: Request, ref: str) -> Response:
        from billing_assistant.core.api.refs import by_ref  # noqa: PLC0415

        row = visible_or_404(Customer.objects.all(), self.actor, **by_ref(ref))
        return Response(CustomerSerializer(row).data)


class Whoami(ApiView):
    rights: ClassVar[dict[str, Right | None]] = {"GET": None}
    throttle = "generate"
    query = (OpenApiParameter("missing"), OpenApiParameter("hidden"))

    def get(self, request: Request) -> Response:
        if request.query_params.get("missing"):
            raise Http404
        if request.query_params.get("hidden"):
            raise NotFound("There is no such record.")
        return Response({"actor": self.actor.label, "kind": self.actor.kind, "profile": self.profile.slug})


urlpatterns = [
    path(
        "api/",
        include(
            [
                *endpoint("effects", Effect, name="effects"),
                *endpoint("resumable", Resumable, name="resumable"),
                *endpoint("customers", Customers, name="customers"),
                *endpoint("customers/<ref:ref>", CustomerDetail, name="customer"),
                *endpoint("whoami", Whoami, name="whoami"),
            ]
        ),
    ),
]
handler404 = "billing_assistant.core.web.errors.not_found"
handler500 = "billing_assistant.core.web.errors.server_error"
