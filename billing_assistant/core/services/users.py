"""Colleagues: invited, changed and deactivated by administrators. Nobody sets another person's password."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import Conflict, NotFound, ValidationFailed
from billing_assistant.core.locks import user_lock
from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.rights import STAFF_ROLES, Right, Role

_MODEL_FIELDS: Final = ("username", "email", "first_name", "last_name", "role", "language")


class LastAdministrator(Conflict):
    """Somebody has to be able to change the settings."""

    code = "last_administrator"


class NotYourself(Conflict):
    """A person's own role, limits and access are changed by another administrator."""

    code = "not_yourself"


@dataclass(frozen=True, slots=True)
class Person:
    """What is to be true of a colleague. No profile means all of them."""

    username: str
    email: str
    role: str
    first_name: str = ""
    last_name: str = ""
    language: str = "en"
    profile_ids: frozenset[UUID] = frozenset()


def user_create(*, person: Person, actor: Actor, now: datetime) -> User:
    """Adds a colleague without a password: the first sign-in is by a code that is e-mailed."""
    actor.require(Right.USERS_EDIT)
    user = User(date_joined=now)
    with transaction.atomic():
        _put(user, person)
        user.set_unusable_password()
        _check(user, person, actor)
        user.save()
        user.profiles.set(BusinessProfile.objects.filter(pk__in=person.profile_ids))
        _record("user.created", user, actor, now, changed=[])
    return user


def user_update(*, user_id: UUID, person: Person, actor: Actor, now: datetime) -> User:
    """Changes a colleague. A new e-mail address ends sign-in by the old one; a new role counts from the next click."""
    with transaction.atomic():
        user = _locked(user_id, actor)
        before = {name: getattr(user, name) for name in _MODEL_FIELDS}
        limits = frozenset(user.profiles.values_list("pk", flat=True))
        if user.pk == actor.user_id and (person.role != user.role or person.profile_ids != limits):
            raise NotYourself(_("Another administrator has to change your own role and business profiles."))
        _put(user, person)
        _check(user, person, actor)
        if before["role"] == Role.ADMIN and user.role != Role.ADMIN:
            _keep_an_administrator(user)
        user.save()
        user.profiles.set(BusinessProfile.objects.filter(pk__in=person.profile_ids))
        if before["email"].lower() != user.email.lower():
            EmailAddress.objects.filter(user=user).delete()
        changed = [name for name in _MODEL_FIELDS if before[name] != getattr(user, name)]
        changed += ["profiles"] if limits != person.profile_ids else []
        if changed:
            _record("user.updated", user, actor, now, changed=changed)
    return user


def user_set_active(*, user_id: UUID, active: bool, actor: Actor, now: datetime) -> User:
    """Lets a colleague in, or keeps them out: sessions and API keys stop with the next click."""
    with transaction.atomic():
        user = _locked(user_id, actor)
        if user.pk == actor.user_id:
            raise NotYourself(_("Another administrator has to deactivate you."))
        if not active and user.role == Role.ADMIN:
            _keep_an_administrator(user)
        if user.is_active != active:
            user.is_active = active
            user.save(update_fields=["is_active"])
            _record("user.activated" if active else "user.deactivated", user, actor, now, changed=["is_active"])
    return user


def user_reset_second_factor(*, user_id: UUID, actor: Actor, now: datetime) -> User:
    """Forgets a colleague's second factor, lost with a phone; it is set up anew at the next sign-in."""
    with transaction.atomic():
        user = _locked(user_id, actor)
        if user.pk == actor.user_id:
            raise NotYourself(_("Change your own second factor in your account."))
        if Authenticator.objects.filter(user=user).delete()[0]:
            _record("user.second_factor_reset", user, actor, now, changed=["second_factor"])
    return user


def _locked(user_id: UUID, actor: Actor) -> User:
    """A colleague that the actor may manage. An administrator of some profiles manages people of those only."""
    actor.require(Right.USERS_EDIT)
    user = user_lock(user_id)
    if not _within(actor, user.profiles.values_list("pk", flat=True)):
        raise NotFound(_("There is no such person."))
    return user


def _within(actor: Actor, profile_ids: Iterable[UUID]) -> bool:
    if actor.profile_ids is None:
        return True
    limits = set(profile_ids)
    return bool(limits) and limits <= actor.profile_ids


def _put(user: User, person: Person) -> None:
    for name in _MODEL_FIELDS:
        setattr(user, name, getattr(person, name).strip())
    user.is_staff = user.role in STAFF_ROLES
    user.is_superuser = user.role == Role.ADMIN


def _check(user: User, person: Person, actor: Actor) -> None:
    """Raises ValidationFailed with every reason, field by field."""
    errors: dict[str, list[str]] = {}
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as refusal:
        errors = {name: list(reasons) for name, reasons in refusal.message_dict.items()}
    for field, reason in _own_reasons(user, person, actor).items():
        errors.setdefault(field, [reason])
    if errors:
        raise ValidationFailed(errors)


def _own_reasons(user: User, person: Person, actor: Actor) -> dict[str, str]:
    reasons: dict[str, str] = {}
    if user.role not in STAFF_ROLES:
        reasons["role"] = _("Choose a role of staff. Clients get access from their customer's page.")
    if not user.email:
        reasons["email"] = _("Write an e-mail address: the sign-in code goes there.")
    elif _taken(user.email, but=user):
        reasons["email"] = _("Another person has this e-mail address.")
    if "@" in user.username:
        reasons["username"] = _("A user name has no @.")
    elif User.objects.filter(username__iexact=user.username).exclude(pk=user.pk).exists():
        reasons["username"] = _("Another person has this user name.")
    if user.language not in dict(settings.LANGUAGES):
        reasons["language"] = _("We do not speak this language yet.")
    if BusinessProfile.objects.filter(pk__in=person.profile_ids).count() != len(person.profile_ids):
        reasons["profiles"] = _("There is no such business profile.")
    elif not _within(actor, person.profile_ids):
        reasons["profiles"] = _("Choose among the business profiles that you work for.")
    return reasons


def _taken(email: str, *, but: User) -> bool:
    others = User.objects.filter(email__iexact=email).exclude(pk=but.pk)
    addresses = EmailAddress.objects.filter(email__iexact=email).exclude(user=but.pk)
    return others.exists() or addresses.exists()


def _keep_an_administrator(leaving: User) -> None:
    """Raises LastAdministrator unless somebody else can still change everything."""
    others = User.objects.filter(role=Role.ADMIN, is_active=True, profiles__isnull=True).exclude(pk=leaving.pk)
    if not others.exists():
        raise LastAdministrator(_("Somebody has to be able to change the settings: make another administrator first."))


def _record(name: str, user: User, actor: Actor, now: datetime, *, changed: Collection[str]) -> None:
    events.record(
        name=name,
        subject=user,
        label=user.display_name,
        profile_id=None,
        actor=actor,
        now=now,
        data={"changed": list(changed), "role": user.role},
    )
