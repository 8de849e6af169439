"""Number series: added by administrators, chosen on drafts, one the default of each kind of document."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.locks import business_profile_lock
from billing_assistant.core.models.profiles import PATTERN
from billing_assistant.core.rights import Right
from invoices.models import NumberSeries
from invoices.states import InvoiceKind

CODE: Final = re.compile(r"[A-Z][A-Z0-9-]{0,19}")
LONGEST_PATTERN: Final = 40
LONGEST_NUMBER: Final = 60
_PLACE: Final = re.compile(r"\{number(?::0\d)?\}")


def series_add(
    *,
    profile_id: UUID,
    code: str,
    kind: InvoiceKind,
    pattern: str,
    restarts_yearly: bool,
    is_default: bool = False,
    actor: Actor,
    now: datetime,
) -> NumberSeries:
    """Adds a series whose numbers cannot meet those of another.

    Raises PermissionRefused, NotFound, ValidationFailed.
    """
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    with transaction.atomic():
        profile = business_profile_lock(profile_id)
        series = NumberSeries(
            created_at=now,
            profile=profile,
            code=code.strip().upper(),
            kind=kind,
            pattern=pattern.strip(),
            restarts_yearly=restarts_yearly,
            is_default=False,
            follows_profile=False,
        )
        _check(series)
        series.save(force_insert=True)
        _record("number_series.added", series, actor, now)
        if is_default:
            _make_default(series, actor, now)
    return series


def series_make_default(*, series_id: UUID, actor: Actor, now: datetime) -> NumberSeries:
    """Has drafts that name no series take their number from this one. Raises PermissionRefused, NotFound."""
    actor.require(Right.SETTINGS_EDIT)
    with transaction.atomic():
        profile_id = NumberSeries.objects.filter(pk=series_id).values_list("profile_id", flat=True).first()
        if profile_id is None or not actor.can_see(profile_id):
            raise NotFound(_("There is no such number series."))
        business_profile_lock(profile_id)
        series = NumberSeries.objects.select_related("profile").get(pk=series_id)
        if not series.in_gap_report:
            raise ValidationFailed({"series": [_("Imported documents have this series for themselves.")]})
        if not series.is_default:
            _make_default(series, actor, now)
    return series


def _make_default(series: NumberSeries, actor: Actor, now: datetime) -> None:
    others = NumberSeries.objects.filter(profile=series.profile, kind=series.kind, is_default=True)
    for other in others:
        other.is_default = False
        other.save(update_fields=["is_default"])
    series.is_default = True
    series.save(update_fields=["is_default"])
    _record("number_series.made_default", series, actor, now)


def _check(series: NumberSeries) -> None:
    errors: dict[str, list[str]] = {}
    others = list(NumberSeries.objects.filter(profile=series.profile))
    if not CODE.fullmatch(series.code):
        errors["code"] = [_("A code is letters, digits and dashes, like EXPORT, at most 20.")]
    elif any(other.code == series.code for other in others):
        errors["code"] = [_("There is a series with this code already.")]
    if fault := _pattern_fault(series):
        errors["pattern"] = [fault]
    elif any(_shape(other.pattern) == _shape(series.pattern) for other in others):
        errors["pattern"] = [_("Another series gives the same numbers. Choose another beginning.")]
    if errors:
        raise ValidationFailed(errors)


def _pattern_fault(series: NumberSeries) -> str:
    try:
        PATTERN(series.pattern)
        example = series.number(year=2026, sequence=1)
    except (ValidationError, KeyError, IndexError, ValueError):
        return _("A number format needs {number} and has no slash or space.")
    if len(series.pattern) > LONGEST_PATTERN or len(example) > LONGEST_NUMBER:
        return _("Write at most %(n)s characters.") % {"n": LONGEST_PATTERN}
    if series.restarts_yearly and "{year}" not in series.pattern:
        return _("Numbers that start again each year need {year} in their format.")
    return ""


def _shape(pattern: str) -> str:
    """A pattern without how wide its number is written: patterns of one shape give the same numbers."""
    return _PLACE.sub("{number}", pattern).upper()


def _record(name: str, series: NumberSeries, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=series,
        actor=actor,
        now=now,
        profile_id=series.profile_id,
        label=series.code,
        data={"pattern": series.pattern, "kind": series.kind},
    )
