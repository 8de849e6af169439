"""Reads of promo codes. Every one is scoped to the actor's business profiles first."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.states import Status
from invoices.models import PromoCode, PromoUse

STANDING: Final = Q(uses__given_back_at__isnull=True)


class PromoStatus(Status):
    """What people see of a promo code on a day."""

    VALID = "valid", _("Valid"), "success", "circle-check"
    WAITING = "waiting", _("Not yet"), "info", "calendar-time"
    ENDED = "ended", _("Ended"), "neutral", "calendar"
    USED_UP = "used_up", _("Used up"), "warning", "circle-x"
    WITHDRAWN = "withdrawn", _("Withdrawn"), "neutral", "eye-off"


def promo_status(promo: PromoCode, *, used: int, today: date) -> PromoStatus:
    """The status on a local date. First that holds: withdrawn, ended, used up, not yet, valid."""
    if not promo.is_active:
        return PromoStatus.WITHDRAWN
    if promo.valid_until is not None and promo.valid_until < today:
        return PromoStatus.ENDED
    if promo.most_uses is not None and used >= promo.most_uses:
        return PromoStatus.USED_UP
    if promo.valid_from is not None and promo.valid_from > today:
        return PromoStatus.WAITING
    return PromoStatus.VALID


def promos_for(actor: Actor, *, profile_id: UUID) -> QuerySet[PromoCode]:
    """The promo codes of a profile, by code, each with `used`: uses that were not given back. Raises NotFound."""
    actor.require(Right.INVOICES_VIEW)
    actor.require_profile(profile_id)
    return _with_uses(PromoCode.objects.filter(profile_id=profile_id)).order_by("code", "id")


def promo_get(actor: Actor, promo_id: UUID) -> PromoCode:
    """One promo code with its profile and `used`. Raises NotFound, also for one of another profile."""
    actor.require(Right.INVOICES_VIEW)
    promo = _with_uses(PromoCode.objects.select_related("profile").filter(pk=promo_id)).first()
    if promo is None or not actor.can_see(promo.profile_id):
        raise NotFound(str(_("There is no such promo code.")))
    return promo


def promo_uses(promo: PromoCode) -> QuerySet[PromoUse]:
    """The invoices that were issued with a code, newest first. The caller has scoped it."""
    return PromoUse.objects.filter(promo=promo).select_related("invoice", "customer").order_by("-id")


def _with_uses(promos: QuerySet[PromoCode]) -> QuerySet[PromoCode]:
    return promos.annotate(used=Count("uses", filter=STANDING))
