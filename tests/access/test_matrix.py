"""Every address, as everybody: who is let in, who is not, and that looking changes nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Final

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from billing_assistant.core.access import Kind
from billing_assistant.core.rights import ROLE_RIGHTS, STAFF_ROLES, Right, Role
from billing_assistant.core.routes import walk
from tests.access.conftest import client_browser, program, staff_browser
from tests.access.objects import POSTS, Worlds
from tests.access.walking import (
    NOT_ALLOWED,
    come,
    complaints,
    stops,
    unknown_parameters,
    written,
    wrong_worlds,
)
from tests.support.bare_admin import bare_admin
from tests.support.own_models import OURS

__all__ = ["bare_admin"]
STAFF: Final = sorted(STAFF_ROLES)
BETWEEN: Final = frozenset({Role.CSM, Role.FINANCE})
"""Roles that may more than read only and less than an administrator."""
LOGIN: Final = "/accounts/login/"
_ID: Final = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals are not worth a line each."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def test_every_address_has_a_rule() -> None:
    assert [str(route) for route in walk() if route.rule is None] == []


def test_every_parameter_has_a_maker() -> None:
    assert unknown_parameters() == []


def test_strangers_come_in_at_open_doors_only(worlds: Worlds) -> None:
    stranger, wrong = Client(raise_request_exception=False), []
    for stop in stops():
        url = stop.url(worlds.own)
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = come(stranger, method, url)
            status, goes = answer.status_code, answer.headers.get("Location", "")
            match stop.rule.kind:
                case Kind.STAFF | Kind.CLIENT | Kind.SIGNED_IN:
                    fine = status == NOT_ALLOWED or (status == 302 and goes.startswith(LOGIN))
                case Kind.API:
                    fine = status == 401
                case Kind.HOOK:
                    fine = 400 <= status < 500
                case _:
                    fine = status < 500
            if not fine:
                wrong.append(f"{method} {url} ({stop.rule.kind}): {status} {goes}")
    assert not wrong, complaints(wrong)


@pytest.mark.parametrize("role", STAFF)
def test_staff_see_what_their_role_may_see_and_nothing_else(worlds: Worlds, role: Role) -> None:
    """What an administrator may see is walked by `test_forms`."""
    browser, wrong = staff_browser(role, worlds.own), []
    for stop in stops(Kind.STAFF):
        for method in ("GET", "POST"):
            right = stop.rule.right_for(method)
            may = right is None or right in ROLE_RIGHTS[role]
            if may and (method == "POST" or role is Role.ADMIN or _seen_by_a_lesser_role(role, right)):
                continue
            url = stop.url(worlds.own)
            with written() as tables:
                status = come(browser, method, url).status_code
            fine = status in {200, 204, 302, NOT_ALLOWED} if may else status in {403, NOT_ALLOWED}
            if not fine or tables:
                wrong.append(f"{method} {url} needs {right}, may {may}: {status}, wrote {sorted(tables)}")
    assert not wrong, complaints(wrong)


@pytest.mark.parametrize("role", STAFF)
def test_programs_do_what_their_owners_role_may_and_nothing_else(worlds: Worlds, role: Role) -> None:
    caller, wrong = program(role, worlds.own), []
    for stop in stops(Kind.API):
        url = stop.url(worlds.own)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            known = method in (stop.rule.rights or {})
            right = stop.rule.right_for(method)
            may = right is None or right in ROLE_RIGHTS[role]
            if known and may and (method != "GET" or _seen_by_a_lesser_role(role, right)):
                continue
            if not known and role is not Role.READ_ONLY:
                continue
            with written() as tables:
                status = come(caller, method, url).status_code
            expected = NOT_ALLOWED if not known else (200 if may else 403)
            if status != expected or tables:
                wrong.append(f"{method} {url} needs {right}, may {may}: {status}, wrote {sorted(tables)}")
    assert not wrong, complaints(wrong)


def test_clients_have_no_page_of_staff_and_no_api(worlds: Worlds) -> None:
    browser, wrong = client_browser(worlds.own), []
    for stop in stops(Kind.STAFF, Kind.API):
        for method in ("GET", "POST"):
            url = stop.url(worlds.own)
            status = come(browser, method, url).status_code
            if status not in {403, NOT_ALLOWED}:
                wrong.append(f"{method} {url} ({stop.rule.kind}): {status}")
    assert not wrong, complaints(wrong)


def test_clients_see_of_the_portal_only_what_is_theirs(worlds: Worlds) -> None:
    browser, wrong = client_browser(worlds.own), []
    for stop in stops(Kind.CLIENT):
        for method in ("GET", "HEAD"):
            url = stop.url(worlds.own)
            with written() as tables:
                status = come(browser, method, url).status_code
            if status not in {200, 302, NOT_ALLOWED} or tables:
                wrong.append(f"{method} {url} (own): {status}, wrote {sorted(tables)}")
        for whose, world in (("neighbour", worlds.neighbour), ("foreign", worlds.foreign)):
            for method in ("GET", "POST") if stop.scoped else ():
                url = stop.url(world)
                status = come(browser, method, url).status_code
                if status not in {404, NOT_ALLOWED}:
                    wrong.append(f"{method} {url} ({whose}): {status}")
    assert not wrong, complaints(wrong)


def test_what_belongs_to_others_is_not_there_for_staff(worlds: Worlds) -> None:
    """Two things that do not belong together may be refused in words, but nothing is written."""
    browser, wrong = staff_browser(Role.ADMIN, worlds.own), []
    for stop in stops(Kind.STAFF):
        for whose, url in wrong_worlds(stop, worlds):
            for method in ("GET", "POST"):
                with written() as tables:
                    status = come(browser, method, url, POSTS.get(stop.route.name)).status_code
                hidden = status in {404, NOT_ALLOWED} or (whose != "all foreign" and method == "POST")
                if not hidden or tables:
                    wrong.append(f"{method} {url} ({stop.route.name}, {whose}): {status}, wrote {sorted(tables)}")
    assert not wrong, complaints(wrong)


def test_what_belongs_to_others_is_not_there_for_programs(worlds: Worlds) -> None:
    caller, wrong = program(Role.ADMIN, worlds.own), []
    for stop in stops(Kind.API):
        for whose, url in wrong_worlds(stop, worlds):
            for method in stop.rule.rights or {}:
                with written() as tables:
                    status = come(caller, method, url).status_code
                if status != 404 or tables:
                    wrong.append(f"{method} {url} ({stop.route.name}, {whose}): {status}, wrote {sorted(tables)}")
    assert not wrong, complaints(wrong)


def test_the_answer_does_not_tell_what_belongs_to_others_from_what_does_not_exist(worlds: Worlds) -> None:
    caller, wrong = program(Role.ADMIN, worlds.own), []
    for stop in stops(Kind.API):
        if stop.scoped and "GET" in (stop.rule.rights or {}):
            theirs = come(caller, "GET", stop.url(worlds.foreign))
            nobodys = come(caller, "GET", stop.url_nowhere())
            if (theirs.status_code, _body(theirs)) != (nobodys.status_code, _body(nobodys)):
                wrong.append(f"{stop.route}: {_body(theirs)!r} and {_body(nobodys)!r}")
    assert not wrong, complaints(wrong)


def test_mail_scanners_and_previews_change_nothing(worlds: Worlds) -> None:
    """What opens links without a person behind it: GET, HEAD and OPTIONS at every open door."""
    stranger, wrong = Client(raise_request_exception=False), []
    for stop in stops(Kind.PUBLIC, Kind.SIGNED_LINK, Kind.HOOK):
        for method in ("GET", "HEAD", "OPTIONS"):
            url = stop.url(worlds.own)
            with written() as tables:
                status = come(stranger, method, url).status_code
            if status >= 500 or tables:
                wrong.append(f"{method} {url} ({stop.route.name}): {status}, wrote {sorted(tables)}")
    assert not wrong, complaints(wrong)


@pytest.mark.parametrize("role", [*STAFF, Role.CLIENT])
@pytest.mark.usefixtures("bare_admin")
def test_the_admin_is_for_staff(worlds: Worlds, role: Role) -> None:
    """The lists of our own tables are walked by tests/core/test_admin.py as staff, here as a client."""
    client = role is Role.CLIENT
    browser = client_browser(worlds.own) if client else staff_browser(role, worlds.own)
    assert browser.get(reverse("admin:index")).status_code == (403 if client else 200)
    assert come(Client(), "GET", reverse("admin:index")).status_code == 302
    tables = [model for model in admin.site._registry if client or model not in OURS]
    assert len(tables) > (100 if client else 5)
    wrong = []
    for model in tables:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        with written() as changed:
            status = browser.get(url).status_code
        if status not in ({403} if client else {200, 403}) or changed:
            wrong.append(f"{url}: {status}, wrote {sorted(changed)}")
    assert not wrong, complaints(wrong)


def test_open_doors_are_few_and_known() -> None:
    """A new public address is a decision: it is written down here."""
    public = {
        route.name or route.route for route in walk() if route.rule is not None and route.rule.kind is Kind.PUBLIC
    }
    assert public == {
        "healthz",
        "metrics",
        "readyz",
        "set_language",
        "core:language",
        "core:brand",
        "core:brand_logo",
        "invoices:accent",
        "demo_gateway:page",
        "api-schema",
        "api/schema/",
    }


def _seen_by_a_lesser_role(role: Role, right: Right | None) -> bool:
    """Whether a page is walked anyway by read only: what roles between may see is what they all may see."""
    return role in BETWEEN and (right is None or right in ROLE_RIGHTS[Role.READ_ONLY])


def _body(answer: HttpResponseBase) -> bytes:
    """What is answered, whatever id was asked for."""
    return _ID.sub(b"ID", answer.content) if isinstance(answer, HttpResponse) else b""
