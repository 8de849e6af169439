"""What the worker does for the pages of the whole."""

from __future__ import annotations

from uuid import UUID

from billing_assistant.core.clock import now
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.queue import task
from billing_assistant.shell.selectors.customer_figures_kept import RENEW, figures_renew
from billing_assistant.shell.selectors.figure_periods import PeriodWord
from billing_assistant.shell.services.retention import retention_run


@task("shell.apply_retention")
def apply_retention() -> None:
    """Forgets what is past its time in every business profile, and proposes customers nobody uses for erasure."""
    retention_run(now=now())


@task(RENEW)
def renew_customer_figures(profile_id: str, currency: str, period: str) -> None:
    """Reads the figures about the customers of a business profile and keeps them."""
    profile = BusinessProfile.objects.get(pk=UUID(profile_id))
    figures_renew(profile, currency=currency, word=PeriodWord(period), now=now())
