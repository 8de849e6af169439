"""S03: nobody from outside marks money as received, at whatever address, with whatever is sent there."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from billing_assistant.core import exact_json
from billing_assistant.core.access import Kind
from payments.states import PaymentState
from tests.access.conftest import client_browser
from tests.access.objects import Worlds
from tests.access.walking import complaints, stops
from tests.payments.builders import pay

CLAIMS = {
    "amount": "100.00",
    "total": "100.00",
    "currency": "KES",
    "status": "succeeded",
    "state": "completed",
    "paid": "true",
    "payment_status": "paid",
    "method": "cash",
    "reference": "PAID",
    "received_on": "2026-03-02",
    "success": "1",
    "result": "success",
    "redirect_status": "succeeded",
    "token": "PAYERID",
    "PayerID": "X",
    "session_id": "cs_1",
    "payment_intent": "pi_1",
}
"""What somebody would send who wants to be believed."""
PROGRAMS = {Kind.API, Kind.HOOK}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SHORT = {
    Kind.STAFF: ("POST",),
    Kind.API: ("POST",),
    Kind.HOOK: METHODS,
}
"""Where neither visitor comes in (`test_matrix`), one stands for all."""
OF_PAGES = METHODS[:3]
"""A page has the first two and refuses the others alike. With --deep each address is tried with all of them."""


@pytest.mark.parametrize("visitor", ["stranger", "client"])
def test_no_address_takes_the_word_of_a_visitor_that_money_came(
    worlds: Worlds, visitor: str, request: pytest.FixtureRequest
) -> None:
    whole = request.config.getoption("--deep")
    browser = Client(raise_request_exception=False) if visitor == "stranger" else client_browser(worlds.own)
    addresses = [(stop, stop.url(worlds.own)) for stop in stops()]
    wrong, before = [], received()
    for stop, url in addresses:
        for method in METHODS if whole else SHORT.get(stop.rule.kind, OF_PAGES):
            status = claim(browser, method, url, stop.rule.kind).status_code
            if status >= 500 and stop.rule.kind is not Kind.HOOK:
                wrong.append(f"{method} {url}: {status}")
        before, earlier = received(), before
        if before != earlier:
            wrong.append(f"{url} ({stop.route.name}) took money")
    assert not wrong, complaints(wrong)


def claim(browser: Client, method: str, url: str, kind: Kind) -> Any:
    """One request that says that money came: in the address, in a form, or as JSON."""
    if method == "GET":
        return browser.get(url, CLAIMS)
    if kind in PROGRAMS:
        return browser.generic(method, url, exact_json.dumps(CLAIMS), content_type="application/json")
    return browser.generic(
        method,
        url,
        "&".join(f"{name}={value}" for name, value in CLAIMS.items()),
        content_type="application/x-www-form-urlencoded",
    )


def received() -> tuple[int, int, int]:
    """What counts as money that came, was used, or was given back."""
    tables = ("payments_payment WHERE status = %s", "payments_allocation", "payments_refund")
    counts = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [PaymentState.COMPLETED])
        done, used, given_back = cursor.fetchone()
    return done, used, given_back


def test_negative_control_a_payment_that_is_recorded_is_seen(worlds: Worlds) -> None:
    before = received()
    pay(worlds.own.customer, "10.00")
    assert received() != before
