"""Model fields that every money table uses alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models


class AmountField(models.DecimalField[Any, Any]):
    """An amount of money: 19 digits, 4 decimals. The currency stands beside it on the same row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 4)
        kwargs.setdefault("default", Decimal(0))
        super().__init__(*args, **kwargs)


class RateField(models.DecimalField[Any, Any]):
    """A unit price, a quantity or an exchange rate: 19 digits, 6 decimals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)


class PercentField(models.DecimalField[Any, Any]):
    """A percentage: 16 is 16 %."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 7)
        kwargs.setdefault("decimal_places", 4)
        kwargs.setdefault("default", Decimal(0))
        super().__init__(*args, **kwargs)


class CurrencyField(models.CharField[Any, Any]):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)
