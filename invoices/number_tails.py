"""The last group of digits of a number, without its zeros: "12" of INV-2026-0012. People write little more."""

from __future__ import annotations

from django.db import models
from django.db.models import Func


class NumberTail(Func):
    """SQL: the tail of a number; empty where it has no digits. The index `invoice_by_tail` is over it."""

    template = "ltrim(coalesce(substring(%(expressions)s from '([0-9]+)[^0-9]*$'), ''), '0')"
    output_field = models.CharField()
