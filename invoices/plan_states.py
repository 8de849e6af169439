"""Words of recurring plans: how often they bill, what they make, and where they stand."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing_assistant.core.states import Status


class PlanUnit(Status):
    WEEK = "week", _("Week"), "neutral", "calendar"
    MONTH = "month", _("Month"), "neutral", "calendar"
    YEAR = "year", _("Year"), "neutral", "calendar"


def every_words(unit: PlanUnit, every: int) -> str:
    """How often, in the reader's language: every month, every 2 weeks."""
    if unit == PlanUnit.WEEK:
        words = ngettext("every week", "every %(n)s weeks", every)
    elif unit == PlanUnit.MONTH:
        words = ngettext("every month", "every %(n)s months", every)
    else:
        words = ngettext("every year", "every %(n)s years", every)
    return words % {"n": every}


class PlanTiming(Status):
    """Whether a period is billed when it begins or when it is over."""

    ADVANCE = "advance", _("At the start of the period"), "neutral", "calendar-time"
    ARREARS = "arrears", _("When the period is over"), "neutral", "calendar-time"


class PlanMakes(Status):
    """What the billing run makes of a period."""

    DRAFT = "draft", _("A draft"), "neutral", "pencil"
    ISSUE = "issue", _("An invoice"), "info", "file-invoice"
    SEND = "send", _("An invoice that is sent"), "info", "send"


class PlanStatus(Status):
    ACTIVE = "active", _("Active"), "success", "repeat"
    PAUSED = "paused", _("Paused"), "warning", "clock-pause"
    PARKED = "parked", _("Needs a person"), "danger", "alert-triangle"
    ENDED = "ended", _("Ended"), "neutral", "circle-minus"


PLAN_TRANSITIONS: Final = {
    PlanStatus.ACTIVE: frozenset({PlanStatus.PAUSED, PlanStatus.PARKED, PlanStatus.ENDED}),
    PlanStatus.PAUSED: frozenset({PlanStatus.ACTIVE, PlanStatus.ENDED}),
    PlanStatus.PARKED: frozenset({PlanStatus.ACTIVE, PlanStatus.PAUSED, PlanStatus.ENDED}),
    PlanStatus.ENDED: frozenset[PlanStatus](),
}


class PeriodOutcome(Status):
    INVOICED = "invoiced", _("Invoiced"), "success", "file-check"
    DRAFTED = "drafted", _("Drafted"), "info", "pencil"
    SKIPPED = "skipped", _("Skipped"), "neutral", "circle-minus"


class RunState(Status):
    RUNNING = "running", _("Running"), "info", "refresh"
    DONE = "done", _("Done"), "success", "circle-check"


class RunCause(Status):
    CLOCK = "clock", _("By the clock"), "neutral", "clock"
    PERSON = "person", _("By a person"), "neutral", "user"
