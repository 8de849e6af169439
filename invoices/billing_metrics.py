"""What the billing run says to whoever watches it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Sum

from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.metrics import Metric, Sample, metric_register
from invoices.billing_selectors import due_count, lag_seconds, run_figures
from invoices.models import BillingChunk, BillingRun, Plan
from invoices.plan_states import PlanStatus
from invoices.services.billing_engine import engine_state


def _documents() -> Iterable[Sample]:
    sums = BillingChunk.objects.aggregate(
        invoiced=Sum("invoiced", default=0), drafted=Sum("drafted", default=0), parked=Sum("parked", default=0)
    )
    return [((("outcome", name),), count) for name, count in sums.items()]


def _last_run(figure: str) -> Callable[[], Iterable[Sample]]:
    def read() -> Iterable[Sample]:
        run = BillingRun.objects.order_by("-number").first()
        return [] if run is None else [((), getattr(run_figures(run), figure))]

    return read


metric_register(
    Metric("billing_plans_total", "counter", "Periods of plans that were billed, by what came of them.", _documents)
)
metric_register(
    Metric(
        "billing_plans_due", "gauge", "Plans that are due and not billed yet.", lambda: [((), due_count(clock_now()))]
    )
)
metric_register(
    Metric(
        "billing_lag_seconds",
        "gauge",
        "For how long the plan has waited that has waited longest.",
        lambda: [((), lag_seconds(clock_now()))],
    )
)
metric_register(
    Metric(
        "billing_plans_parked",
        "gauge",
        "Plans that need a person.",
        lambda: [((), Plan.objects.filter(status=PlanStatus.PARKED).order_by().count())],
    )
)
metric_register(
    Metric(
        "billing_engine_paused",
        "gauge",
        "1 while the engine is paused.",
        lambda: [((), int(engine_state().paused_at is not None))],
    )
)
metric_register(
    Metric("billing_run_seconds", "gauge", "How long the last run took, or has taken so far.", _last_run("seconds"))
)
metric_register(Metric("billing_run_rate", "gauge", "Documents a second of the last run.", _last_run("rate")))
