"""Endpoints of the catalogue."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.fields import ExactNumberField
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import text_of
from invoices.models import CatalogueItem
from invoices.selectors import catalogue_filtered, catalogue_for, catalogue_item_get, prices_of
from invoices.services.catalogue import (
    LENGTHS,
    CatalogueInput,
    catalogue_item_create,
    catalogue_item_offer,
    catalogue_item_update,
)
from invoices.states import CatalogueKind, TaxCategory

FLAGS = {"true": True, "false": False, "": None}


class ItemIn(StrictSerializer):
    """An item of the catalogue. `prices` are per unit, by currency; those that are left out are not offered."""

    name = serializers.CharField(max_length=LENGTHS["name"])
    kind = serializers.ChoiceField(choices=CatalogueKind.choices(), default=CatalogueKind.SERVICE.value)
    code = serializers.CharField(max_length=LENGTHS["code"], default="", allow_blank=True)
    description = serializers.CharField(max_length=LENGTHS["description"], default="", allow_blank=True)
    unit = serializers.CharField(max_length=LENGTHS["unit"], default="", allow_blank=True)
    tax_category = serializers.ChoiceField(choices=TaxCategory.choices(), required=False)
    tax_rate = ExactNumberField(decimals=4, least=Decimal(0), most=Decimal(100), required=False)
    prices = serializers.DictField(child=ExactNumberField(least=Decimal(0)), default=dict)


class ItemChangeIn(ItemIn):
    """What is left out stays as it is. `offered` false takes the item out of the boxes that offer it."""

    name = serializers.CharField(max_length=LENGTHS["name"], required=False)
    kind = serializers.ChoiceField(choices=CatalogueKind.choices(), required=False)
    code = serializers.CharField(max_length=LENGTHS["code"], required=False, allow_blank=True)
    description = serializers.CharField(max_length=LENGTHS["description"], required=False, allow_blank=True)
    unit = serializers.CharField(max_length=LENGTHS["unit"], required=False, allow_blank=True)
    prices = serializers.DictField(child=ExactNumberField(least=Decimal(0)), required=False)
    offered = serializers.BooleanField(required=False)


class ItemOut(serializers.Serializer[CatalogueItem]):
    """An item with its present prices."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    code = serializers.CharField()
    description = serializers.CharField()
    unit = serializers.CharField()
    tax_category = serializers.CharField()
    tax_rate = ExactNumberField(decimals=4)
    prices = serializers.SerializerMethodField()
    offered = serializers.BooleanField(source="is_active")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "number"}})
    def get_prices(self, item: CatalogueItem) -> dict[str, Decimal]:
        shown = ExactNumberField()
        return {code: shown.to_representation(amount) for code, amount in prices_of(item).items()}


class Catalogue(ApiView):
    """What the business profile sells."""

    rights = {"GET": Right.INVOICES_VIEW, "POST": Right.CATALOGUE_EDIT}
    request_bodies = {"POST": ItemIn}
    answers = {"GET": ItemOut, "POST": ItemOut}
    list_key = "items"
    query = (
        OpenApiParameter("search", OpenApiTypes.STR, description="Part of the name or the code."),
        OpenApiParameter("offered", OpenApiTypes.BOOL, description="Only what is offered, or what is withdrawn."),
    )

    def get(self, request: Request) -> Response:
        """Items by name, with their present prices."""
        offered = request.query_params.get("offered", "").lower()
        if offered not in FLAGS:
            raise ValidationFailed({"offered": [_("Write true or false.")]})
        mine = catalogue_for(self.actor, profile_id=self.profile_id)
        search = text_of(request.query_params, "search")
        return self.page(catalogue_filtered(mine, search=search, offered=FLAGS[offered]), ItemOut)

    def post(self, request: Request) -> Response:
        """Adds an item. Without tax_rate and tax_category it is taxed as the business profile usually is."""
        data = _input(self._blank(), self.parse(ItemIn))
        item = catalogue_item_create(profile_id=self.profile_id, data=data, actor=self.actor, now=self.now)
        return Response(_shown(self, item.pk), status=201, headers={"Location": f"/api/catalogue/{item.pk}"})

    def _blank(self) -> CatalogueInput:
        return CatalogueInput(name="", tax_rate=self.profile.default_tax_rate)


class OneItem(ApiView):
    """One item of the catalogue."""

    rights = {"GET": Right.INVOICES_VIEW, "PATCH": Right.CATALOGUE_EDIT}
    request_bodies = {"PATCH": ItemChangeIn}
    answers = {"GET": ItemOut, "PATCH": ItemOut}

    def get(self, request: Request, item_id: UUID) -> Response:
        """The item."""
        return Response(_shown(self, item_id))

    def patch(self, request: Request, item_id: UUID) -> Response:
        """Changes the fields that are given. A price that changes is added to the history."""
        given = self.parse(ItemChangeIn)
        item = catalogue_item_get(self.actor, item_id)
        offered = given.pop("offered", None)
        with transaction.atomic():
            if given:
                data = _input(_present(item), given)
                catalogue_item_update(item_id=item.pk, data=data, actor=self.actor, now=self.now)
            if offered is not None:
                catalogue_item_offer(item_id=item.pk, offered=offered, actor=self.actor, now=self.now)
        return Response(_shown(self, item_id))


def _shown(view: ApiView, item_id: UUID) -> Any:
    return ItemOut(catalogue_item_get(view.actor, item_id)).data


def _present(item: CatalogueItem) -> CatalogueInput:
    return CatalogueInput(
        name=item.name,
        kind=CatalogueKind(item.kind),
        code=item.code,
        description=item.description,
        unit=item.unit,
        tax_category=TaxCategory(item.tax_category),
        tax_rate=item.tax_rate,
        prices=prices_of(item),
    )


def _input(base: CatalogueInput, given: dict[str, Any]) -> CatalogueInput:
    """The given fields over the others. Another tax category without a rate has none."""
    values = dict(given)
    if "kind" in values:
        values["kind"] = CatalogueKind(values["kind"])
    if "tax_category" in values:
        values["tax_category"] = TaxCategory(values["tax_category"])
        if values["tax_category"] != base.tax_category:
            values.setdefault("tax_rate", Decimal(0))
    if "prices" in values:
        values["prices"] = {code.upper(): amount for code, amount in values["prices"].items()}
    return replace(base, **values)
