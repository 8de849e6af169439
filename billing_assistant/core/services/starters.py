"""Who started work that goes on in the background: kept on its row, and an actor again when the work is done."""

from __future__ import annotations

from typing import Any, Protocol

from billing_assistant.core.actors import Actor, ActorKind
from billing_assistant.core.models import ApiKey, User


class Started(Protocol):
    """A row with the columns that `starter_fields` fills."""

    actor_kind: str
    actor_label: str

    @property
    def created_by(self) -> User | None: ...

    @property
    def api_key(self) -> ApiKey | None: ...


def starter_fields(actor: Actor) -> dict[str, Any]:
    """The columns that keep who started it."""
    return {
        "created_by_id": actor.user_id,
        "api_key_id": actor.id if actor.kind is ActorKind.API_KEY else None,
        "actor_kind": actor.kind.value,
        "actor_label": actor.label[:150],
    }


def starter_of(row: Started) -> Actor:
    """Whoever started it, with the rights of today: a person or key that is gone has none."""
    match row.actor_kind:
        case ActorKind.SYSTEM:
            return Actor.system(row.actor_label)
        case ActorKind.API_KEY if row.api_key is not None and row.api_key.revoked_at is None:
            return Actor.of_api_key(row.api_key)
        case ActorKind.USER if row.created_by is not None:
            return Actor.of_user(row.created_by)
    return Actor(ActorKind.USER, "", row.actor_label, frozenset())
