"""Endpoints about plans that a provider collects."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.fields import MoneyField
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.rights import Right
from payments.models import PlanCollection
from payments.selectors.collections import collection_get, collections_for


class CollectionOut(serializers.Serializer[PlanCollection]):
    """How a provider collects a plan: `price` of `product_id`, by `subscription_id` once the client has subscribed.

    `next_price` of `next_product_id` is charged from `next_charge_at` on, where the plan has changed.
    """

    id = serializers.UUIDField()
    plan_id = serializers.CharField(source="plan.number")
    customer_id = serializers.CharField(source="customer.number")
    provider = serializers.CharField()
    status = serializers.CharField()
    product_id = serializers.CharField()
    product_name = serializers.CharField()
    currency = serializers.CharField()
    price = MoneyField()
    subscription_id = serializers.CharField()
    next_product_id = serializers.CharField()
    next_price = MoneyField(allow_null=True)
    next_charge_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()
    created_at = serializers.DateTimeField()


class CollectionsView(ApiView):
    """Plans of the business profile that a provider collects."""

    rights = {"GET": Right.PAYMENTS_VIEW}
    answers = {"GET": CollectionOut}
    list_key = "plan_collections"

    def get(self, request: Request) -> Response:
        """Collections of plans by providers, newest first."""
        return self.page(collections_for(self.actor, self.profile_id), CollectionOut)


class CollectionView(ApiView):
    """One of them."""

    rights = {"GET": Right.PAYMENTS_VIEW}
    answers = {"GET": CollectionOut}

    def get(self, request: Request, collection_id: UUID) -> Response:
        """A collection of a plan by our id."""
        return Response(CollectionOut(collection_get(self.actor, collection_id)).data)
