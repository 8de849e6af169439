"""The digits that count invoices: "12" of INV-2026-0012 and of A0012/26, without zeros. People write little more."""

from __future__ import annotations

from django.db import models
from django.db.models import Func


class NumberTail(Func):
    """SQL: the last group of digits of a number, or the one before a year that ends it; empty without digits.

    The index `invoice_by_tail` is over it. Before "/26" or "-2026" a group of three or more counts if it is no year.
    """

    template = (
        "ltrim(coalesce("
        "substring(%(expressions)s from"
        " '(?:^|[^0-9])(?!(?:19|20)[0-9]{2}[^0-9])([0-9]{3,})[^0-9]+(?:20)?[0-9]{2}[^0-9]*$'),"
        " substring(%(expressions)s from '([0-9]+)[^0-9]*$'), ''), '0')"
    )
    output_field = models.CharField()
