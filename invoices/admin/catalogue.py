"""The catalogue in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable, service_action
from billing_assistant.core.rights import Right
from invoices.models import (
    CatalogueItem,
    CataloguePrice,
)
from invoices.services.catalogue import catalogue_item_offer


class CataloguePriceInline(ReadOnlyInline):
    model = CataloguePrice
    view_right = Right.INVOICES_VIEW
    fields = readonly_fields = ("currency", "amount", "since", "actor_label")


@admin.register(CatalogueItem)
class CatalogueItemAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("name", "code", "kind", "unit", "tax_category", "tax_rate", "is_active", "profile")
    list_filter = ("is_active", "kind", "tax_category", "profile")
    list_select_related = ("profile",)
    search_fields = ("name", "code", "description")
    inlines = [CataloguePriceInline]
    actions = ["offer", "withdraw"]

    @service_action(_("Offer again"), right=Right.CATALOGUE_EDIT)
    def offer(self, row: CatalogueItem, *, actor: Actor, now: datetime) -> None:
        catalogue_item_offer(item_id=row.pk, offered=True, actor=actor, now=now)

    @service_action(_("Withdraw"), right=Right.CATALOGUE_EDIT)
    def withdraw(self, row: CatalogueItem, *, actor: Actor, now: datetime) -> None:
        catalogue_item_offer(item_id=row.pk, offered=False, actor=actor, now=now)


@admin.register(CataloguePrice)
class CataloguePriceAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    profile_path = "item__profile"
    list_display = ("item", "currency", "amount", "since", "actor_label")
    list_filter = (CurrencyFilter, ("since", admin.DateFieldListFilter), "item__profile")
    list_select_related = ("item",)
    search_fields = ("item__name", "item__code", "currency")
