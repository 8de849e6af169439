"""Promo codes, their uses, and unsaved copies of drafts in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.admin import CurrencyFilter, ReadOnlyInline, ReadTable, service_action
from billing_assistant.core.rights import Right
from invoices.models import DraftWorkingCopy, PromoCode, PromoUse
from invoices.services.promo_codes import promo_offer


class PromoUseInline(ReadOnlyInline):
    model = PromoUse
    view_right = Right.INVOICES_VIEW
    select_related = ("invoice", "customer")
    fields = readonly_fields = ("invoice", "customer", "currency", "discount", "created_at", "given_back_at")


@admin.register(PromoCode)
class PromoCodeAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = (
        "code",
        "kind",
        "value",
        "currency",
        "valid_from",
        "valid_until",
        "most_uses",
        "is_active",
        "profile",
    )
    list_filter = ("is_active", "kind", ("valid_until", admin.DateFieldListFilter), "profile")
    list_select_related = ("profile",)
    search_fields = ("code", "description")
    inlines = [PromoUseInline]
    actions = ["offer", "withdraw"]

    def view_on_site(self, row: PromoCode) -> str:
        return reverse("invoices:promo_code", args=[row.pk])

    @service_action(_("Offer again"), right=Right.CATALOGUE_EDIT)
    def offer(self, row: PromoCode, *, actor: Actor, now: datetime) -> None:
        promo_offer(promo_id=row.pk, offered=True, actor=actor, now=now)

    @service_action(_("Withdraw"), right=Right.CATALOGUE_EDIT)
    def withdraw(self, row: PromoCode, *, actor: Actor, now: datetime) -> None:
        promo_offer(promo_id=row.pk, offered=False, actor=actor, now=now)


@admin.register(PromoUse)
class PromoUseAdmin(ReadTable):
    view_right = Right.INVOICES_VIEW
    list_display = ("promo", "invoice", "customer", "currency", "discount", "created_at", "given_back_at")
    list_filter = (CurrencyFilter, ("created_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("promo", "invoice", "customer")
    search_fields = ("promo__code", "invoice__number")


@admin.register(DraftWorkingCopy)
class DraftWorkingCopyAdmin(ReadTable):
    view_right = Right.INVOICES_DRAFT
    list_display = ("draft", "customer", "user", "base_version", "saved_at")
    list_filter = (("saved_at", admin.DateFieldListFilter), "profile")
    list_select_related = ("draft", "customer", "user")
    search_fields = ("draft__number", "customer__name", "user__username")
