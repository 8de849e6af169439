"""Fields of forms, and the summary of their errors."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms.boundfield import BoundField

from billing_assistant.core.ui import fields

register = template.Library()


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """A form field: label above, control, help and errors under it.

    Options: label, help, currency, prefix, suffix, placeholder, autofocus, hide_label, hide_help, css,
    span (columns of a 12-column row).
    """
    span = options.pop("span", "")
    options["help_text"] = options.pop("help", "")
    return {"field": fields.view_of(bound, **options), "span": span}


@register.inclusion_tag("components/form_errors.html")
def form_errors(*forms: Any, focus: bool = True) -> dict[str, Any]:
    """A summary of every error of the forms and formsets, each with a link to its field. It takes the focus."""
    return {
        "entries": [entry for form in forms if form is not None for entry in fields.errors_of(form)],
        "focus": focus,
    }


@register.inclusion_tag("components/amount_input.html")
def amount_input(
    name: str, *, label: str, value: Any = "", currency: str = "", id: str = "", placeholder: str = "", css: str = ""
) -> dict[str, Any]:
    """A bare money box for tables of lines; the label is for screen readers."""
    return {
        "name": name,
        "label": label,
        "value": "" if value is None else value,
        "currency": currency,
        "id": id or f"id_{name}",
        "placeholder": placeholder,
        "css": css,
    }
