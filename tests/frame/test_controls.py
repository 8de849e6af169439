"""Controls that are drawn without templates are what Django's templates make of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from billing_assistant.core.ui.controls import ControlRenderer

BAD = "<b>&'\""
ATTRS: dict[str, Any] = {
    "class": BAD,
    "data-search": "",
    "required": True,
    "disabled": False,
    "maxlength": 100,
    "title": gettext_lazy("Search"),
    "data-html": SafeString("&amp;"),
}
CHOICES: list[Any] = [
    ("", gettext_lazy("Any")),
    (BAD, BAD),
    (3, 1_250),
    ("group", [("a", "A"), ("b", SafeString("<i>B</i>"))]),
    (None, "none"),
    ("day", date(2026, 11, 21)),
]


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(), BAD),
        (forms.TextInput(), None),
        (forms.TextInput(), ""),
        (forms.NumberInput(), 1_250),
        (forms.SearchInput(), SafeString("&lt;")),
        (forms.EmailInput(), "a@example.com"),
        (forms.HiddenInput(), "x"),
        (forms.PasswordInput(), "secret"),
        (forms.DateInput(), date(2026, 11, 21)),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput(), False),
        (forms.Select(choices=CHOICES), "b"),
        (forms.Select(choices=CHOICES), BAD),
        (forms.Select(choices=[]), None),
        (forms.SelectMultiple(choices=CHOICES), ["a", "b"]),
        (forms.NullBooleanSelect(), None),
        (forms.Textarea(), BAD),
        (forms.RadioSelect(choices=CHOICES), "a"),
    ],
)
def test_a_control_is_what_the_template_makes_of_it(widget: forms.Widget, value: Any) -> None:
    given: dict[str, Any] = {"name": BAD, "value": value, "attrs": dict(ATTRS)}

    assert widget.render(**given, renderer=ControlRenderer()) == widget.render(**given, renderer=TemplatesSetting())


def test_a_select_with_options_of_its_own_is_left_to_its_template() -> None:
    class Odd(forms.Select):
        option_template_name = "django/forms/widgets/radio_option.html"

    given: dict[str, Any] = {"name": "odd", "value": "a"}
    widget = Odd(choices=[("a", "A")])

    assert widget.render(**given, renderer=ControlRenderer()) == widget.render(**given, renderer=TemplatesSetting())
