"""List pages over large books: server time and how often the database is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import connection
from django.test import Client
from django.urls import reverse

from billing_assistant.ledger.books import check_books
from billing_assistant.shell.bench import books
from billing_assistant.shell.bench.rows import Row, figure, time_rows, timed
from billing_assistant.shell.bench.setting import Setting
from customers.models import Customer

VISITS: Final = 40
CUSTOMERS: Final = 2_000
BOOKS: Final = 100_000
LARGE_BOOKS: Final = 1_000_000


def pages(setting: Setting, *, large: bool) -> list[Row]:
    """Pages over 100,000 invoices, or a million with --scale; and whether such books tie."""
    total = LARGE_BOOKS if large else BOOKS
    _customers(setting)
    filling = timed(1, lambda _: books.fill(setting, total))
    checking = timed(1, lambda _: _tie())
    rows = [
        Row("books filled for the pages", total, figure(filling.seconds[0]), "s"),
        Row("books checked", total, figure(checking.seconds[0]), "s"),
    ]
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(setting.user)
    for name, url in _urls():
        rows += _visited(client, f"{name} at {total:,} invoices", url)
    return rows


def _customers(setting: Setting) -> None:
    rows = [
        Customer(profile=setting.profile, number=f"MANY-{index:05}", name=f"Company {index:05} Ltd", currency="KES")
        for index in range(CUSTOMERS)
    ]
    Customer.objects.bulk_create(rows)


def _tie() -> None:
    violations = check_books()
    if violations:
        raise RuntimeError("; ".join(str(violation) for violation in violations[:5]))


def _urls() -> Iterator[tuple[str, str]]:
    invoices, customers = reverse("invoices:list"), reverse("customers:list")
    yield "invoice list", invoices
    yield "invoice list, overdue", f"{invoices}?status=overdue"
    yield "invoice list, by number", f"{invoices}?q=BULK-00012"
    yield "invoice list, by customer", f"{invoices}?q=Company 00042"
    yield "customer list", customers
    yield "customer list, by balance", f"{customers}?sort=-outstanding"


def _visited(client: Client, name: str, url: str) -> list[Row]:
    for _ in range(3):
        _good(client, url)
    asked = _Asked()
    with connection.execute_wrapper(asked):
        _good(client, url)
    times = timed(VISITS, lambda _: _good(client, url))
    return [*time_rows(name, times), Row(f"{name}, queries", 1, figure(asked.times), "queries")]


class _Asked:
    """Counts the statements that go to the database."""

    times = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:  # noqa: FBT001 -- as Django calls it
        self.times += 1
        return execute(sql, params, many, context)


def _good(client: Client, url: str) -> None:
    answer = client.get(url)
    if answer.status_code != 200:  # noqa: PLR2004
        raise RuntimeError(f"{url} answered {answer.status_code}.")
