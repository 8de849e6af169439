"""Our side of the demo gateway: the port, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from django.utils.translation import gettext as _

from billing_assistant.core import exact_json
from billing_assistant.core.errors import Rejected, Unavailable
from integrations import webhook_signatures
from integrations.demo_gateway import client, keys
from integrations.demo_gateway.payloads import payment_of, request_body, session_of
from integrations.ports.payments import (
    Capabilities,
    Checked,
    CheckoutRequest,
    CheckoutSession,
    Environment,
    NoticeKind,
    ProviderPayment,
    WebhookCall,
    WebhookNotice,
    WebhookUnreadable,
)
from integrations.vendors import DEMO, vendor_label

NOT_FOUND: Final = 404
_KINDS: Final = {"payment": NoticeKind.PAYMENT, "session": NoticeKind.SESSION}


class DemoGateway:
    """The demo gateway behind the port. It knows the other side only through its API."""

    name = DEMO
    account = keys.ACCOUNT
    environment = Environment.TEST
    capabilities = Capabilities(hosted_page=True, find_by_key=True, expire=True, shortest_life=timedelta(minutes=5))

    @property
    def label(self) -> str:
        return vendor_label(self.name)

    def check(self) -> Checked:
        try:
            found = client.get("/account")
            return Checked(account=_word(found["id"]), label=self.label, environment=self.environment)
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("The gateway's answer could not be read.") from error

    def checkout_create(self, request: CheckoutRequest) -> CheckoutSession:
        return session_of(client.post("/sessions", request_body(request), idempotency_key=request.idempotency_key))

    def checkout_find(self, idempotency_key: str, *, since: datetime) -> CheckoutSession | None:
        found = client.get("/sessions", idempotency_key=idempotency_key)
        sessions = found.get("data") if isinstance(found, dict) else None
        return session_of(sessions[0]) if sessions else None

    def checkout_fetch(self, external_id: str) -> CheckoutSession:
        return session_of(client.get(f"/sessions/{_part(external_id)}"))

    def checkout_expire(self, external_id: str) -> CheckoutSession:
        path = f"/sessions/{_part(external_id)}/expire"
        return session_of(client.post(path, {}, idempotency_key=f"expire-{external_id}"))

    def checkout_payments(self, external_id: str) -> Sequence[ProviderPayment]:
        found = client.get(f"/sessions/{_part(external_id)}/payments")
        return [payment_of(each) for each in found["data"]]

    def payment_fetch(self, external_id: str) -> ProviderPayment:
        return payment_of(client.get(f"/payments/{_part(external_id)}"))

    def webhook_verify(self, call: WebhookCall) -> None:
        header = call.headers.get(keys.SIGNATURE_HEADER, "")
        webhook_signatures.verify(secret=keys.webhook_secret(), header=header, body=call.body, now=call.now)

    def webhook_notice(self, body: bytes) -> WebhookNotice:
        try:
            event = exact_json.loads(body)
            return WebhookNotice(
                event_id=_word(event["id"]),
                kind=_KINDS.get(event["data"]["object"], NoticeKind.OTHER),
                object_id=_word(event["data"]["id"]),
                account=_word(event["account"]),
                name=_word(event["type"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise WebhookUnreadable(_("The event cannot be read.")) from error


def _part(external_id: str) -> str:
    """An id as one part of a path, whatever is in it."""
    if not external_id or external_id in {".", ".."}:
        raise Rejected("An empty id cannot be asked for.", status=NOT_FOUND)
    return quote(external_id, safe="")


def _word(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 150:  # noqa: PLR2004 -- as long as the columns
        raise ValueError("a word is missing or too long")
    return value
