"""What a form asks for is on its page: a field that nobody can fill in is refused for ever, or emptied. And a form that
stands inside another one is dropped by browsers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.forms import BaseForm, BaseFormSet, MultiWidget

from billing_assistant.core.access import Kind
from billing_assistant.core.rights import Role
from tests.access.conftest import client_browser, staff_browser
from tests.access.objects import Worlds
from tests.access.walking import complaints, stops
from tests.support.nested import inside

ELSEWHERE = {
    "customers:personal_data": {"confirmation"},  # nothing may be erased while money is owed
    "invoices:draft_edit": {"series"},  # asked where there are several
    "invoices:billing_runs": {"reason", "until"},  # the engine is paused already
    "invoices:plan_lines": {"drops_later"},  # nothing is planned for later
    "payments:bank_line_split": {"fee", "rest"},  # the customer is chosen first
    "portal:own_invoice": {"gateway"},  # there is one
    "shell:styleguide_portal": None,  # shows a part of its form
}
"""What some pages ask only in a state that they are not in here; None for whatever it is."""


def test_every_field_of_a_form_has_a_control_on_its_page_and_no_form_is_inside_another(worlds: Worlds) -> None:
    world = worlds.own
    visitors = {Kind.STAFF: staff_browser(Role.ADMIN, world), Kind.CLIENT: client_browser(world)}
    forms, missing, nested = 0, [], []
    for kind, browser in visitors.items():
        for stop in stops(kind):
            address = stop.url(world)
            page = browser.get(address)
            if page.status_code != 200 or page.streaming:
                continue
            text = page.content.decode(errors="replace")
            if inside(text):
                nested.append(f"{address} ({stop.route.name}): {', '.join(inside(text))}")
            elsewhere = ELSEWHERE.get(stop.route.name, set())
            for form in _forms(page.context):
                forms += 1
                lost = [name for name, control in _controls(form) if f'name="{control}' not in text]
                lost = [name for name in lost if elsewhere is not None and name not in elsewhere]
                if lost:
                    missing.append(f"{address} ({stop.route.name}): {type(form).__name__} {', '.join(lost)}")
    assert not missing, complaints(missing)
    assert not nested, complaints(nested)
    assert forms > 100


def test_negative_control_a_form_inside_a_form_is_found() -> None:
    assert inside('<form action="/a"><p></p></form><form action="/b"></form>') == []
    assert inside('<form action="/a"><div><form action="/b"><input></form></div></form>') == ["/b"]


def _forms(context: Any) -> Iterator[BaseForm]:
    seen = set()
    for layer in context or []:
        for part in getattr(layer, "dicts", [layer]):
            for value in part.values():
                for form in value.forms if isinstance(value, BaseFormSet) else [value]:
                    if isinstance(form, BaseForm) and not form.is_bound and not _narrows(form) and id(form) not in seen:
                        seen.add(id(form))
                        yield form


def _narrows(form: BaseForm) -> bool:
    """Whether it is a filter of a list: it changes nothing, and an empty list shows none."""
    return type(form).__name__.endswith(("FilterForm", "SearchForm"))


def _controls(form: BaseForm) -> Iterator[tuple[str, str]]:
    """Each field with how the name of its control begins."""
    for name, field in form.fields.items():
        whole = form.add_prefix(name)
        yield name, f"{whole}_" if isinstance(field.widget, MultiWidget) else f'{whole}"'
