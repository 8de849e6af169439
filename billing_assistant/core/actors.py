"""The actor: on whose behalf a service acts, with which rights, on which business profiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.rights import ROLE_RIGHTS, Right, Role

if TYPE_CHECKING:
    from billing_assistant.core.models import ApiKey, User


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    CONTACT = "contact"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `profile_ids` None means every business profile; `user_id` is the person behind it, if any."""

    kind: ActorKind
    id: str
    label: str
    rights: frozenset[Right]
    profile_ids: frozenset[UUID] | None = None
    user_id: UUID | None = None

    @classmethod
    def of_user(cls, user: User) -> Actor:
        """A signed-in person, with the rights of the role and the profiles that the person is limited to."""
        limits = frozenset(user.profiles.values_list("id", flat=True))
        rights = ROLE_RIGHTS[Role(user.role)] if user.is_active else frozenset()
        return cls(ActorKind.USER, str(user.pk), user.display_name, rights, limits or None, user.pk)

    @classmethod
    def of_api_key(cls, key: ApiKey) -> Actor:
        """A program: the key's scopes, never more than the rights of its owner, on the key's one profile."""
        owner = cls.of_user(key.user)
        scopes = frozenset(Right(scope) for scope in key.scopes)
        allowed = owner.profile_ids is None or key.profile_id in owner.profile_ids
        profiles = frozenset({key.profile_id}) if allowed else frozenset()
        return cls(ActorKind.API_KEY, str(key.pk), key.name, owner.rights & scopes, profiles, key.user_id)

    @classmethod
    def contact(cls, *, contact_id: str, label: str, profile_id: UUID, user_id: UUID | None = None) -> Actor:
        """A client in the portal: no staff right at all; portal services check the customer themselves."""
        return cls(ActorKind.CONTACT, contact_id, label, frozenset(), frozenset({profile_id}), user_id)

    @classmethod
    def system(cls, label: str) -> Actor:
        """The product itself, in a task or a command."""
        return cls(ActorKind.SYSTEM, "", label, frozenset(Right))

    def require(self, right: Right) -> None:
        """Raises PermissionRefused when the actor lacks the right."""
        if right not in self.rights:
            raise PermissionRefused(
                _("This needs the right “%(right)s”, which %(name)s does not have.")
                % {"right": right.value, "name": self.label}
            )

    def can_see(self, profile_id: UUID) -> bool:
        return self.profile_ids is None or profile_id in self.profile_ids

    def require_profile(self, profile_id: UUID) -> None:
        """Raises NotFound for a profile outside the actor's limits, as if it did not exist."""
        if not self.can_see(profile_id):
            raise NotFound(_("There is no such record."))

    def visible(self, profile_ids: Iterable[UUID]) -> list[UUID]:
        """Those of the given profiles that the actor may see."""
        return [profile_id for profile_id in profile_ids if self.can_see(profile_id)]
