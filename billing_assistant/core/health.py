"""For whoever watches us: `/healthz` says that the process lives, `/readyz` that its engines answer too."""

from __future__ import annotations

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from billing_assistant.core.access import PUBLIC, accessible

UNAVAILABLE = 503


@accessible(PUBLIC)
@never_cache
@require_safe
def alive(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@accessible(PUBLIC)
@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """503 with the names of the engines that do not answer; never why, as anybody may ask."""
    checks = {"database": _database_answers(), "queue": _queue_answers()}
    ok = all(checks.values())
    return JsonResponse({"status": "ok" if ok else "unavailable", "checks": checks}, status=200 if ok else UNAVAILABLE)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _queue_answers() -> bool:
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        return False
    return True
