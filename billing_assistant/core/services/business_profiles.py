"""Business profiles: made and changed by administrators, checked as a whole, recorded."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import available_timezones

from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events, files
from billing_assistant.core.actors import Actor
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from billing_assistant.core.models import BusinessProfile, StoredFile
from billing_assistant.core.pictures import logo_png
from billing_assistant.core.rights import Right

FIELDS: Final = tuple(
    field.name for field in BusinessProfile._meta.fields if field.name not in {"id", "created_at", "logo"}
)
BANK_FIELDS: Final = frozenset(name for name in FIELDS if name.startswith(("bank_", "mpesa_")))
NUMBERED_BY_YEAR: Final = ("invoice_number_format", "credit_note_number_format")
NUMBER_FORMATS: Final = tuple(name for name in FIELDS if name.endswith("_number_format"))
MOST_LINK_DAYS: Final = 3650
MOST_TERM_DAYS: Final = 365
CODE_LENGTH: Final = 2
_NOT_COUNTRIES: Final = frozenset({"CP", "CQ", "DG", "EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
COUNTRIES: Final = frozenset(
    code
    for code in map(str, Locale("en").territories)
    if len(code) == CODE_LENGTH and code.isalpha() and code not in _NOT_COUNTRIES
)


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones. Reading them from the disk takes long, so it is done once."""
    return frozenset(available_timezones())


def business_profile_create(*, values: Mapping[str, Any], actor: Actor, now: datetime) -> BusinessProfile:
    """Makes a brand or legal entity. Only for an administrator who works for all of them."""
    actor.require(Right.SETTINGS_EDIT)
    if actor.profile_ids is not None:
        raise PermissionRefused(_("You work for some business profiles only, so you cannot add one."))
    profile = BusinessProfile(created_at=now)
    _put(profile, values)
    with transaction.atomic():
        _save(profile, actor, now, name="business_profile.created", changed=sorted(values))
    return profile


def business_profile_update(
    *, profile_id: UUID, changes: Mapping[str, Any], actor: Actor, now: datetime
) -> BusinessProfile:
    """Changes fields of a profile. Documents that were issued keep what they were issued with."""
    with transaction.atomic():
        profile = _locked(profile_id, actor)
        before = {name: getattr(profile, name) for name in FIELDS}
        _put(profile, changes)
        changed = [name for name in FIELDS if before[name] != getattr(profile, name)]
        if changed:
            _save(profile, actor, now, name="business_profile.updated", changed=changed)
    return profile


def business_profile_set_logo(*, profile_id: UUID, content: bytes, actor: Actor, now: datetime) -> BusinessProfile:
    """Keeps a picture, written anew as PNG, as the logo. Raises FileRefused."""
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    stored = files.store(content=logo_png(content), name="logo.png", content_type="image/png", profile_id=profile_id)
    return _change_logo(profile_id, stored, actor, now)


def business_profile_remove_logo(*, profile_id: UUID, actor: Actor, now: datetime) -> BusinessProfile:
    """Leaves the profile without a logo. Documents that were issued with it keep it."""
    return _change_logo(profile_id, None, actor, now)


def _change_logo(profile_id: UUID, logo: StoredFile | None, actor: Actor, now: datetime) -> BusinessProfile:
    with transaction.atomic():
        profile = _locked(profile_id, actor)
        if profile.logo != logo:
            profile.logo = logo
            _save(profile, actor, now, name="business_profile.updated", changed=["logo"])
    return profile


def _locked(profile_id: UUID, actor: Actor) -> BusinessProfile:
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    return business_profile_lock(profile_id)


def _put(profile: BusinessProfile, values: Mapping[str, Any]) -> None:
    unknown = sorted(set(values) - set(FIELDS))
    if unknown:
        raise ValidationFailed({name: [_("This field cannot be set.")] for name in unknown})
    for name, value in values.items():
        setattr(profile, name, value)


def _save(profile: BusinessProfile, actor: Actor, now: datetime, *, name: str, changed: list[str]) -> None:
    _check(profile)
    profile.save()
    events.record(
        name=name,
        subject=profile,
        label=profile.name,
        profile_id=profile.pk,
        actor=actor,
        now=now,
        data={"changed": changed},
    )


def _check(profile: BusinessProfile) -> None:
    """Raises ValidationFailed with every reason, field by field."""
    errors: dict[str, list[str]] = {}
    try:
        profile.full_clean()
    except ValidationError as refusal:
        errors = {name: list(reasons) for name, reasons in refusal.message_dict.items()}
    for field, reason in _own_reasons(profile).items():
        errors.setdefault(field, [reason])
    if errors:
        raise ValidationFailed(errors)


def _own_reasons(profile: BusinessProfile) -> dict[str, str]:
    limit, small, web = profile.approval_limit, profile.small_difference, profile.website
    fine = {
        "time_zone": (profile.time_zone in time_zones(), _("There is no such time zone.")),
        "currency": (profile.currency in CURRENCIES, _("There is no such currency.")),
        "country": (profile.country in COUNTRIES, _("There is no such country.")),
        "language": (profile.language in dict(settings.LANGUAGES), _("We do not speak this language yet.")),
        "website": (not web or web.startswith(("https://", "http://")), _("Begin the address with https://.")),
        "approval_limit": (limit is None or limit >= 0, _("Write an amount that is not negative.")),
        "small_difference": (small is None or small >= 0, _("Write an amount that is not negative.")),
        "portal_link_days": (
            1 <= profile.portal_link_days <= MOST_LINK_DAYS,
            _("Write a number of days from 1 to 3650."),
        ),
        "payment_terms_days": (
            profile.payment_terms_days <= MOST_TERM_DAYS,
            _("Write a number of days from 0 to 365."),
        ),
    }
    reasons = {field: reason for field, (holds, reason) in fine.items() if not holds}
    return reasons | {name: reason for name in NUMBER_FORMATS if (reason := _number_reason(profile, name))}


def _number_reason(profile: BusinessProfile, name: str) -> str:
    pattern, by_year = getattr(profile, name), name in NUMBERED_BY_YEAR
    reason = _format_reason(pattern, by_year=by_year)
    if not reason and by_year and profile.numbers_restart_yearly and "{year}" not in pattern:
        return _("Numbers that start again each year need {year} in them.")
    return reason


def _format_reason(pattern: str, *, by_year: bool) -> str:
    allowed = {"number", "year"} if by_year else {"number"}
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError:
        return _("The braces do not match.")
    names = [name for _text, name, _spec, _conversion in parts if name is not None]
    if names.count("number") != 1 or set(names) - allowed:
        words = " ".join(f"{{{name}}}" for name in sorted(allowed))
        return _("Use {number} once, and nothing else in braces but: %(words)s.") % {"words": words}
    if any(conversion or (spec and name != "number") for _text, name, spec, conversion in parts):
        return _("Only the number may have a width, like {number:04}.")
    return ""
