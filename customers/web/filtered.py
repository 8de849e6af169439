"""The list of customers, whose filters can be kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.filtered_lists import FilteredList, ListBatch, ListSort, register_list
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from customers.selectors import customers_filtered
from customers.web.lists import BATCH
from customers.web.query import NARROWING, chips_of, filters_of


def _words(query: Mapping[str, str], profile: BusinessProfile) -> list[str]:
    return [chip.label for chip in chips_of(QueryDict(urlencode(query)), filters_of(query, profile.currency))]


register_list(
    FilteredList(
        key="customers",
        label=_("Customers"),
        page="customers:list",
        right=Right.CUSTOMERS_VIEW,
        names=NARROWING,
        read=lambda query, profile, _now: filters_of(query, profile.currency),
        narrow=lambda rows, filters, _profile, _now: customers_filtered(rows, filters),
        words=_words,
        sorts={
            "name": ListSort(_("By name")),
            "-name": ListSort(_("By name, backwards")),
            "outstanding": ListSort(_("Outstanding, lowest first")),
            "-outstanding": ListSort(_("Outstanding, highest first")),
            "last_invoice": ListSort(_("Last invoice, oldest first")),
            "-last_invoice": ListSort(_("Last invoice, newest first")),
        },
        batches=(ListBatch(_("Make invoices"), "file-plus", BATCH, frozenset({Right.INVOICES_DRAFT})),),
    )
)
