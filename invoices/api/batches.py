"""Endpoints of batches: invoices for many at once, planned, started, watched and steered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core import files
from billing_assistant.core.api.pagination import listing
from billing_assistant.core.api.saved_filters import saved_filter_of
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.filtered_lists import list_of, narrowed, told_of
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import SavedFilter
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import text_of, word_of
from customers.selectors import CustomerFilters, customers_for
from customers.states import BillingCycle, CustomerStatus, PaymentStatus, PreferredMethod
from invoices.api.batch_bodies import BatchIn, BatchItemOut, BatchOut, BatchPlanOut, batch_body, plan_body
from invoices.batch_selectors import (
    BatchFilters,
    batch_figures,
    batch_files,
    batch_get,
    batch_items,
    batches_filtered,
    batches_for,
)
from invoices.batch_states import BatchAfter, BatchFormat, BatchItemState, BatchKind, BatchState, BatchWork
from invoices.billable_selectors import BillableFilters
from invoices.billable_states import BillableKind
from invoices.models import InvoiceBatch
from invoices.selectors import drafts_for, invoices_for, template_id_of
from invoices.services import batch_starts
from invoices.services.batch_content import BatchContent, BatchLine
from invoices.services.batch_starts import Chosen
from invoices.services.batches import MOST_ITEMS, batch_cancel, batch_pause, batch_resume, batch_retry

VIEW = Right.INVOICES_VIEW
LONGEST_PART: Final = 5


class BatchView(ApiView):
    """What these endpoints share."""

    def body(self, batch: InvoiceBatch) -> dict[str, Any]:
        fresh = batch_get(self.actor, batch.pk)
        return batch_body(fresh, batch_figures([fresh]))


class Batches(BatchView):
    """Batches, newest first; and starting one. Needs the scopes of what it does: drafting, issuing, sending."""

    rights = {"GET": VIEW, "POST": VIEW}
    list_key = "batches"
    request_bodies = {"POST": BatchIn}
    answers = {
        "GET": BatchOut,
        "POST": PolymorphicProxySerializer(
            component_name="BatchAnswer", serializers=[BatchOut, BatchPlanOut], resource_type_field_name=None
        ),
    }
    query = (
        OpenApiParameter("kind", OpenApiTypes.STR, enum=list(BatchKind)),
        OpenApiParameter("status", OpenApiTypes.STR, enum=list(BatchState)),
        OpenApiParameter("search", OpenApiTypes.STR, description="Part of the number or name."),
    )

    def get(self, request: Request) -> Response:
        """Batches of the business profile."""
        query = request.query_params
        filters = BatchFilters(
            search=text_of(query, "search"),
            kind=word_of(BatchKind, query, "kind"),
            state=word_of(BatchState, query, "status"),
        )
        found = listing(batches_filtered(batches_for(self.actor, profile_id=self.profile_id), filters), query)
        figures = batch_figures(found.rows)
        return Response({"batches": [batch_body(one, figures) for one in found.rows], **found.about})

    def post(self, request: Request) -> Response:
        """Starts a batch, which is worked on in the background; with `dry_run`, says what it would make."""
        values = self.parse(BatchIn)
        given: dict[str, Any] = {"actor": self.actor, "now": self.now, "key": values["key"] or self.idempotency_key}
        if BatchKind(values["kind"]) is BatchKind.GENERATE:
            chosen, content = self._chosen(values), self._content(values)
            after = BatchAfter(values.get("then", BatchAfter.KEEP))
            if values["dry_run"]:
                plan = batch_starts.batch_plan(chosen=chosen, content=content, after=after, actor=self.actor)
                return Response(plan_body(plan))
            given |= {"chosen": chosen, "content": content, "after": after, "name": values["name"]}
            return Response(self.body(batch_starts.batch_generate(**given)), status=201)
        if values["dry_run"]:
            raise ValidationFailed({"dry_run": [_("There is a dry run for making invoices only.")]})
        return Response(self.body(self._start_with_documents(values, given)), status=201)

    def _start_with_documents(self, values: Mapping[str, Any], given: dict[str, Any]) -> InvoiceBatch:
        list_key = "drafts" if values["kind"] == BatchKind.ISSUE else "invoices"
        saved = saved_filter_of(self, values, list_key)
        given |= {"profile_id": self.profile_id, "told": told_of(saved) if saved else None}
        match BatchKind(values["kind"]):
            case BatchKind.ISSUE:
                rows = drafts_for(self.actor).filter(profile_id=self.profile_id)
                after = BatchAfter(values.get("then", BatchAfter.ISSUE))
                return batch_starts.batch_issue(
                    draft_ids=self._meant(rows, values, list_key, saved), after=after, **given
                )
            case BatchKind.SEND:
                return batch_starts.batch_send(invoice_ids=self._invoices(values, saved), **given)
        wanted = BatchFormat(values["format"])
        return batch_starts.batch_files(invoice_ids=self._invoices(values, saved), file_format=wanted, **given)

    def _invoices(self, values: Mapping[str, Any], saved: SavedFilter | None) -> list[UUID]:
        return self._meant(invoices_for(self.actor).filter(profile_id=self.profile_id), values, "invoices", saved)

    def _meant(
        self, rows: QuerySet[Any], values: Mapping[str, Any], name: str, saved: SavedFilter | None
    ) -> list[UUID]:
        if saved is None:
            return _ids(rows, values, name)
        _one_choice(values, name)
        return list(narrowed(rows, saved, self.now).values_list("pk", flat=True)[: MOST_ITEMS + 1])

    def _chosen(self, values: Mapping[str, Any]) -> Chosen:
        if (saved := saved_filter_of(self, values, "customers")) is not None:
            _one_choice(values, "customers", "filter")
            filters = list_of("customers").read(saved.query, saved.profile, self.now)
            return Chosen(self.profile_id, filters=filters, told=told_of(saved))
        if "customers" in values:
            rows = customers_for(self.actor, profile_id=self.profile_id)
            return Chosen(self.profile_id, customer_ids=tuple(_ids(rows, values, "customers")))
        if "filter" not in values:
            raise ValidationFailed({"customers": [_("Name customers, or a filter; an empty filter means all.")]})
        narrowed = values["filter"]
        filters = CustomerFilters(
            search=narrowed["search"],
            status=_word(CustomerStatus, narrowed, "status"),
            payment_status=_word(PaymentStatus, narrowed, "payment_status"),
            billing_cycle=_word(BillingCycle, narrowed, "billing_cycle"),
            payment_method=_word(PreferredMethod, narrowed, "payment_method"),
            owing=narrowed["owing"],
            tag=narrowed["tag"],
        )
        return Chosen(self.profile_id, filters=filters, told={"filter": _as_in_the_list(narrowed)})

    def _content(self, values: Mapping[str, Any]) -> BatchContent:
        narrowed: Mapping[str, Any] = values.get("billable", {})
        template = values["template"]
        return BatchContent(
            work=BatchWork(values["work"]),
            lines=tuple(
                BatchLine(line["catalogue_item"], line["quantity"], line["discount_percent"])
                for line in values.get("lines", ())
            ),
            billable=BillableFilters(
                kind=_word(BillableKind, narrowed, "kind"),
                project=narrowed.get("project", ""),
                since=narrowed.get("since"),
                until=narrowed.get("until"),
            ),
            template_id=template_id_of(self.profile_id, template) if template else None,
            **{name: values[name] for name in ("payment_terms_days", "reference", "project", "notes")},
        )


class OneBatch(BatchView):
    """One batch."""

    rights = {"GET": VIEW}
    answers = {"GET": BatchOut}

    def get(self, request: Request, batch_ref: str) -> Response:
        """How far it is, what it came to, and its files."""
        return Response(self.body(batch_get(self.actor, batch_ref)))


class BatchItems(BatchView):
    """What became of each customer, draft or invoice of a batch."""

    rights = {"GET": VIEW}
    list_key = "items"
    answers = {"GET": BatchItemOut}
    query = (OpenApiParameter("state", OpenApiTypes.STR, enum=list(BatchItemState)),)

    def get(self, request: Request, batch_ref: str) -> Response:
        """The items in their order; `state` narrows them to what was made, left out or failed."""
        wanted = request.query_params.get("state", "")
        if wanted and wanted not in set(BatchItemState):
            known = ", ".join(BatchItemState)
            raise ValidationFailed({"state": [_("Write one of: %(known)s.") % {"known": known}]})
        state = BatchItemState(wanted) if wanted else None
        return self.page(batch_items(batch_get(self.actor, batch_ref), state=state), BatchItemOut)


class BatchPause(BatchView):
    """Pausing."""

    rights = {"POST": VIEW}
    answers = {"POST": {200: BatchOut}}

    def post(self, request: Request, batch_ref: str) -> Response:
        """Stops the work after what is being done. Needs the scopes that starting it took."""
        batch = batch_get(self.actor, batch_ref)
        return Response(self.body(batch_pause(batch_id=batch.pk, actor=self.actor, now=self.now)))


class BatchResume(BatchView):
    """Going on."""

    rights = {"POST": VIEW}
    answers = {"POST": {200: BatchOut}}

    def post(self, request: Request, batch_ref: str) -> Response:
        """Goes on with a batch that was paused or stopped."""
        batch = batch_get(self.actor, batch_ref)
        return Response(self.body(batch_resume(batch_id=batch.pk, actor=self.actor, now=self.now)))


class BatchCancel(BatchView):
    """Cancelling."""

    rights = {"POST": VIEW}
    answers = {"POST": {200: BatchOut}}

    def post(self, request: Request, batch_ref: str) -> Response:
        """Ends a batch. What was made stays."""
        batch = batch_get(self.actor, batch_ref)
        return Response(self.body(batch_cancel(batch_id=batch.pk, actor=self.actor, now=self.now)))


class BatchRetry(BatchView):
    """Trying again."""

    rights = {"POST": VIEW}
    answers = {"POST": {200: BatchOut}}

    def post(self, request: Request, batch_ref: str) -> Response:
        """Does again what failed. What was made is not made again."""
        batch = batch_get(self.actor, batch_ref)
        return Response(self.body(batch_retry(batch_id=batch.pk, actor=self.actor, now=self.now)))


class OneBatchFile(BatchView):
    """A file of a batch."""

    rights = {"GET": VIEW}

    def get(self, request: Request, batch_ref: str, part: str) -> HttpResponseBase:
        """The file, until it expires. `part` is its number, from 1."""
        number = int(part) if part.isascii() and part.isdigit() and len(part) < LONGEST_PART else 0
        found = batch_files(batch_get(self.actor, batch_ref)).filter(part=number).first()
        if found is None:
            raise NotFound(_("There is no such file."))
        return files.file_response(found.file)


def _one_choice(values: Mapping[str, Any], *names: str) -> None:
    """Raises ValidationFailed when something is named beside a saved filter."""
    if any(name in values for name in names):
        raise ValidationFailed({"saved_filter": [_("Choose by a saved filter or otherwise, not both.")]})


def _as_in_the_list(narrowed: Mapping[str, Any]) -> dict[str, str]:
    """The filters by the names that the address of the list of customers has."""
    owing = {True: "1", False: "0"}.get(narrowed["owing"], "")
    words = {name: value for name, value in narrowed.items() if name not in {"search", "owing"}}
    return {name: value for name, value in ({"q": narrowed["search"], "owing": owing} | words).items() if value}


def _word(words: type[Any], values: Mapping[str, Any], name: str) -> Any:
    return words(values[name]) if values.get(name) else None


def _ids(rows: QuerySet[Any], values: Mapping[str, Any], name: str) -> list[UUID]:
    """The ids of rows that a body names by id or number. Raises ValidationFailed, naming those that are not there."""
    wanted: Iterable[str] = values.get(name, ())
    if not wanted:
        raise ValidationFailed({name: [_("Nothing is chosen.")]})
    asked = {text: as_uuid(text) for text in wanted}
    ids = [found for found in asked.values() if found is not None]
    numbers = [text.upper() for text, found in asked.items() if found is None]
    found = dict(rows.order_by().filter(Q(pk__in=ids) | Q(number__in=numbers)).values_list("pk", "number"))
    known = {str(pk) for pk in found} | set(found.values())
    missing = [text for text, pk in asked.items() if str(pk or text.upper()) not in known]
    if missing:
        told = ", ".join(missing[:5])
        raise ValidationFailed({name: [_("There is no %(number)s.") % {"number": told}]})
    return list(found)
