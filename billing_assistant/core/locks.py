"""Locks of the core, held until the transaction ends: rows of its own, and advisory locks by name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import NotFound
from billing_assistant.core.models import (
    ApiKey,
    Approval,
    BusinessProfile,
    DataImport,
    DeliveryStatus,
    EventDelivery,
    IdempotencyRecord,
    User,
)
from billing_assistant.core.prepared import Given, Prepared
from billing_assistant.core.rights import STAFF_ROLES

_PROFILE: Final = Prepared(
    lambda: BusinessProfile.objects.select_for_update(of=("self",)).filter(pk=Given("pk")).order_by()
)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def advisory_lock(name: str) -> None:
    """Waits for the named lock and holds it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(name)])


def try_advisory_lock(name: str) -> bool:
    """Takes the named lock if it is free; True when taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(name)])
        row = cursor.fetchone()
    return bool(row and row[0])


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Waits for the named lock and holds it for a block that is in no transaction: work on other machines."""
    require_no_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")  # who has it may be waiting for another machine
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_number(name)])
        finally:
            cursor.execute("RESET lock_timeout")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_number(name)])


def user_lock(user_id: UUID) -> User:
    """Locks a colleague; one change of people at a time, so that two administrators cannot remove each other.

    Raises NotFound, also for a client.
    """
    advisory_lock("core.users")
    user = User.objects.select_for_update().filter(pk=user_id, role__in=STAFF_ROLES).first()
    if user is None:
        raise NotFound(_("There is no such person."))
    return user


def business_profile_lock(profile_id: UUID) -> BusinessProfile:
    """Locks a business profile. Raises NotFound."""
    if (profile := _PROFILE.row(pk=profile_id)) is None:
        raise NotFound(_("There is no such business profile."))
    return profile


def api_key_lock(key_id: UUID) -> ApiKey:
    """Locks an API key. Raises NotFound."""
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound(_("There is no such key."))
    return key


def idempotency_lock(actor_ref: str, key: str) -> IdempotencyRecord:
    """Locks the record of a key that is there."""
    return IdempotencyRecord.objects.select_for_update().get(actor_ref=actor_ref, key=key)


def approval_lock(**which: Any) -> Approval | None:
    """Locks the oldest request for approval that fits; None when none does."""
    return Approval.objects.select_for_update().filter(**which).order_by("created_at").first()


def due_deliveries_lock(*, queue: str, now: datetime, size: int) -> list[EventDelivery]:
    """Locks up to `size` due deliveries of a queue, with their events; those that others hold are passed over."""
    due = EventDelivery.objects.filter(queue=queue, status=DeliveryStatus.PENDING, due_at__lte=now)
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("event")
    return list(locked.order_by("due_at", "id")[:size])


def import_run_lock(run_id: UUID) -> DataImport:
    """Locks an import with its file and profile. Raises NotFound."""
    rows = DataImport.objects.select_related("file", "profile").select_for_update(of=("self",))
    run = rows.filter(pk=run_id).first()
    if run is None:
        raise NotFound(_("There is no such import."))
    return run
