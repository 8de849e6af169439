"""Figures about customers as pages ask for them: read at once while that is quick, else kept and renewed behind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.queue import enqueue
from billing_assistant.core.rights import Right
from billing_assistant.shell.selectors.customer_figures import Figures, figures_read
from billing_assistant.shell.selectors.figure_periods import PeriodWord

KEPT_FROM: Final = 20_000
FRESH_FOR: Final = timedelta(minutes=10)
KEPT_FOR: Final = timedelta(days=2)
RENEW_EVERY: Final = timedelta(minutes=2)
RENEW: Final = "shell.renew_customer_figures"


def figures_for(
    actor: Actor, *, profile: BusinessProfile, currency: str, word: PeriodWord, now: datetime, anew: bool = False
) -> Figures:
    """The figures of a business profile; `as_of` says how old they are.

    Over fewer than KEPT_FROM invoices they are of this moment. Over more they are kept: up to FRESH_FOR they are given
    as they are, older ones too while a worker renews them. `anew` reads them now in any case.
    Raises PermissionRefused, and NotFound for another profile.
    """
    actor.require(Right.REPORTS_VIEW)
    actor.require_profile(profile.pk)
    kept: Figures | None = None if anew else cache.get(_key(profile, currency, word))
    if kept is None:
        return figures_renew(profile, currency=currency, word=word, now=now)
    if now - kept.as_of > FRESH_FOR and cache.add(f"{_key(profile, currency, word)}:asked", 1, _seconds(RENEW_EVERY)):
        enqueue(RENEW, profile_id=str(profile.pk), currency=currency, period=word.value)
    return kept


def figures_renew(profile: BusinessProfile, *, currency: str, word: PeriodWord, now: datetime) -> Figures:
    """Reads the figures, and keeps them where they are of many invoices."""
    figures = figures_read(profile, currency=currency, word=word, now=now)
    if figures.documents >= KEPT_FROM:
        cache.set(_key(profile, currency, word), figures, _seconds(KEPT_FOR))
    return figures


def _key(profile: BusinessProfile, currency: str, word: PeriodWord) -> str:
    return f"customers.figures.1:{profile.pk}:{currency}:{word.value}"


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)
