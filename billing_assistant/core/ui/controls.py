"""Controls of forms, drawn without templates.

The filters of a list have a dozen inputs and selects; Django draws each option by two templates. What is drawn here is
what its templates make, sign for sign (a test compares them); every other widget is left to its template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

_FOLDER: Final = "django/forms/widgets"
_OPTION: Final = f"{_FOLDER}/select_option.html"
_INPUTS: Final = (
    "input",
    "text",
    "number",
    "email",
    "url",
    "tel",
    "search",
    "password",
    "hidden",
    "date",
    "datetime",
    "time",
    "checkbox",
)


class ControlRenderer(TemplatesSetting):
    """Templates as elsewhere in the settings, but for inputs and selects."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        draw = _DRAWN.get(template_name)
        drawn = draw(context["widget"]) if draw else None
        return super().render(template_name, context, request) if drawn is None else drawn


def _attrs(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {conditional_escape(name)}" + ("" if value is True else f'="{conditional_escape(value)}"')
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else f' value="{conditional_escape(widget["value"])}"'
    kind, name = conditional_escape(widget["type"]), conditional_escape(widget["name"])
    return SafeString(f'<input type="{kind}" name="{name}"{value}{_attrs(widget["attrs"])}>')


def _select(widget: Mapping[str, Any]) -> SafeString | None:
    groups = [(name, options) for name, options, _ in widget["optgroups"]]
    if any(option["template_name"] != _OPTION for _, options in groups for option in options):
        return None
    name, attrs = conditional_escape(widget["name"]), _attrs(widget["attrs"])
    return SafeString(f'<select name="{name}"{attrs}>{"".join(_group(*group) for group in groups)}\n</select>')


def _group(name: Any, options: list[Mapping[str, Any]]) -> str:
    drawn = "".join(f"\n  {_option(option)}\n" for option in options)
    return f'\n  <optgroup label="{conditional_escape(name)}">{drawn}\n  </optgroup>' if name else drawn


def _option(option: Mapping[str, Any]) -> str:
    value, label = conditional_escape(option["value"]), conditional_escape(localize(option["label"]))
    return f'<option value="{value}"{_attrs(option["attrs"])}>{label}</option>'


_DRAWN: Final[Mapping[str, Callable[[Mapping[str, Any]], SafeString | None]]] = {
    **{f"{_FOLDER}/{name}.html": _input for name in _INPUTS},
    f"{_FOLDER}/select.html": _select,
}
