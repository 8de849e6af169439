"""Endpoints of promo codes."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.fields import ExactNumberField
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import text_of
from invoices.models import PromoCode
from invoices.promo_selectors import promo_get, promo_status, promos_for
from invoices.services.promo_codes import LONGEST, MOST_USES, PromoInput, promo_create, promo_offer, promo_update
from invoices.states import DiscountKind

KINDS = [DiscountKind.PERCENT.value, DiscountKind.AMOUNT.value]


class PromoIn(StrictSerializer):
    """A promo code. `value` is per cent, or an amount in `currency`; dates are local and inclusive."""

    code = serializers.CharField(max_length=LONGEST["code"])
    description = serializers.CharField(max_length=LONGEST["description"], default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=KINDS, default=DiscountKind.PERCENT.value)
    value = ExactNumberField(decimals=4, least=Decimal(0))
    currency = serializers.CharField(max_length=3, default="", allow_blank=True)
    minimum = ExactNumberField(decimals=4, least=Decimal(0), default=Decimal(0))
    valid_from = serializers.DateField(default=None, allow_null=True)
    valid_until = serializers.DateField(default=None, allow_null=True)
    most_uses = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=MOST_USES)
    once_per_customer = serializers.BooleanField(default=False)


class PromoChangeIn(StrictSerializer):
    """What is left out stays as it is. `offered` false withdraws the code."""

    code = serializers.CharField(max_length=LONGEST["code"], required=False)
    description = serializers.CharField(max_length=LONGEST["description"], required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    value = ExactNumberField(decimals=4, least=Decimal(0), required=False)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    minimum = ExactNumberField(decimals=4, least=Decimal(0), required=False)
    valid_from = serializers.DateField(required=False, allow_null=True)
    valid_until = serializers.DateField(required=False, allow_null=True)
    most_uses = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_USES)
    once_per_customer = serializers.BooleanField(required=False)
    offered = serializers.BooleanField(required=False)


class PromoOut(serializers.Serializer[PromoCode]):
    """A promo code with what is left of it."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    description = serializers.CharField()
    kind = serializers.CharField()
    value = ExactNumberField(decimals=4)
    currency = serializers.CharField()
    minimum = ExactNumberField(decimals=4)
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    most_uses = serializers.IntegerField(allow_null=True)
    once_per_customer = serializers.BooleanField()
    used = serializers.IntegerField()
    offered = serializers.BooleanField(source="is_active")
    status = serializers.SerializerMethodField()

    def get_status(self, promo: PromoCode) -> str:
        view = self.context["view"]
        return promo_status(promo, used=promo.used, today=local_today(view.profile, view.now)).value  # type: ignore[attr-defined]


class PromoCodes(ApiView):
    """The promo codes of the business profile."""

    rights = {"GET": Right.INVOICES_VIEW, "POST": Right.CATALOGUE_EDIT}
    request_bodies = {"POST": PromoIn}
    answers = {"GET": PromoOut, "POST": PromoOut}
    list_key = "promo_codes"
    query = (OpenApiParameter("search", OpenApiTypes.STR, description="Part of the code."),)

    def get(self, request: Request) -> Response:
        """Promo codes, by code, each with how often it was used."""
        promos = promos_for(self.actor, profile_id=self.profile_id)
        search = text_of(request.query_params, "search")
        return self.page(promos.filter(code__icontains=search) if search else promos, PromoOut)

    def post(self, request: Request) -> Response:
        """Adds a promo code. It is kept in capitals."""
        data = _input(PromoInput(code=""), self.parse(PromoIn))
        promo = promo_create(profile_id=self.profile_id, data=data, actor=self.actor, now=self.now)
        return Response(_shown(self, promo.pk), status=201, headers={"Location": f"/api/promo-codes/{promo.pk}"})


class OnePromoCode(ApiView):
    """One promo code."""

    rights = {"GET": Right.INVOICES_VIEW, "PATCH": Right.CATALOGUE_EDIT}
    request_bodies = {"PATCH": PromoChangeIn}
    answers = {"GET": PromoOut, "PATCH": PromoOut}

    def get(self, request: Request, promo_id: UUID) -> Response:
        """The promo code."""
        return Response(_shown(self, promo_id))

    def patch(self, request: Request, promo_id: UUID) -> Response:
        """Changes the fields that are given; issued invoices keep their discount."""
        given = self.parse(PromoChangeIn)
        promo = promo_get(self.actor, promo_id)
        offered = given.pop("offered", None)
        with transaction.atomic():
            if given:
                present = PromoInput(**{one.name: getattr(promo, one.name) for one in fields(PromoInput)})
                promo_update(promo_id=promo.pk, data=_input(present, given), actor=self.actor, now=self.now)
            if offered is not None:
                promo_offer(promo_id=promo.pk, offered=offered, actor=self.actor, now=self.now)
        return Response(_shown(self, promo_id))


def _shown(view: ApiView, promo_id: UUID) -> Any:
    return PromoOut(promo_get(view.actor, promo_id), context={"view": view}).data


def _input(base: PromoInput, given: dict[str, Any]) -> PromoInput:
    kind = DiscountKind(given.get("kind", base.kind))
    return replace(base, **given | {"kind": kind, "currency": given.get("currency", base.currency).upper()})
