"""Calls to Stripe for one connection: the SDK, the three errors, the breaker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, Final

import stripe

from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import OutcomeUnknown, Rejected
from billing_assistant.core.redaction import one_line, redact_text
from integrations.breaker import Breaker
from integrations.stripe.reading import Unreadable, readable
from integrations.stripe.wire import Wire

PAGE: Final = 100
LATER: Final = timedelta(hours=1)
EARLIER: Final = timedelta(minutes=5)
_NO_RETRIES: Final = 0

Body = dict[str, Any]


class Declined(Rejected):
    """The bank refused a payment (402). `error` is Stripe's, as JSON."""

    def __init__(self, message: str, *, code: str, error: Body) -> None:
        super().__init__(message, status=402, code=code)
        self.error = error


class StripeApi:
    """`call(lambda sdk: sdk.v1…)` gives plain JSON. The secret key goes to the SDK and nowhere else."""

    def __init__(self, *, secret_key: str, base_url: str, breaker: Breaker) -> None:
        self._breaker = breaker
        self._secret_key = secret_key
        self._base_url = base_url

    def call(self, ask: Callable[[Any], Any]) -> Body:
        """One call. Raises Declined or another Rejected, Unavailable, OutcomeUnknown."""
        require_no_transaction()
        with self._breaker.guard():
            return _asked(lambda: ask(self._sdk))

    @cached_property
    def _sdk(self) -> Any:
        """Made with the first call: most pages only want to know what can be done here."""
        stripe.enable_telemetry = False
        return stripe.StripeClient(
            self._secret_key or "missing",
            base_addresses={"api": self._base_url},
            max_network_retries=_NO_RETRIES,
            http_client=Wire(self._base_url),
        )

    def listed(self, ask: Callable[[Any, Body], Any], **filters: Any) -> Iterator[Body]:
        """Every object of a list, page by page, the newest first as Stripe gives them."""
        given = {"limit": PAGE, **filters}
        while True:
            rows, is_last = _page(self.call(partial(_with, ask, given)))
            yield from rows
            if is_last:
                return
            given = {**given, "starting_after": rows[-1]["id"]}


def _with(ask: Callable[[Any, Body], Any], given: Body, sdk: Any) -> Any:
    return ask(sdk, given)


@readable
def _page(body: Body) -> tuple[list[Body], bool]:
    rows = [dict(each) for each in body["data"]]
    return rows, not (body["has_more"] and rows)


def keyed(idempotency_key: str) -> Any:
    """The SDK's option that makes a repeat harmless."""
    return {"idempotency_key": idempotency_key}


def around(since: datetime) -> Body:
    """A filter for what was made at a moment or within the hour after."""
    return between(since - EARLIER, since + LATER)


def between(since: datetime, until: datetime) -> Body:
    """A filter for what was made from `since` on and before `until`."""
    return {"gte": int(since.timestamp()), "lt": int(until.timestamp())}


def _asked(ask: Callable[[], Any]) -> Body:
    try:
        answer = ask()
    except stripe.CardError as error:
        raise Declined(_words(error), code=_code(error), error=_error_of(error)) from error
    except stripe.APIConnectionError as error:
        raise OutcomeUnknown("No answer could be read.") from error
    except stripe.StripeError as error:
        if error.http_status and 400 <= error.http_status < 500:  # noqa: PLR2004
            raise Rejected(_words(error), status=error.http_status, code=_code(error)) from error
        raise Unreadable from error
    if not isinstance(answer, stripe.StripeObject):
        raise Unreadable
    return answer.to_dict()


def _error_of(error: stripe.StripeError) -> Body:
    found = error.json_body.get("error") if isinstance(error.json_body, dict) else None
    return found if isinstance(found, dict) else {}


def _code(error: stripe.StripeError) -> str:
    found = _error_of(error)
    return str(found.get("decline_code") or found.get("code") or found.get("type") or "")


def _words(error: stripe.StripeError) -> str:
    """What Stripe says, with what may be a secret taken out."""
    said = _error_of(error).get("message") or type(error).__name__
    return one_line(redact_text(str(said)))[:200]
