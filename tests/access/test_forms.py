"""Every page with a form: all that it asks for is shown, and sent with nothing in it, it is never answered with 200."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.account.internal.flows import reauthentication
from django.core.cache import cache
from django.core.handlers import wsgi
from django.forms import CharField, Form
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from billing_assistant.core.access import Kind
from billing_assistant.core.rights import Role
from tests import factories
from tests.access.conftest import client_browser, staff_browser
from tests.access.form_looks import NotedQuery, asks, forms_of, lost
from tests.access.objects import World, Worlds
from tests.access.walking import NOT_ALLOWED, Stop, complaints, stops, written
from tests.support.nested import inside

FORMS = {
    "ai:generate",
    "customers:contact_edit",
    "customers:contact_new",
    "customers:edit",
    "customers:new",
    "demo_gateway:page",
    "invoices:draft_edit",
    "invoices:draft_new",
    "imports:columns",
    "imports:list",
    "invoices:void",
    "payments:new",
    "shell:api_key_new",
    "shell:approval",
    "shell:business_profile",
    "shell:business_profile_new",
    "shell:person",
    "shell:person_new",
}
"""Some pages that have to be among those that the walk finds."""
TAKE_A_CUSTOMER = {"invoices:billable_new", "invoices:draft_new", "invoices:plan_new", "payments:new"}
"""Some that have to be among those that were sent with a customer in their address."""


@pytest.mark.slow
def test_pages_open_show_what_they_ask_for_and_refuse_a_form_with_nothing_in_it(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an administrator, a client and a stranger see: `test_matrix` counts on it that all these pages are opened.

    A field that nobody can fill in is refused for ever, or emptied; a form inside another one is dropped by browsers.
    Pages that look for a customer in their address are opened with one, too.
    """
    monkeypatch.setattr(wsgi, "QueryDict", NotedQuery)
    walked = _Walked(worlds.own)
    for kind, browser in _visitors(worlds.own).items():
        for stop in stops(kind):
            url = stop.url(worlds.own)
            NotedQuery.asked.clear()
            page = walked.opens(browser, stop, url)
            walked.shows(page, stop, url)
            walked.refuses(browser, page, stop, url)
            if "customer" in NotedQuery.asked:
                url += f"?customer={worlds.own.customer.pk}"
                walked.refuses(browser, walked.opens(browser, stop, url), stop, url)
    assert not walked.wrong, complaints(walked.wrong)
    assert not FORMS - walked.asking, sorted(FORMS - walked.asking)
    assert walked.with_a_customer >= TAKE_A_CUSTOMER
    assert walked.forms > 100


def _visitors(world: World) -> dict[Kind, Client]:
    return {
        Kind.STAFF: staff_browser(Role.ADMIN, world),
        Kind.CLIENT: client_browser(world),
        Kind.PUBLIC: Client(),
        Kind.SIGNED_LINK: Client(),
    }


@dataclass
class _Walked:
    """What was found on the way from page to page."""

    world: World
    wrong: list[str] = field(default_factory=list)
    asking: set[str] = field(default_factory=set)
    with_a_customer: set[str] = field(default_factory=set)
    forms: int = 0

    def opens(self, browser: Client, stop: Stop, url: str) -> Any:
        """Gets a page, which is well and writes nothing."""
        with written() as tables:
            page = browser.get(url)
        if stop.rule.kind is Kind.STAFF and (page.status_code not in {200, 204, 302, NOT_ALLOWED} or tables):
            self.wrong.append(f"GET {url} ({stop.route.name}): {page.status_code}, wrote {sorted(tables)}")
        return page

    def shows(self, page: Any, stop: Stop, url: str) -> None:
        """Every field of a form has a control on the page of staff or a client, and no form is inside another one."""
        if page.status_code != 200 or page.streaming or stop.rule.kind not in {Kind.STAFF, Kind.CLIENT}:
            return
        text = page.content.decode(errors="replace")
        if nested := inside(text):
            self.wrong.append(f"{url} ({stop.route.name}): {', '.join(nested)} inside another form")
        for form in forms_of(page.context):
            self.forms += 1
            if missing := lost(form, text, stop.route.name):
                self.wrong.append(f"{url} ({stop.route.name}): {type(form).__name__} without {', '.join(missing)}")

    def refuses(self, browser: Client, page: Any, stop: Stop, url: str) -> None:
        """A form that cannot be left empty is answered with 4xx when it is."""
        if page.status_code != 200 or not asks(page.context):
            return
        self.asking.add(stop.route.name)
        if "?customer=" in url:
            self.with_a_customer.add(stop.route.name)
        status = browser.post(url, {"nothing": "1"}).status_code
        bare = browser.post(url).status_code
        if not (400 <= status < 500 and 400 <= bare < 500):
            self.wrong.append(f"POST {url} ({stop.route.name}): {status}, {bare}")


def test_negative_control_a_form_inside_a_form_is_found() -> None:
    assert inside('<form action="/a"><p></p></form><form action="/b"></form>') == []
    assert inside('<form action="/a"><div><form action="/b"><input></form></div></form>') == ["/b"]


def test_negative_control_a_field_without_a_control_is_found() -> None:
    class Name(Form):
        first, last = CharField(), CharField()

    assert lost(Name(), '<input name="first">', "x") == ["last"]
    assert asks([{"form": Name()}])


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_request_login_code",
        "account_reset_password",
        "account_change_password",
        "account_reauthenticate",
        "mfa_activate_totp",
    ],
)
def test_the_pages_of_signing_in_refuse_with_a_4xx(name: str, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(reauthentication, "is_reauthentication_required", lambda *_args, **_kwargs: False)
    person = factories.user(Role.FINANCE)
    person.set_password("a long enough phrase")
    person.save()
    browser = Client()
    if name not in {"account_login", "account_request_login_code", "account_reset_password"}:
        browser.post(reverse("account_login"), {"login": person.username, "password": "a long enough phrase"})
    assert browser.get(reverse(name)).status_code == 200
    answer = browser.post(reverse(name), {"nothing": "1"})
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_a_code_that_is_wrong_is_refused_with_a_4xx(db: None) -> None:
    cache.clear()
    person, browser = factories.user(Role.FINANCE), Client()
    asked = browser.post(reverse("account_request_login_code"), {"email": person.email})
    assert asked.status_code == 302
    assert browser.post(asked["Location"], {"code": "wrong"}).status_code == 422


def test_a_persons_own_request_is_refused_in_words(worlds: Worlds) -> None:
    world: World = worlds.own
    stop = next(stop for stop in stops(Kind.STAFF) if stop.route.name == "shell:approval")
    url = stop.url(world)
    browser = staff_browser(Role.ADMIN, world)
    approval = world.kept["approval"]
    approval.requested_by = world.kept["visitor"]
    approval.save(update_fields=["requested_by"])
    with override("en"):
        answer = browser.post(url, {"decision": "approve"})
    assert answer.status_code == 422
    approval.refresh_from_db()
    assert approval.status == "waiting"
