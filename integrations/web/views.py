"""Webhooks in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing_assistant.core import clock
from billing_assistant.core.access import HOOK, accessible
from billing_assistant.core.errors import DomainError
from integrations.services.webhooks import webhook_receive

MAX_BYTES: Final = 256 * 1024
log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
@accessible(HOOK)
def hook(request: HttpRequest, vendor: str) -> HttpResponse:
    """Takes a vendor's event: 200 once it is kept (also when we had it), else a bare 4xx or 503 without a reason."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MAX_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = request.body
    if len(body) > MAX_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        is_new = webhook_receive(vendor=vendor, headers=request.headers, body=body, now=clock.now())
    except DomainError as error:
        log.warning("webhook.refused", vendor=vendor, code=error.code)
        return HttpResponse(status=error.status)
    return HttpResponse("ok" if is_new else "seen", content_type="text/plain")
