"""Pages by key: complete, in order, forth and back, whatever the cursor says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_assistant.core.clock import now
from billing_assistant.core.keyset import page_of
from billing_assistant.core.models import Notice
from tests import factories

pytestmark = pytest.mark.django_db
ORDERS = [("-created_at", "-id"), ("tone", "-created_at", "id"), ("text", "id"), ("-id",)]


def fill(tones: list[str]) -> None:
    person = factories.user()
    Notice.objects.all().delete()
    start = now()
    Notice.objects.bulk_create(
        [
            Notice(user=person, key=str(n), tone=tone, text=tone * 2, created_at=start - timedelta(minutes=n // 2))
            for n, tone in enumerate(tones)
        ]
    )


@pytest.mark.parametrize("order", ORDERS)
@given(tones=st.lists(st.sampled_from("abc"), max_size=12), size=st.integers(1, 5))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_on_one_page_forth_and_back(order: tuple[str, ...], tones: list[str], size: int) -> None:
    fill(tones)
    rows, whole = Notice.objects.all(), list(Notice.objects.order_by(*order))
    pages, query = [], {"after": ""}
    while True:
        page = page_of(rows, order, query, size=size)
        pages.append(page)
        if not page.next_cursor:
            break
        query = {"after": page.next_cursor}
    assert [row for page in pages for row in page] == whole
    assert [(page.start, page.end) for page in pages if page] == [
        (first + 1, min(first + size, len(whole))) for first in range(0, len(whole), size)
    ]
    for index in range(len(pages) - 1, 0, -1):
        back = page_of(rows, order, {"before": pages[index].previous_cursor}, size=size)
        assert (list(back), back.start) == (list(pages[index - 1]), pages[index - 1].start)
        assert bool(back.previous_cursor) is (index > 1)
    assert not pages[0].previous_cursor


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "a.b.c",
        signing.dumps([["-id"], ["x"], 1], salt="another"),
        signing.dumps([["text"], ["x"], 1], salt="core.keyset"),
    ],
    ids=["empty", "no cursor", "no signature", "another salt", "another order"],
)
def test_a_cursor_of_somebody_else_leads_to_the_first_page(cursor: str) -> None:
    fill(["a", "b"])
    page = page_of(Notice.objects.all(), ("-id",), {"after": cursor}, size=1)
    assert (page.start, page.rows[0]) == (1, Notice.objects.order_by("-id").first())


def test_a_page_whose_rows_are_gone_leads_to_the_first() -> None:
    fill(["a", "b", "c"])
    cursor = page_of(Notice.objects.all(), ("id",), {}, size=1).next_cursor
    Notice.objects.exclude(key="0").delete()
    assert page_of(Notice.objects.all(), ("id",), {"after": cursor}, size=1).start == 1
