from __future__ import annotations

import pytest
from django.test import RequestFactory

from billing_assistant.core import navigation
from billing_assistant.core.context import frame
from billing_assistant.core.navigation import NavItem, links
from billing_assistant.core.rights import Right, Role
from tests import factories

ITEMS = (
    NavItem("Customers", "users", "customers:list", Right.CUSTOMERS_VIEW),
    NavItem("Gone", "x", "nowhere:list"),
    NavItem("Edit", "pencil", "customers:new", Right.CUSTOMERS_EDIT, ("/edits/",)),
)


def test_leaves_out_pages_that_do_not_exist_or_need_another_right() -> None:
    found = links(ITEMS, rights=frozenset({Right.CUSTOMERS_VIEW}))
    assert [link.label for link in found] == ["Customers"]


def test_the_entry_that_covers_the_path_best_is_the_present_one() -> None:
    rights = frozenset(Right)
    assert [link.active for link in links(ITEMS, rights=rights, path="/customers/new/")] == [False, True]
    assert [link.active for link in links(ITEMS, rights=rights, path="/customers/1/edit/")] == [True, False]
    assert [link.active for link in links(ITEMS, rights=rights, path="/edits/7/")] == [False, True]
    assert not any(link.active for link in links(ITEMS, rights=rights, path="/elsewhere/"))


def test_every_entry_has_an_icon_of_its_own_word() -> None:
    entries = [*navigation.PAGES, *navigation.NEW_THINGS]
    assert len({str(entry.label) for entry in entries}) == len(entries)


@pytest.mark.django_db
def test_a_client_gets_no_frame() -> None:
    request = RequestFactory().get("/")
    request.user = factories.user(Role.CLIENT)
    context = frame(request)
    assert context["frame"].links == []
    assert context["frame"].new_items == []
    assert not context["current_profile"]
    assert context["unread_notices"] == 0


@pytest.mark.django_db
def test_a_reader_is_offered_nothing_new() -> None:
    request = RequestFactory().get("/")
    request.user = factories.user(Role.READ_ONLY)
    assert frame(request)["frame"].new_items == []


def test_clients_begin_in_the_portal_and_staff_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "url_or_none", {"portal:home": "/portal/"}.get)
    assert navigation.start_url(Role.CLIENT) == "/portal/"
    assert navigation.start_url(Role.FINANCE) == "/"
    assert navigation.start_url(None) == "/"
