"""The lists of invoices, drafts and plans, whose filters can be kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core import clock
from billing_assistant.core.clock import local_today
from billing_assistant.core.filtered_lists import FilteredList, ListBatch, ListSort, register_list
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import word_of
from invoices.batch_states import BatchAfter, BatchKind, rights_needed
from invoices.plan_selectors import plans_filtered
from invoices.plan_states import PlanStatus
from invoices.selectors import drafts_filtered, invoices_filtered
from invoices.states import DraftStatus
from invoices.web import plan_query, query

DOCUMENTS: Final = "invoices:batch_documents"
SENDING: Final = rights_needed(BatchKind.SEND, BatchAfter.SEND)
FILES: Final = rights_needed(BatchKind.FILES, BatchAfter.KEEP)
_INVOICE_SORTS: Final = {
    "-issued": _("Issued, newest first"),
    "issued": _("Issued, oldest first"),
    "due": _("Due, earliest first"),
    "-due": _("Due, latest first"),
    "-total": _("Total, highest first"),
    "-owed": _("Amount due, highest first"),
    "number": _("By number"),
}
_PLAN_SORTS: Final = {
    "-new": _("Newest first"),
    "new": _("Oldest first"),
    "due": _("Next bill, earliest first"),
    "-due": _("Next bill, latest first"),
    "name": _("By name"),
}


def _invoices(rows: QuerySet[Any], filters: Any, profile: BusinessProfile, now: datetime) -> QuerySet[Any]:
    return invoices_filtered(rows, filters, local_today(profile, now))


def _invoice_words(said: Mapping[str, str], _profile: BusinessProfile) -> list[str]:
    filters = query.invoice_filters(said)
    owing = [gettext("Owing")] if filters.owing else []
    return owing + [chip.label for chip in query.invoice_chips(QueryDict(urlencode(said)), filters)]


def _draft_words(said: Mapping[str, str], _profile: BusinessProfile) -> list[str]:
    status = word_of(DraftStatus, said, "status")
    chips = query.draft_chips(QueryDict(urlencode(said)), query.draft_filters(said))
    return [str(status.label) if status else gettext("Open"), *(chip.label for chip in chips)]


def _plan_words(said: Mapping[str, str], profile: BusinessProfile) -> list[str]:
    status = word_of(PlanStatus, said, "status")
    filters = plan_query.plan_filters(said, clock.now())
    chips = plan_query.plan_chips(QueryDict(urlencode(said)), filters, profile)
    return ([str(status.label)] if status else []) + [chip.label for chip in chips]


register_list(
    FilteredList(
        key="invoices",
        label=_("Invoices"),
        page="invoices:list",
        right=Right.INVOICES_VIEW,
        names=query.INVOICE_FILTERS,
        read=lambda said, _profile, _now: query.invoice_filters(said),
        narrow=_invoices,
        words=_invoice_words,
        sorts={key: ListSort(_INVOICE_SORTS[key], columns) for key, columns in query.SORTS.items()},
        batches=(
            ListBatch(_("Send"), "send", DOCUMENTS, frozenset(SENDING), act="send"),
            ListBatch(_("PDFs in a ZIP"), "download", DOCUMENTS, frozenset(FILES), act="zip"),
            ListBatch(_("One PDF to print"), "printer", DOCUMENTS, frozenset(FILES), act="merged"),
        ),
    )
)
register_list(
    FilteredList(
        key="drafts",
        label=_("Drafts"),
        page="invoices:draft_list",
        right=Right.INVOICES_VIEW,
        names=query.DRAFT_FILTERS,
        read=lambda said, _profile, _now: query.draft_filters(said),
        narrow=lambda rows, filters, _profile, _now: drafts_filtered(rows, filters),
        words=_draft_words,
        batches=(
            ListBatch(
                _("Issue"),
                "file-check",
                DOCUMENTS,
                frozenset(rights_needed(BatchKind.ISSUE, BatchAfter.ISSUE)),
                act="issue",
            ),
            ListBatch(
                _("Issue and send"),
                "send",
                DOCUMENTS,
                frozenset(rights_needed(BatchKind.ISSUE, BatchAfter.SEND)),
                act="issue_send",
            ),
        ),
    )
)
register_list(
    FilteredList(
        key="plans",
        label=_("Plans"),
        page="invoices:plans",
        right=Right.INVOICES_VIEW,
        names=plan_query.NARROWING,
        read=lambda said, _profile, now: plan_query.plan_filters(said, now),
        narrow=lambda rows, filters, _profile, _now: plans_filtered(rows, filters),
        words=_plan_words,
        sorts={key: ListSort(_PLAN_SORTS[key], columns) for key, columns in plan_query.SORTS.items()},
    )
)
