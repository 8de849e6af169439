"""Reading the integrations app's rows, scoped to the business profiles that an actor works for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from integrations.models import GatewayConnection


def connections_of(actor: Actor, *, profile_id: UUID) -> Sequence[GatewayConnection]:
    """The connections of a business profile but those taken away, the preferred first. Raises PermissionRefused."""
    actor.require_profile(profile_id)
    return list(GatewayConnection.objects.filter(profile_id=profile_id, retired_at__isnull=True))


def connection_get(actor: Actor, connection_id: UUID) -> GatewayConnection:
    """One connection. Raises NotFound."""
    connection = GatewayConnection.objects.select_related("profile").filter(pk=connection_id).first()
    if connection is None or not actor.can_see(connection.profile_id):
        raise NotFound(_("There is no such connection."))
    return connection
