"""Saving a business profile together with what bills by it: its number series and tax rates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.services.business_profiles import business_profile_create, business_profile_update
from invoices.services.setup import numbering_follow, profile_prepare
from invoices.services.taxes import default_rate_follow


def business_add(*, values: Mapping[str, Any], actor: Actor, now: datetime) -> BusinessProfile:
    """Makes a business profile that can bill at once. Raises ValidationFailed."""
    with transaction.atomic():
        profile = business_profile_create(values=values, actor=actor, now=now)
        profile_prepare(profile_id=profile.pk)
    return profile


def business_change(*, profile_id: UUID, changes: Mapping[str, Any], actor: Actor, now: datetime) -> BusinessProfile:
    """Changes a business profile; its number series and tax rates follow. Raises ValidationFailed."""
    with transaction.atomic():
        before = BusinessProfile.objects.filter(pk=profile_id).values_list("default_tax_rate", flat=True).first()
        profile = business_profile_update(profile_id=profile_id, changes=changes, actor=actor, now=now)
        profile_prepare(profile_id=profile.pk)
        numbering_follow(profile_id=profile.pk)
        if profile.default_tax_rate != before:
            default_rate_follow(profile_id=profile.pk, actor=actor, now=now)
    return profile
