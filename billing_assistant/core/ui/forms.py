"""Form fields and widgets that the pages share: an amount that understands "15k", a day, a searchable choice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.errors import AmountTooLarge, InvalidAmount
from billing_assistant.core.money import parse_amount, quantize
from billing_assistant.core.ui.formats import amount_text, number_text


class AmountInput(forms.TextInput):
    """A text box for money. The browser shows under it what was understood."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, currency: str = "") -> None:
        base = {"inputmode": "decimal", "autocomplete": "off", "data-money": ""}
        super().__init__({**base, **({"data-currency": currency} if currency else {}), **(attrs or {})})


class AmountField(forms.DecimalField):
    """A decimal that accepts what people type: 15,000, 15k, 1.2m. With a currency, no more decimals than it has."""

    widget = AmountInput
    default_error_messages = {
        "invalid": _("This is not an amount. Write it like 15,000 or 15k."),
        "decimals": _("%(currency)s has no smaller part than this: write fewer decimals."),
        "min_value": _("Write %(limit_value)s or more."),
        "max_value": _("Write %(limit_value)s or less."),
    }

    def __init__(self, *, currency: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 4)
        self.currency = currency
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"data-currency": self.currency} if self.currency else {}

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values or isinstance(value, Decimal):
            return value if isinstance(value, Decimal) else None
        try:
            return parse_amount(str(value))
        except AmountTooLarge as error:
            raise ValidationError(error.message, code="too_large") from error
        except InvalidAmount as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if self.currency and value is not None and value != quantize(value, self.currency):
            raise ValidationError(self.error_messages["decimals"], code="decimals", params={"currency": self.currency})

    def run_validators(self, value: Any) -> None:
        try:
            super().run_validators(value)
        except ValidationError as error:
            for one in error.error_list:
                told = one.params or {}
                limit = told.get("limit_value")
                if isinstance(limit, int | Decimal):
                    shown = amount_text(Decimal(limit), self.currency) if self.currency else number_text(limit)
                    one.params = {**told, "limit_value": shown}
            raise

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal) and self.currency:
            return str(quantize(value, self.currency))
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return value


class DayInput(forms.DateInput):
    """A date that may be typed or picked. The browser shows the weekday under it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-weekday": "", **(attrs or {})}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A calendar date."""

    widget = DayInput

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class SearchSelect(forms.Select):
    """A choice among many, with a box to search it. `source` is a URL that answers ?q= with option elements."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = (), *, source: str = "") -> None:
        base = {"data-search": "", **({"data-source": source} if source else {})}
        super().__init__({**base, **(attrs or {})}, choices)
