"""The farm: however many ask for a PDF at once, one renders it and the others wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from billing_assistant.core.models import StoredFile
from invoices.models import Invoice
from invoices.services import pdf_keeping
from invoices.services.documents import invoice_pdf
from tests.factories import customer, issued_invoice, seller

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


class Press:
    """Renders when it is told to, and counts."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.times = threading.Event(), threading.Event(), 0

    def render(self, *_document: Any) -> bytes:
        self.times += 1
        self.begun.set()
        assert self.may_end.wait(20)
        return b"%PDF-1.7 once"


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Press:
    made = Press()
    monkeypatch.setattr(pdf_keeping, "render_pdf", made.render)
    return made


def test_who_asks_while_a_pdf_is_rendered_waits_for_that_one(press: Press) -> None:
    invoice = issued_invoice(customer(seller()))
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(_closed(invoice_pdf), invoice.pk)
        assert press.begun.wait(20)
        others = [pool.submit(_closed(invoice_pdf), invoice.pk) for _ in range(3)]
        _until_waiting(3)
        press.may_end.set()
        kept = {one.result(20).pk for one in (first, *others)}
    assert (press.times, len(kept)) == (1, 1)
    assert Invoice.objects.get(pk=invoice.pk).pdf_id == kept.pop()


def test_a_rendering_that_fails_lets_the_next_one_try(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = issued_invoice(customer(seller()))

    def broken(*_document: Any) -> bytes:
        raise MemoryError

    monkeypatch.setattr(pdf_keeping, "render_pdf", broken)
    with pytest.raises(MemoryError):
        invoice_pdf(invoice_id=invoice.pk)
    monkeypatch.setattr(pdf_keeping, "render_pdf", press.render)
    press.may_end.set()
    assert invoice_pdf(invoice_id=invoice.pk).size > 0


def test_negative_control_without_the_lock_each_renders_for_itself(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = issued_invoice(customer(seller()))
    monkeypatch.setattr(pdf_keeping, "one_at_a_time", lambda _name: threading.Lock())
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(_closed(invoice_pdf), invoice.pk) for _ in range(2)]
        while press.times < 2:
            assert press.begun.wait(20)
        press.may_end.set()
        for one in asked:
            one.result(20)
    assert press.times == 2


def _closed(call: Callable[..., StoredFile]) -> Callable[[UUID], StoredFile]:
    def run(invoice_id: UUID) -> StoredFile:
        try:
            return call(invoice_id=invoice_id)
        finally:
            connection.close()

    return run


def _until_waiting(count: int) -> None:
    for _turn in range(2_000):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            row = cursor.fetchone()
        if row and row[0] >= count:
            return
    raise AssertionError("They do not wait.")
