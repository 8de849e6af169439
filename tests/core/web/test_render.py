"""Pages, fragments and refusals on forms."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.test import RequestFactory, override_settings

from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.web import add_domain_error, render_page

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {"page.html": "page {{ word }}", "part.html": "part {{ word }}"},
                )
            ]
        },
    }
]


class Order(forms.Form):
    amount = forms.CharField()
    note = forms.CharField(required=False)


@pytest.mark.parametrize(("headers", "text"), [({}, "page x"), ({"HX-Request": "true"}, "part x")])
@override_settings(TEMPLATES=TEMPLATES)
def test_a_fragment_shares_the_address_of_its_page(headers: dict[str, str], text: str) -> None:
    request = RequestFactory(headers=headers).get("/")
    response = render_page(request, "page.html", {"word": "x"}, fragment="part.html")
    assert response.content.decode() == text
    assert "HX-Request" in response.headers["Vary"]


@override_settings(TEMPLATES=TEMPLATES)
def test_a_page_without_a_fragment_is_always_whole() -> None:
    request = RequestFactory(headers={"HX-Request": "true"}).get("/")
    assert render_page(request, "page.html", status=422).status_code == 422


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (DomainError("No."), {"__all__": ["No."]}),
        (DomainError("Too much.", field="amount"), {"amount": ["Too much."]}),
        (ValidationFailed({"amount": ["a", "b"], "note": ["c"]}), {"amount": ["a", "b"], "note": ["c"]}),
        (ValidationFailed({"lines": ["Add one."]}), {"__all__": ["Add one."]}),
        (ValidationFailed({"lines.1.quantity": ["Too many."]}), {"__all__": ["Row 2: Too many."]}),
        (ValidationFailed("Whole."), {"__all__": ["Whole."]}),
    ],
)
def test_a_refusal_stands_at_its_field_or_on_top(error: DomainError, expected: dict[str, Any]) -> None:
    form = Order({"amount": "5"})
    assert form.is_valid()
    add_domain_error(form, error)
    assert dict(form.errors) == expected
