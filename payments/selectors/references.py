"""Which invoice is meant by what a person typed: spaces, dashes and case do not count, anything else is not guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from invoices.models import Invoice
from invoices.states import InvoiceKind


def squeezed(typed: str) -> str:
    """What was typed in upper case, letters and digits alone."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper())


def invoice_named(profile_id: UUID, typed: str, prefixes: Sequence[str] = ()) -> Invoice | None:
    """The one invoice of a business profile whose number was typed; None when none or several fit.

    `prefixes` are words that payers put before it. A number without the letters of its series fits when it is the only
    one: 2026-0001 for INV-2026-0001.
    """
    forms = _forms(typed, prefixes)
    if not forms:
        return None
    whole = [row for row in _ending(profile_id, forms) if squeezed(row.number) in forms]
    if whole:
        return whole[0] if len(whole) == 1 else None
    digits = [form for form in forms if form.isdigit()]
    found = {row.pk: row for form in digits for row in _without_series(profile_id, form)}
    return next(iter(found.values())) if len(found) == 1 else None


def _forms(typed: str, prefixes: Sequence[str]) -> list[str]:
    word = squeezed(typed)
    heads = [squeezed(prefix) for prefix in prefixes]
    cut = [word.removeprefix(head) for head in heads if head and word.startswith(head)]
    return [form for form in dict.fromkeys([word, *cut]) if form]


def _ending(profile_id: UUID, forms: Sequence[str]) -> QuerySet[Invoice]:
    """Invoices that end like one of the forms: few, and found by an index."""
    ends = sorted({_end(form) for form in forms})
    wanted = reduce(or_, (Q(upper__endswith=end) for end in ends))
    rows = Invoice.objects.filter(profile_id=profile_id, kind=InvoiceKind.INVOICE).exclude(number="")
    return rows.annotate(upper=Upper("number")).filter(wanted).order_by("pk")


def _end(form: str) -> str:
    """The last digits of a form, which stand together in a number however it is written."""
    found = re.search(r"[0-9]{1,4}$", form) or re.search(r"[A-Z]{1,4}$", form)
    return found.group() if found else form


def _without_series(profile_id: UUID, digits: str) -> list[Invoice]:
    series = re.compile(rf"[A-Z]+{digits}")
    return [row for row in _ending(profile_id, [digits]) if series.fullmatch(squeezed(row.number))]
