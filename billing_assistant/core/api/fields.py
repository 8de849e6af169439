"""Serializer fields: exact numbers in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.money import MAX_AMOUNT, Money, is_quantized, quantize

MOST_DECIMALS: Final = 4
_NUMBER = re.compile(r"[-+]?\d{1,18}(\.\d{1,12})?", re.ASCII)
_FINE = re.compile(r"[-+]?\d{1,18}\.\d{13,60}", re.ASCII)
_HUGE = re.compile(r"\+?\d{19,60}(\.\d{1,60})?", re.ASCII)


def exact(number: Decimal) -> Decimal:
    """A number without needless zeros, as answers show it: 3, 0.5."""
    whole = number.to_integral_value()
    return whole.quantize(Decimal(1)) if number == whole else number.normalize()


class RowsOf:
    """Shows the rows of many documents, each in its document's currency, by one serializer: to make one takes longer
    than what it shows."""

    def __init__(self, kind: type[serializers.Serializer[Any]]) -> None:
        self._context: dict[str, Any] = {}
        self._row = kind(context=self._context)

    def __call__(self, rows: Iterable[Any], currency: str) -> list[dict[str, Any]]:
        """The rows of one document as an answer shows them."""
        self._context["currency"] = currency
        return [self._row.to_representation(row) for row in rows]


@extend_schema_field({"type": "number", "format": "decimal"})
class ExactNumberField(serializers.Field[Decimal, Any, Any, Any]):
    """A JSON number, or a string of one, as a Decimal. Written without needless zeros: 3, 0.5."""

    default_error_messages = {
        "invalid": _("Write a number, like 15000 or 15000.50."),
        "decimals": _("Write at most {decimals} decimals."),
        "least": _("Write {least} or more."),
        "most": _("Write {most} or less."),
    }

    def __init__(
        self, *, decimals: int = 6, least: Decimal | None = None, most: Decimal = MAX_AMOUNT, **kwargs: Any
    ) -> None:
        self.decimals = decimals
        self.least = least
        self.most = most
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        number = self._number(data)
        if -int(number.normalize().as_tuple().exponent) > self.decimals:
            self.fail("decimals", decimals=self.decimals)
        if self.least is not None and number < self.least:
            self.fail("least", least=self.least)
        if number > self.most or number < -MAX_AMOUNT:
            self.fail("most", most=self.most)
        return number

    def to_representation(self, value: Any) -> Decimal:
        return exact(Decimal(value))

    def _number(self, data: Any) -> Decimal:
        match data:
            case bool() | None:
                self.fail("invalid")
            case int():
                text = str(data) if abs(data) < 10**60 else ""
            case Decimal():
                text = format(data, "f") if data.is_finite() and abs(data.adjusted()) < 40 else ""  # noqa: PLR2004
            case str():
                text = data.strip()
            case _:
                text = ""
        if _FINE.fullmatch(text):
            self.fail("decimals", decimals=self.decimals)
        if _HUGE.fullmatch(text):
            self.fail("most", most=self.most)
        if not _NUMBER.fullmatch(text):
            self.fail("invalid")
        return Decimal(text)


@extend_schema_field({"type": "number", "format": "decimal", "example": 15000.00})
class MoneyField(ExactNumberField):
    """An amount: a JSON number with exactly the currency's decimals; a string is taken too.

    The currency is the fixed `currency`, or what stands in `currency_field` beside it (in the input, else on
    the row), or `context["currency"]`. More decimals than the currency has are refused, never rounded.
    """

    default_error_messages = {"currency": _("{currency} has fewer decimals than that.")}

    def __init__(self, *, currency: str = "", currency_field: str = "currency", **kwargs: Any) -> None:
        self.currency = currency
        self.currency_field = currency_field
        kwargs.setdefault("least", Decimal(0))
        super().__init__(decimals=MOST_DECIMALS, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        amount = super().to_internal_value(data)
        currency = self._currency_of_input()
        if currency in CURRENCIES and not is_quantized(amount, currency):
            self.fail("currency", currency=currency)
        return amount

    def get_attribute(self, instance: Any) -> Any:
        value = super().get_attribute(instance)
        if value is None or isinstance(value, Money):
            return value
        return Money(Decimal(value), self._currency_of_row(instance))

    def to_representation(self, value: Any) -> Decimal:
        if isinstance(value, Money):
            return quantize(value.amount, value.currency)
        return quantize(Decimal(value), self._fixed())

    def _fixed(self) -> str:
        return self.currency or str(self.context.get("currency", ""))

    def _currency_of_row(self, row: Any) -> str:
        found = row.get(self.currency_field) if isinstance(row, dict) else getattr(row, self.currency_field, "")
        return self.currency or str(found or "") or self._fixed()

    def _currency_of_input(self) -> str:
        given = getattr(self.parent, "initial_data", None)
        beside = given.get(self.currency_field) if isinstance(given, dict) else None
        row = getattr(self.parent, "instance", None)
        return self._fixed() or str(beside or getattr(row, self.currency_field, "") or "")
