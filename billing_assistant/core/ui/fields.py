"""What the field component needs to know about a bound form field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from billing_assistant.core.ui.formats import money_text, weekday_text
from billing_assistant.core.ui.forms import AmountField, AmountInput, DayInput

SEARCH_ABOVE: Final = 7
_LIVE: Final = frozenset({"money", "day"})


@dataclass(frozen=True, slots=True)
class FieldView:
    """A form field, ready to show: the control's HTML, its ids, and the words around it."""

    bound: BoundField
    kind: str
    control: SafeString
    label: str
    help: SafeString
    errors: Sequence[str]
    hint: str
    prefix: str
    suffix: str
    hide_label: bool
    live: bool
    required: bool
    options: Sequence[Any] = field(default_factory=tuple)

    @property
    def id(self) -> str:
        return self.bound.id_for_label or self.bound.auto_id

    @property
    def help_id(self) -> str:
        return f"{self.bound.auto_id}_help"

    @property
    def error_id(self) -> str:
        return f"{self.bound.auto_id}_error"

    @property
    def hint_id(self) -> str:
        return f"{self.bound.auto_id}_hint"


_KINDS: Final[tuple[tuple[type[forms.Widget], str], ...]] = (
    (forms.CheckboxInput, "check"),
    (forms.CheckboxSelectMultiple, "group"),
    (forms.RadioSelect, "group"),
    (forms.Select, "select"),
    (forms.FileInput, "file"),
    (AmountInput, "money"),
    (DayInput, "day"),
    (forms.Textarea, "long"),
)


def kind_of(bound: BoundField) -> str:
    """check, group, select, file, money, day, long or text."""
    return next((kind for widget, kind in _KINDS if isinstance(bound.field.widget, widget)), "text")


def _css(kind: str) -> str:
    return {"check": "form-check-input", "group": "form-check-input", "select": "form-select"}.get(kind, "form-control")


def _hint(bound: BoundField, kind: str, currency: str) -> str:
    """What was understood, said by the server; the browser keeps it current while typing."""
    if kind not in _LIVE:
        return ""
    try:
        value = bound.field.clean(bound.value()) if bound.value() not in (None, "") else None
    except forms.ValidationError:
        return ""
    if kind == "day" and isinstance(value, date):
        return weekday_text(value)
    if kind == "money" and value is not None and currency:
        return money_text(value, currency)
    return ""


def _attrs(bound: BoundField, kind: str, *, described: list[str], extra: dict[str, Any]) -> dict[str, Any]:
    own = (
        _css(kind),
        bound.field.widget.attrs.get("class", ""),
        extra.pop("class", ""),
        "is-invalid" * bool(bound.errors),
    )
    attrs: dict[str, Any] = {"class": " ".join(filter(None, own)), **extra}
    if described and kind != "group":
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if kind == "long":
        own_rows = bound.field.widget.attrs.get("rows", "10")
        attrs["rows"] = 4 if own_rows == "10" else own_rows
    if kind == "select" and not getattr(bound.field.widget, "allow_multiple_selected", False):
        offered = getattr(bound.field.widget, "choices", ())  # of a box that searches, only what is chosen
        if len(list(islice(offered, SEARCH_ABOVE + 1))) > SEARCH_ABOVE:
            attrs["data-search"] = ""
    return {name: value for name, value in attrs.items() if value not in (None, False, "") or name.startswith("data-")}


def view_of(
    bound: BoundField,
    *,
    label: str = "",
    help_text: str = "",
    currency: str = "",
    prefix: str = "",
    suffix: str = "",
    placeholder: str = "",
    autofocus: bool = False,
    hide_label: bool = False,
    hide_help: bool = False,
    css: str = "",
) -> FieldView:
    """Renders a bound field's control with its classes and aria attributes, and gathers the words around it."""
    kind = kind_of(bound)
    if isinstance(bound.field, AmountField) or currency:
        currency = currency or getattr(bound.field, "currency", "")
    help_said = "" if hide_help else help_text or bound.help_text or ""
    live = kind in _LIVE
    base = bound.auto_id
    described = [f"{base}_error"] * bool(bound.errors) + [f"{base}_hint"] * live + [f"{base}_help"] * bool(help_said)
    extra: dict[str, Any] = {"placeholder": placeholder, "autofocus": autofocus, "class": css}
    if kind == "money" and currency:
        extra["data-currency"] = currency
    control = bound.as_widget(attrs=_attrs(bound, kind, described=described, extra=extra)) if kind != "group" else ""
    return FieldView(
        bound=bound,
        kind=kind,
        control=SafeString(control),
        label=label or str(bound.label),
        help=conditional_escape(help_said),
        errors=[str(error) for error in bound.errors],
        hint=_hint(bound, kind, currency),
        prefix=prefix or (currency if kind == "money" else ""),
        suffix=suffix,
        hide_label=hide_label,
        live=live,
        required=bound.field.required,
        options=list(bound.subwidgets) if kind == "group" else (),
    )


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One line of the error summary. `anchor` is the id of the control, empty for the form as a whole."""

    text: str
    label: str = ""
    anchor: str = ""


def errors_of(form: Any) -> list[ErrorEntry]:
    """The errors of a form, or of a formset and its forms, in the order of the fields."""
    if isinstance(form, forms.BaseFormSet):
        own = [ErrorEntry(str(error)) for error in form.non_form_errors()]
        return own + [entry for each in form.forms for entry in errors_of(each)]
    if not form.is_bound and not form.errors:
        return []
    entries = [ErrorEntry(str(error)) for error in form.non_field_errors()]
    for bound in form:
        entries += [
            ErrorEntry(str(error), str(bound.label), bound.id_for_label or bound.auto_id) for error in bound.errors
        ]
    return entries
