"""Webhook intake with signature and stored raw event, beside a bare view that checks an HMAC and inserts a row."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from billing_assistant.core.clock import now
from billing_assistant.core.ids import uuid7
from billing_assistant.shell.bench.rows import Row, Times, rate_row, time_rows, timed
from billing_assistant.shell.bench.setting import Setting
from integrations import registry
from integrations.demo_gateway.keys import SIGNATURE_HEADER, webhook_secret
from integrations.web.views import hook
from integrations.webhook_signatures import sign

EVENTS: Final = 500
BLOCK: Final = 50
"""So many of ours, then so many bare ones, in turn: a machine that is slower for a while is so for both."""


def intake(_setting: Setting) -> list[Row]:
    """Events of the demo gateway, each new; without DEMO there is no gateway to measure with."""
    if not registry.built_in():
        return []
    factory = RequestFactory()
    bodies = [_body() for _ in range(EVENTS + 10)]
    requests = [
        factory.post(
            "/hooks/demo/",
            body,
            content_type="application/json",
            headers={SIGNATURE_HEADER: sign(secret=webhook_secret(), body=body, at=now())},
        )
        for body in bodies
    ]
    for request in requests[EVENTS:]:
        _expect(hook(request, vendor="demo"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_event (id text PRIMARY KEY, body bytea)")
    plain = [factory.post("/bare/", body, content_type="application/json") for body in bodies]
    ours, bare = Times(), Times()
    for begin in range(0, EVENTS, BLOCK):
        ours += _block(requests[begin : begin + BLOCK], partial(hook, vendor="demo"))
        bare += _block(plain[begin : begin + BLOCK], _bare_view)
    return [rate_row("webhooks taken in", EVENTS, ours.rate, bare.rate), *time_rows("take in one webhook", ours)]


def _block(requests: Sequence[HttpRequest], view: Callable[[HttpRequest], HttpResponse]) -> Times:
    return timed(len(requests), lambda index: _expect(view(requests[index])))


def _body() -> bytes:
    event = {
        "id": f"evt_{uuid7().hex}",
        "type": "payment.succeeded",
        "account": "bench",
        "created": 0,
        "data": {"object": "payment", "id": f"pay_{uuid7().hex}"},
    }
    return json.dumps(event).encode()


def _bare_view(request: HttpRequest) -> HttpResponse:
    """The least that such a view can do: verify, insert, answer."""
    body = request.body
    digest = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(digest, digest):
        return HttpResponse(status=401)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_event VALUES (%s, %s)", [json.loads(body)["id"], body])
    return HttpResponse("ok")


def _expect(answer: HttpResponse) -> None:
    if answer.status_code != 200:  # noqa: PLR2004
        raise RuntimeError(f"The view answered {answer.status_code}.")
