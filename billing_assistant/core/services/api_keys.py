"""API keys: made once shown once, kept as a fingerprint, checked in constant time."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, TextField
from django.utils.translation import gettext as _

from billing_assistant.core import crypto, events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.locks import api_key_lock
from billing_assistant.core.models import ApiKey, BusinessProfile, User
from billing_assistant.core.prepared import Given, Prepared
from billing_assistant.core.rights import ROLE_RIGHTS, Right, Role

_BY_PREFIX: Final = Prepared(
    lambda: ApiKey.objects.select_related("user").filter(prefix=Given("prefix", TextField())).order_by()
)

LEAD: Final = "bak"
PREFIX_RANDOM: Final = 9
SECRET_BYTES: Final = 32
PURPOSE: Final = "api-key"
USED_EVERY: Final = timedelta(minutes=1)
_LETTERS: Final = string.ascii_lowercase + string.digits
_NO_SUCH_KEY: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its plain text, which is nowhere else."""

    key: ApiKey
    plain: str


def api_key_create(
    *,
    user_id: UUID,
    profile_id: UUID,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> IssuedKey:
    """Makes a key that acts for a person on one business profile, with some of that person's rights."""
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    owner = User.objects.filter(pk=user_id, is_active=True).first()
    profile = BusinessProfile.objects.filter(pk=profile_id).first()
    if owner is None or profile is None:
        raise NotFound(_("There is no such person or business profile."))
    granted = _checked(owner, profile, name=name, scopes=list(scopes), expires_at=expires_at, now=now)
    prefix = LEAD + "".join(secrets.choice(_LETTERS) for _ in range(PREFIX_RANDOM))
    plain = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    with transaction.atomic():
        key = ApiKey.objects.create(
            user=owner,
            profile=profile,
            name=name.strip(),
            prefix=prefix,
            key_hash=crypto.fingerprint(plain, purpose=PURPOSE),
            scopes=granted,
            expires_at=expires_at,
            created_at=now,
        )
        events.record(
            name="api_key.created",
            subject=key,
            label=str(key),
            profile_id=profile_id,
            actor=actor,
            now=now,
            data={"scopes": granted, "owner": str(owner.pk)},
        )
    return IssuedKey(key, plain)


def api_key_revoke(*, key_id: UUID, actor: Actor, now: datetime) -> ApiKey:
    """Ends a key at once; revoking again changes nothing."""
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        key = api_key_lock(key_id)
        actor.require_profile(key.profile_id)
        if key.revoked_at is None:
            key.revoked_at = now
            key.save(update_fields=["revoked_at"])
            events.record(
                name="api_key.revoked",
                subject=key,
                label=str(key),
                profile_id=key.profile_id,
                actor=actor,
                now=now,
            )
    return key


def api_key_find(*, plain: str, now: datetime) -> ApiKey | None:
    """The key with this plain text if it may be used now. Takes as long when there is none."""
    prefix = plain.partition("_")[0]
    key = _BY_PREFIX.row(prefix=prefix)
    right = crypto.matches(plain, key.key_hash if key else _NO_SUCH_KEY, purpose=PURPOSE)
    if key is None or not right or key.revoked_at is not None or not key.user.is_active:
        return None
    return None if key.expires_at is not None and key.expires_at <= now else key


def api_key_used(*, key: ApiKey, now: datetime) -> None:
    """Notes the use of a key, at most once a minute."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USED_EVERY)
    if key.last_used_at is None or key.last_used_at <= now - USED_EVERY:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _checked(
    owner: User,
    profile: BusinessProfile,
    *,
    name: str,
    scopes: list[str],
    expires_at: datetime | None,
    now: datetime,
) -> list[str]:
    """The scopes, sorted and once each. Raises ValidationFailed with every reason."""
    allowed = ROLE_RIGHTS[Role(owner.role)]
    known = {right.value for right in Right}
    errors: dict[str, list[str]] = {}
    if not name.strip():
        errors["name"] = [_("Give the key a name, so that people know what uses it.")]
    if not scopes:
        errors["scopes"] = [_("Choose at least one scope.")]
    unknown = sorted(set(scopes) - known)
    if unknown:
        errors["scopes"] = [_("There is no scope %(names)s.") % {"names": ", ".join(unknown)}]
    beyond = sorted(scope for scope in set(scopes) & known if Right(scope) not in allowed)
    if beyond:
        errors["scopes"] = [
            _("%(name)s may not do this, so the key cannot: %(names)s.")
            % {"name": owner.display_name, "names": ", ".join(beyond)}
        ]
    if expires_at is not None and expires_at <= now:
        errors["expires_at"] = [_("The key would have expired already.")]
    if not Actor.of_user(owner).can_see(profile.pk):
        errors["profile"] = [
            _("%(name)s does not work for %(profile)s.") % {"name": owner.display_name, "profile": profile.name}
        ]
    if errors:
        raise ValidationFailed(errors)
    return sorted(set(scopes))
