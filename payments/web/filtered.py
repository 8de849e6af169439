"""The list of payments, whose filters can be kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.filtered_lists import FilteredList, ListSort, register_list
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from payments.selectors.payments import payments_filtered
from payments.web.query import NARROWING, SORTS, chips_of, filters_of

_SORT_WORDS: Final = {
    "-received": _("Received, newest first"),
    "received": _("Received, oldest first"),
    "-amount": _("Amount, highest first"),
    "amount": _("Amount, lowest first"),
}


def _words(query: Mapping[str, str], _profile: BusinessProfile) -> list[str]:
    return [chip.label for chip in chips_of(QueryDict(urlencode(query)), filters_of(query))]


register_list(
    FilteredList(
        key="payments",
        label=_("Payments"),
        page="payments:list",
        right=Right.PAYMENTS_VIEW,
        names=NARROWING,
        read=lambda query, _profile, _now: filters_of(query),
        narrow=lambda rows, filters, _profile, _now: payments_filtered(rows, filters),
        words=_words,
        sorts={key: ListSort(_SORT_WORDS[key], columns) for key, columns in SORTS.items()},
    )
)
