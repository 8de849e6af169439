"""Once a day: what is past its time is forgotten, and customers whom nobody uses are proposed for erasure."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from billing_assistant.core.services.notices import notice_to_role
from billing_assistant.core.services.retention import retention_apply
from customers.inactive import customers_unused


def retention_run(*, now: datetime) -> int:
    """Applies the rules of every profile; returns how many rows were emptied or deleted. Safe to repeat."""
    number = 0
    for profile in BusinessProfile.objects.order_by("pk"):
        number += retention_apply(profile_id=profile.pk, now=now)
        _propose(profile, now)
    return number


def _propose(profile: BusinessProfile, now: datetime) -> None:
    """Tells the administrators once a month, as long as somebody is to be proposed. Nothing is erased by itself."""
    count = customers_unused(profile_id=profile.pk, now=now).count()
    if count:
        notice_to_role(
            roles=[Role.ADMIN],
            key=f"unused-customers-{profile.pk}-{now:%Y%m}",
            text=lambda: (
                ngettext(
                    "%(profile)s: %(count)d customer without documents is unused. Look whether to erase it.",
                    "%(profile)s: %(count)d customers without documents are unused. Look whether to erase them.",
                    count,
                )
                % {"profile": profile.name, "count": count}
            ),
            url=reverse("shell:retention"),
            profile_id=profile.pk,
        )
