"""Figures for whoever watches us, in the text format of Prometheus at `/metrics`.

Apps register what they can say; a figure is read when it is asked for, from the database, so that it does not matter
which process answers. Without `METRICS_TOKEN` there is no such page.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing_assistant.core.access import PUBLIC, accessible

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, int | Decimal]


@dataclass(frozen=True, slots=True)
class Metric:
    """A family of figures. `read` gives a value for each set of labels."""

    name: str
    kind: Literal["counter", "gauge"]
    text: str
    read: Callable[[], Iterable[Sample]]


_metrics: dict[str, Metric] = {}


def metric_register(metric: Metric) -> None:
    """Adds a family of figures (from an app's `ready`). Raises ValueError for a name that is taken."""
    if metric.name in _metrics:
        raise ValueError(f"Two metrics are named {metric.name}.")
    _metrics[metric.name] = metric


@accessible(PUBLIC)
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures, for who has the token; 404 for everybody else, as if there were none."""
    said = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    token = str(settings.METRICS_TOKEN).encode()
    if not token or not hmac.compare_digest(said, token):
        return HttpResponse(status=404)
    return HttpResponse("".join(_family(metric) for metric in _metrics.values()), content_type=CONTENT_TYPE)


def _family(metric: Metric) -> str:
    lines = [f"# HELP {metric.name} {metric.text}", f"# TYPE {metric.name} {metric.kind}"]
    lines += [f"{metric.name}{_labelled(labels)} {value}" for labels, value in metric.read()]
    return "\n".join(lines) + "\n"


def _labelled(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
