"""Every page with a form, sent with nothing in it: what is refused is never answered with 200."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.internal.flows import reauthentication
from django.core.cache import cache
from django.forms import BaseForm, BaseFormSet
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from billing_assistant.core.access import Kind
from billing_assistant.core.rights import Role
from tests import factories
from tests.access.conftest import client_browser, staff_browser
from tests.access.objects import World, Worlds
from tests.access.walking import complaints, stops

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


def test_a_form_that_is_refused_is_no_success(worlds: Worlds) -> None:
    world = worlds.own
    visitors = {
        Kind.STAFF: staff_browser(Role.ADMIN, world),
        Kind.CLIENT: client_browser(world),
        Kind.PUBLIC: Client(),
        Kind.SIGNED_LINK: Client(),
    }
    found, wrong = set(), []
    for kind, browser in visitors.items():
        for stop in stops(kind):
            url = stop.url(world)
            for address in (url, f"{url}?customer={world.customer.pk}"):
                page = browser.get(address)
                if page.status_code == 200 and _asks(page.context):
                    found.add(stop.route.name)
                    status = browser.post(address, {"nothing": "1"}).status_code
                    bare = browser.post(address).status_code
                    if not (400 <= status < 500 and 400 <= bare < 500):
                        wrong.append(f"{address} ({stop.route.name}): {status}, {bare}")
    assert not wrong, complaints(wrong)
    assert not FORMS - found, sorted(FORMS - found)


def _asks(context: Any) -> bool:
    """Whether a page shows a form that is to be sent and cannot be left empty."""
    values = [value for layer in context or [] for each in getattr(layer, "dicts", [layer]) for value in each.values()]
    forms = [value for value in values if isinstance(value, BaseForm | BaseFormSet) and not value.is_bound]
    return any(isinstance(form, BaseFormSet) or any(f.required for f in form.fields.values()) for form in forms)


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
