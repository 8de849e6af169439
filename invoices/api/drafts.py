"""Endpoints of drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.saved_filters import SAVED_FILTER, narrowed_by_saved
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from customers.models import Customer
from customers.selectors import customer_get
from customers.states import LANGUAGES
from invoices.api.inputs import DraftChangeIn, DraftIn, IssueIn, NothingIn, draft_input
from invoices.api.serializers import DraftOut, IssuedOut
from invoices.models import InvoiceDraft
from invoices.selectors import draft_find, draft_get, drafts_for
from invoices.services.documents import draft_html, draft_pdf
from invoices.services.draft_snapshots import draft_snapshot
from invoices.services.drafts import draft_create, draft_discard, draft_review, draft_update
from invoices.services.issue import invoice_issue
from invoices.states import DraftStatus
from invoices.version_selectors import with_previous_version

BODY_NAMES: Final = {
    "lines": "items",
    "unit_price": "rate",
    "due_on": "due_date",
    "early_discount_percent": "early_payment_discount.percent",
    "early_discount_days": "early_payment_discount.days",
}
LINE_NAMES: Final = {"unit_price": "rate", "item_id": "catalogue_item_id"}
STATUS: Final = OpenApiParameter("status", OpenApiTypes.STR, enum=list(DraftStatus))
READ, WRITE = Right.INVOICES_VIEW, Right.INVOICES_DRAFT


class DraftView(ApiView):
    """What the draft endpoints share."""

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal of the services names the fields as the body does: `lines.0.unit_price` is `items.0.rate`."""
        if isinstance(exc, ValidationFailed):
            given = getattr(self.request, "_full_data", None)  # what was read so far: reading could fail here
            body = given if isinstance(given, dict) else {}
            exc = ValidationFailed({_in_body(field, body): reasons for field, reasons in exc.errors.items()})
        return super().handle_exception(exc)

    def customer(self, reference: str) -> Customer:
        return customer_get(self.actor, reference)

    def draft(self, draft_ref: str, customer_ref: str = "") -> InvoiceDraft:
        """The draft; with a customer in the path it has to be that customer's."""
        draft = draft_get(self.actor, draft_ref)
        if customer_ref and draft.customer_id != self.customer(customer_ref).pk:
            raise NotFound(_("There is no such draft."))
        return draft

    def shown(self, draft: InvoiceDraft) -> dict[str, Any]:
        fresh = with_previous_version(drafts_for(self.actor)).prefetch_related("lines").get(pk=draft.pk)
        return self.written(fresh)

    def written(self, draft: InvoiceDraft) -> dict[str, Any]:
        """A draft that has everything at hand, as one that was just made does."""
        return dict(DraftOut(draft, context={"today": local_today(draft.profile, self.now)}).data)


class CustomerDrafts(DraftView):
    """Drafts of one customer."""

    rights = {"GET": READ, "POST": WRITE}
    list_key = "drafts"
    query = (STATUS,)
    request_bodies = {"POST": DraftIn}
    answers = {"GET": DraftOut, "POST": DraftOut}

    def get(self, request: Request, customer_ref: str) -> Response:
        """The drafts of a customer, newest first."""
        drafts = (
            with_previous_version(drafts_for(self.actor))
            .filter(customer=self.customer(customer_ref))
            .prefetch_related("lines")
        )
        return self.page(_narrowed(drafts, request), DraftOut)

    def post(self, request: Request, customer_ref: str) -> Response:
        """Makes a draft. The product computes every total."""
        customer = self.customer(customer_ref)
        data = draft_input(self.parse(DraftIn), customer)
        draft = draft_create(customer_id=customer.pk, data=data, actor=self.actor, now=self.now, customer=customer)
        return Response(self.written(draft), status=201)


class Drafts(DraftView):
    """Drafts of all customers."""

    rights = {"GET": READ}
    list_key = "drafts"
    query = (STATUS, SAVED_FILTER)
    answers = {"GET": DraftOut}

    def get(self, request: Request) -> Response:
        """All drafts, newest first."""
        mine = narrowed_by_saved(self, drafts_for(self.actor), request.query_params, "drafts")
        drafts = with_previous_version(mine).prefetch_related("lines")
        return self.page(_narrowed(drafts, request), DraftOut)


class Draft(DraftView):
    """One draft."""

    rights = {"GET": READ, "PUT": WRITE, "PATCH": WRITE, "DELETE": WRITE}
    request_bodies = {"PUT": DraftChangeIn, "PATCH": DraftChangeIn}
    answers = {"GET": DraftOut, "PUT": DraftOut, "PATCH": DraftOut}

    def get(self, request: Request, draft_ref: str, customer_ref: str = "") -> Response:
        """The draft with lines and totals."""
        return Response(self.shown(self.draft(draft_ref, customer_ref)))

    def put(self, request: Request, draft_ref: str, customer_ref: str = "") -> Response:
        """Saves another version; fields that are left out stay. With `version`, refused if somebody saved meanwhile."""
        draft = self.draft(draft_ref, customer_ref)
        values = self.parse(DraftChangeIn)
        present = _present(draft)
        given = {name: value for name, value in values.items() if name in request.data or name not in present}
        if {"discount_percent", "discount_amount"} & set(request.data):
            present |= {"discount_percent": None, "discount_amount": None}
        data = draft_input(present | given, draft.customer)
        draft_update(draft_id=draft.pk, data=data, expected_version=values["version"], actor=self.actor, now=self.now)
        return Response(self.shown(draft))

    def patch(self, request: Request, draft_ref: str, customer_ref: str = "") -> Response:
        """The same as PUT."""
        return self.put(request, draft_ref, customer_ref)

    def delete(self, request: Request, draft_ref: str, customer_ref: str = "") -> Response:
        """Discards the draft."""
        draft_discard(draft_id=self.draft(draft_ref, customer_ref).pk, actor=self.actor, now=self.now)
        return Response(status=204)


class DraftPreview(DraftView):
    """A draft as the invoice that it would become."""

    rights = {"GET": READ}
    query = (OpenApiParameter("format", OpenApiTypes.STR, enum=["html", "pdf"]),)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002
        """The answer is HTML or PDF, whatever the client accepts; errors are JSON."""
        renderer = self.get_renderers()[0]
        return renderer, renderer.media_type

    def get(self, request: Request, draft_ref: str, customer_ref: str = "") -> HttpResponse:
        """HTML, or PDF with `?format=pdf` or an Accept header that prefers it."""
        draft = self.draft(draft_ref, customer_ref)
        if _wants_pdf(request._request):
            content = draft_pdf(draft_id=draft.pk, actor=self.actor)
            return HttpResponse(
                content,
                content_type="application/pdf",
                headers={"Content-Disposition": f'inline; filename="{draft.number}.pdf"'},
            )
        return HttpResponse(draft_html(draft_id=draft.pk, actor=self.actor))


class DraftReview(DraftView):
    """A person's look through a draft."""

    rights = {"POST": WRITE}
    answers = {"POST": {200: DraftOut}}

    def post(self, request: Request, draft_ref: str, customer_ref: str = "") -> Response:
        """Marks the draft as reviewed by the caller."""
        draft = self.draft(draft_ref, customer_ref)
        self.parse(NothingIn)
        draft_review(draft_id=draft.pk, actor=self.actor, now=self.now)
        return Response(self.shown(draft))


class DraftIssue(DraftView):
    """From draft to invoice."""

    rights = {"POST": Right.INVOICES_ISSUE}
    request_bodies = {"POST": IssueIn}
    answers = {"POST": IssuedOut}

    def post(self, request: Request, draft_ref: str, customer_ref: str = "") -> Response:
        """Issues the invoice: number, snapshot, ledger. Sends nothing. `warnings` tells what spoke against it."""
        draft_id, customer_id = draft_find(self.actor, draft_ref)
        if customer_ref and customer_id != self.customer(customer_ref).pk:
            raise NotFound(_("There is no such draft."))
        issued_on = self.parse(IssueIn)["issue_date"]
        invoice = invoice_issue(draft_id=draft_id, actor=self.actor, now=self.now, issued_on=issued_on)
        shown = IssuedOut(invoice, context={"today": local_today(invoice.profile, self.now)}).data
        return Response(shown, status=201)


def _item(line: dict[str, Any]) -> dict[str, Any]:
    """A line of a snapshot as a checked body has it."""
    return {LINE_NAMES.get(name, name): value for name, value in line.items() if name != "amount"}


def _present(draft: InvoiceDraft) -> dict[str, Any]:
    """The draft as a checked body."""
    snapshot = draft_snapshot(draft)
    own = "" if snapshot["promo_code"] else snapshot["discount_kind"]
    percent = snapshot["discount_value"] if own == "percent" else None
    amount = snapshot["discount_value"] if own == "amount" else None
    body = {
        **{name: snapshot[name] for name in ("currency", "prices_include_tax", "payment_terms_days")},
        **{name: snapshot[name] for name in ("reference", "project", "promo_code", "notes", "terms")},
        "template": draft.template.number if draft.template else "",
        "series": draft.series.code if draft.series else "",
        "language": LANGUAGES.get(snapshot["language"], ""),
        "early_payment_discount": _early(draft),
        "due_date": snapshot["due_on"],
        "discount_percent": percent,
        "discount_amount": amount,
        "instalments": [{"due_date": day, "amount": amount} for day, amount in snapshot["instalments"]],
        "items": [_item(line) for line in snapshot["lines"]],
    }
    serializer = DraftIn(data=body)
    serializer.is_valid(raise_exception=True)
    return {name: value for name, value in serializer.validated_data.items() if name != "version"}


def _early(draft: InvoiceDraft) -> dict[str, Any] | None:
    if draft.early_discount_days is None:
        return None
    return {"percent": str(draft.early_discount_percent), "days": draft.early_discount_days}


def _in_body(field: str, body: Mapping[str, Any]) -> str:
    if field == "discount_value":
        return "discount_amount" if body.get("discount_amount") is not None else "discount_percent"
    return ".".join(BODY_NAMES.get(part, part) for part in field.split("."))


def _narrowed(drafts: QuerySet[InvoiceDraft], request: Request) -> QuerySet[InvoiceDraft]:
    status = request.query_params.get("status", "")
    if status and status not in set(DraftStatus):
        raise ValidationFailed({"status": [_("Write one of: %(known)s.") % {"known": ", ".join(DraftStatus)}]})
    return drafts.filter(status=status) if status else drafts


def _wants_pdf(request: HttpRequest) -> bool:
    wanted = request.GET.get("format", "")
    return wanted == "pdf" or (not wanted and "application/pdf" in request.headers.get("Accept", ""))
