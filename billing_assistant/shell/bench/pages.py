"""Pages and lists over large books: server time and how often the database is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.urls import reverse

from billing_assistant.core.api.views import ApiView
from billing_assistant.core.keyset import page_of
from billing_assistant.shell.bench.rows import Times, timed
from billing_assistant.shell.bench.setting import Setting
from customers.models import Customer
from invoices.models import Invoice
from invoices.web.query import SORTS

WARM_UP: Final = 3
API_SKIPS: Final = (0, 1_000, 9_000)


@dataclass(frozen=True, slots=True)
class Address:
    """A page by its name in the report."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Visited:
    """How long the visits of a page took, and how many statements one of them sent."""

    address: Address
    times: Times
    queries: int


def visit_all(setting: Setting, total: int, visits: int, *, named: str = "") -> Iterator[Visited]:
    """Visits every page whose name has a text, warm, as an administrator who is signed in. Without the limit of calls
    a minute, which is kept for programs and would end the measurement."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(setting.user)
    with _unlimited():
        for address in addresses(setting, total):
            if named in address.name:
                yield _visit(client, address, visits)


def addresses(setting: Setting, total: int) -> Iterator[Address]:
    """The pages that are measured, over books with so many invoices."""
    yield from _invoice_pages(setting, total)
    yield from _invoice_calls(total)
    yield from _lists("draft", "invoices:draft_list", {"newest": {}, "by customer": {"q": "Company 00042"}})
    yield from _lists(
        "payment",
        "payments:list",
        {
            "newest": {},
            "unapplied": {"unapplied": "1"},
            "by reference, part": {"q": "7b52009b64"},
            "by customer, rare": {"q": "Company 00042"},
            "by customer, common": {"q": "Hotel"},
            "largest": {"sort": "-amount"},
            "one month": _month(setting),
        },
    )
    yield from _lists("message", "messages:list", {"newest": {}, "failed": {"status": "failed"}})
    yield from _customer_pages(setting)
    yield _page("home", "shell:home")
    yield _page("search, part of a number", "shell:search", q=_number(total // 3)[:-1])


def _invoice_pages(setting: Setting, total: int) -> Iterator[Address]:
    older = Invoice.objects.filter(profile=setting.profile, sequence__lte=total // 2)
    part = f"{total // 3:06}"[-6:]
    narrowed: dict[str, dict[str, str]] = {
        "newest": {},
        "deep by cursor": {"after": page_of(older, SORTS["-issued"], {}).next_cursor},
        "overdue": {"status": "overdue"},
        "paid": {"status": "paid"},
        "partly paid": {"status": "partially_paid"},
        "in a rare currency": {"currency": "UGX"},
        "one month": _month(setting),
        "largest": {"sort": "-total"},
        "overdue, oldest due": {"status": "overdue", "currency": "USD", "sort": "due"},
        "by customer, rare": {"q": "Company 00042"},
        "by customer, common": {"q": "Hotel"},
        "by customer, all": {"q": "Company"},
        "by customer, none": {"q": "Nobody at all"},
        "by number, exact": {"q": _number(total // 3)},
        "by number, part that few have": {"q": part},
        "by number, part that many have": {"q": "BULK-0000"},
        "by number, oldest that many have": {"q": _number(total // 10)[: -len(str(total // 10)) + 1]},
    }
    yield from _lists("invoice", "invoices:list", narrowed)


def _invoice_calls(total: int) -> Iterator[Address]:
    for skip in API_SKIPS:
        yield Address(f"API invoices, skip {skip:,}", f"/api/invoices?{urlencode({'limit': 50, 'skip': skip})}")
    narrowed = {
        "paid": {"status": "paid"},
        "overdue": {"status": "overdue"},
        "sent": {"status": "sent"},
        "currency": {"currency": "USD"},
        "number, part": {"search": f"{total // 3:06}"[-6:]},
        "large customer": {"customer_id": "MANY-00001"},
        "cursor": {"cursor": ""},
    }
    for name, query in narrowed.items():
        yield Address(f"API invoices, {name}", f"/api/invoices?{urlencode(query)}")
    for name in ("drafts", "payments", "customers", "customers/stats/summary"):
        yield Address(f"API {name}", f"/api/{name}")


def _customer_pages(setting: Setting) -> Iterator[Address]:
    yield from _lists(
        "customer",
        "customers:list",
        {
            "by name": {},
            "largest debt": {"sort": "-outstanding"},
            "last invoice": {"sort": "-last_invoice"},
            "overdue": {"payment_status": "overdue"},
            "owing": {"owing": "1"},
            "by name, rare": {"q": "Company 00042"},
            "by name, common": {"q": "Company"},
            "by e-mail": {"q": "office42@"},
            "by phone": {"q": "0700149982"},
        },
    )
    for size, number in (("usual", "MANY-00042"), ("large", "MANY-00001")):
        customer = Customer.objects.get(profile=setting.profile, number=number)
        for tab in ("detail", "invoices", "payments", "activity"):
            yield Address(f"customer, {size}, {tab}", reverse(f"customers:{tab}", args=[customer.pk]))
        yield Address(f"API customer, {size}", f"/api/customers/{number}")
    yield _page("customer figures", "customers:stats")


def _lists(noun: str, route: str, narrowed: dict[str, dict[str, str]]) -> Iterator[Address]:
    for name, query in narrowed.items():
        yield Address(f"{noun} list, {name}", f"{reverse(route)}?{urlencode(query)}")


def _page(name: str, route: str, **query: str) -> Address:
    return Address(name, f"{reverse(route)}?{urlencode(query)}" if query else reverse(route))


def _month(setting: Setting) -> dict[str, str]:
    until = setting.now.date() - timedelta(days=365)
    return {"since": (until - timedelta(days=30)).isoformat(), "until": until.isoformat()}


def _number(sequence: int) -> str:
    return f"BULK-{sequence:08}"


def _visit(client: Client, address: Address, visits: int) -> Visited:
    for _ in range(WARM_UP):
        _good(client, address.url)
    asked = _Asked()
    with connection.execute_wrapper(asked):
        _good(client, address.url)
    return Visited(address, timed(visits, lambda _: _good(client, address.url)), asked.times)


class _Asked:
    """Counts the statements that go to the database."""

    times = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:  # noqa: FBT001 -- as Django calls it
        self.times += 1
        return execute(sql, params, many, context)


def _good(client: Client, url: str) -> None:
    answer = client.get(url)
    if answer.status_code != 200:  # noqa: PLR2004
        raise RuntimeError(f"{url} answered {answer.status_code}: {answer.content[:300]!r}")


@contextmanager
def _unlimited() -> Iterator[None]:
    limits = ApiView.throttle_classes
    ApiView.throttle_classes = ()  # type: ignore[assignment]  # the library takes any sequence
    try:
        yield
    finally:
        ApiView.throttle_classes = limits
