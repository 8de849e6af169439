"""Money and other figures in the admin: as people read them, with their currency, to the right in lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import reduce
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import DecimalField, Field, GeneratedField, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.models.fields import AmountField
from billing_assistant.core.ui.formats import NONE, money_text, number_text

PREFIX: Final = "figure_"
"""What the name of such a column begins with; admin.css puts these to the right."""


class CurrencyFilter(admin.SimpleListFilter):
    """By currency. Offers those of the business profiles, so that no table is read through for its currencies."""

    title = _("currency")
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        known = set(BusinessProfile.objects.values_list("currency", flat=True)) | {"KES", "USD", "EUR", "GBP"}
        chosen = {code for code in CURRENCIES if code == self.value()}
        return [(code, code) for code in sorted(known | chosen)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(currency=self.value()) if self.value() else queryset


class Figures:
    """Puts a readable column in the place of each decimal field."""

    model: type[Model]
    currency_path = "currency"
    """The way from a row to the code of its currency, with dots."""

    def with_figures(self, names: Iterable[Any]) -> list[Any]:
        return [self._figure(name) for name in names]

    def _figure(self, name: Any) -> Any:
        field = _decimal(self.model, name)
        if field is None:
            return name
        if not hasattr(self, PREFIX + name):
            setattr(self, PREFIX + name, _column(field, self.currency_path))
        return PREFIX + name


def _decimal(model: type[Model], name: Any) -> Any:
    try:
        field = model._meta.get_field(name)
    except (FieldDoesNotExist, TypeError):
        return None
    shown = field.output_field if isinstance(field, GeneratedField) else field
    return field if isinstance(shown, DecimalField) else None


def _column(field: Field[Any, Any], currency_path: str) -> Callable[[Any], str]:
    money = isinstance(field, AmountField | GeneratedField)

    @admin.display(description=field.verbose_name, ordering=field.name)
    def column(row: Any) -> str:
        value: Decimal | None = getattr(row, field.name)
        if value is None:
            return NONE
        currency = _currency(row, currency_path) if money else ""
        return money_text(value, currency) if currency else number_text(value)

    return column


def _currency(row: Any, path: str) -> str:
    try:
        return str(reduce(getattr, path.split("."), row))
    except (AttributeError, ObjectDoesNotExist):
        return ""
