"""Webhooks in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing_assistant.core import clock
from billing_assistant.core.access import HOOK, accessible
from billing_assistant.core.errors import DomainError
from integrations.ports.payments import WebhookCall
from integrations.services.webhooks import webhook_receive

MAX_BYTES: Final = 256 * 1024
log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
@accessible(HOOK)
def hook(request: HttpRequest, vendor: str, connection_id: UUID | None = None, secret: str = "") -> HttpResponse:
    """Takes a vendor's event: 200 once it is kept (also when we had it), else a bare 4xx or 503 without a reason.

    Without a connection all those of the vendor are tried.
    """
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MAX_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = request.body
    if len(body) > MAX_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        call = WebhookCall(headers=request.headers, body=body, now=clock.now(), secret=secret)
        received = webhook_receive(vendor=vendor, call=call, connection_id=connection_id)
    except DomainError as error:
        log.warning("webhook.refused", vendor=vendor, code=error.code)
        return HttpResponse(status=error.status)
    if received.answer is not None:
        return HttpResponse(received.answer, content_type="application/json")
    return HttpResponse("ok" if received.is_new else "seen", content_type="text/plain")
