"""What the forms of a page ask for, and whether the page shows all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.forms import BaseForm, BaseFormSet, MultiWidget
from django.http import QueryDict

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


class NotedQuery(QueryDict):
    """The query of an address that notes what a page looked up in it."""

    asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> list[Any]:
        self.asked.add(key)
        return super().getlist(key, default)


def asks(context: Any) -> bool:
    """Whether a page shows a form that is to be sent and cannot be left empty."""
    unbound = [value for value in _values(context) if isinstance(value, BaseForm | BaseFormSet) and not value.is_bound]
    return any(isinstance(form, BaseFormSet) or any(f.required for f in form.fields.values()) for form in unbound)


def forms_of(context: Any) -> list[BaseForm]:
    """Each form of a page that changes something, once."""
    found: dict[int, BaseForm] = {}
    for value in _values(context):
        for form in value.forms if isinstance(value, BaseFormSet) else [value]:
            if isinstance(form, BaseForm) and not form.is_bound and not _narrows(form):
                found.setdefault(id(form), form)
    return list(found.values())


def lost(form: BaseForm, text: str, page: str) -> list[str]:
    """The fields of a form that have no control in the text of a page, by its name."""
    elsewhere = ELSEWHERE.get(page, set())
    if elsewhere is None:
        return []
    return [name for name, control in _controls(form) if name not in elsewhere and f'name="{control}' not in text]


def _values(context: Any) -> Iterator[Any]:
    for layer in context or []:
        for part in getattr(layer, "dicts", [layer]):
            yield from part.values()


def _narrows(form: BaseForm) -> bool:
    """Whether it is a filter of a list: it changes nothing, and an empty list shows none."""
    return type(form).__name__.endswith(("FilterForm", "SearchForm"))


def _controls(form: BaseForm) -> Iterator[tuple[str, str]]:
    """Each field with how the name of its control begins."""
    for name, field in form.fields.items():
        whole = form.add_prefix(name)
        yield name, f"{whole}_" if isinstance(field.widget, MultiWidget) else f'{whole}"'
