"""Endpoints about payments, and the aging report."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.saved_filters import NAME, SAVED_FILTER, narrowed_by_saved
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.states import Status
from customers.selectors import customer_get
from payments.api import serializers as shown
from payments.models import Payment
from payments.selectors.aging import aging
from payments.selectors.payments import (
    PaymentFilters,
    payment_get,
    payments_counted,
    payments_filtered,
    payments_for,
)
from payments.services.allocate import payment_allocate
from payments.services.record import payment_record
from payments.services.refund import payment_refund
from payments.services.reverse import payment_reverse
from payments.services.withholding import Withheld
from payments.states import PaymentMethod, PaymentState

S = TypeVar("S", bound=Status)
SEARCHED = "Part of number, reference or the customer's name. Its total stops at 10,001."
FILTERS = [
    OpenApiParameter("status", OpenApiTypes.STR, enum=[state.value for state in PaymentState]),
    OpenApiParameter("method", OpenApiTypes.STR, enum=[method.value for method in PaymentMethod]),
    OpenApiParameter("currency", OpenApiTypes.STR),
    OpenApiParameter("customer", OpenApiTypes.STR, description="UUID or number of a customer."),
    OpenApiParameter("since", OpenApiTypes.DATE, description="Received on this day or later."),
    OpenApiParameter("until", OpenApiTypes.DATE, description="Received on this day or earlier."),
    OpenApiParameter("unapplied", OpenApiTypes.BOOL, description="Only payments with something left to apply."),
    OpenApiParameter("search", OpenApiTypes.STR, description=SEARCHED),
    SAVED_FILTER,
]


class PaymentsView(ApiView):
    """Payments of the business profile."""

    rights = {"GET": Right.PAYMENTS_VIEW, "POST": Right.PAYMENTS_RECORD}
    request_bodies = {"POST": shown.PaymentIn}
    answers = {"GET": shown.PaymentRowOut, "POST": shown.PaymentOut}
    list_key = "payments"
    query = FILTERS

    def get(self, request: Request) -> Response:
        """Payments, filtered, newest first."""
        query = request.query_params
        rows = narrowed_by_saved(self, payments_for(self.actor, profile_id=self.profile_id), query, "payments")
        if query.get("customer"):
            rows = rows.filter(customer=customer_get(self.actor, query["customer"], profile_id=self.profile_id))
        filters = _filters(query)
        found = payments_filtered(rows, filters)

        def counted() -> int:
            if query.get("customer") or query.get(NAME):
                return found.count()
            return payments_counted(self.actor, found, filters, self.profile_id)

        return self.page(found, shown.PaymentRowOut, counted=counted)

    def post(self, request: Request) -> Response:
        """Records money that was received, with the invoices that it settles."""
        body = self.parse(shown.PaymentIn)
        customer = customer_get(self.actor, body["customer_id"], profile_id=self.profile_id)
        payment = payment_record(
            customer_id=customer.pk,
            amount=body["amount"],
            currency=body["currency"] or customer.currency,
            method=body["method"],
            received_on=body["received_on"] or local_today(customer.profile, self.now),
            reference=body["reference"],
            note=body["note"],
            allocations=shown.wish_of(body["allocations"], self.actor),
            withheld=Withheld(**body["withholding_tax"]) if body["withholding_tax"] else None,
            write_off_rest=body["write_off_rest"],
            actor=self.actor,
            now=self.now,
        )
        location = f"/api/payments/{payment.number}"
        return Response(shown.PaymentOut(payment).data, status=201, headers={"Location": location})


class PaymentView(ApiView):
    """One payment."""

    rights = {"GET": Right.PAYMENTS_VIEW}
    answers = {"GET": shown.PaymentOut}

    def get(self, request: Request, ref: str) -> Response:
        """A payment by id or number, with what it settled."""
        return Response(shown.PaymentOut(payment_get(self.actor, ref)).data)


class AllocateView(ApiView):
    """Applying the rest of a payment."""

    rights = {"POST": Right.PAYMENTS_RECORD}
    request_bodies = {"POST": shown.AllocateIn}
    answers = {"POST": {200: shown.PaymentOut}}

    def post(self, request: Request, ref: str) -> Response:
        """Settles invoices with what is unapplied of a payment."""
        payment = payment_get(self.actor, ref)
        wish = shown.wish_of(self.parse(shown.AllocateIn)["allocations"], self.actor)
        payment_allocate(payment_id=payment.pk, allocations=wish, actor=self.actor, now=self.now)
        return _whole(payment)


class RefundsView(ApiView):
    """What of a payment was given back."""

    rights = {"GET": Right.PAYMENTS_VIEW, "POST": Right.PAYMENTS_RECORD}
    request_bodies = {"POST": shown.RefundIn}
    answers = {"GET": shown.RefundOut, "POST": shown.RefundOut}
    list_key = "refunds"

    def get(self, request: Request, ref: str) -> Response:
        """The refunds of a payment, the newest first."""
        payment = payment_get(self.actor, ref)
        return self.page(payment.refunds.select_related("payment").order_by("-id"), shown.RefundOut)

    def post(self, request: Request, ref: str) -> Response:
        """Records that money of a payment was given back by hand."""
        payment, body = payment_get(self.actor, ref), self.parse(shown.RefundIn)
        refund = payment_refund(payment_id=payment.pk, actor=self.actor, now=self.now, **body)
        return Response(shown.RefundOut(refund).data, status=201)


class ReverseView(ApiView):
    """A payment whose money is not there."""

    rights = {"POST": Right.PAYMENTS_RECORD}
    request_bodies = {"POST": shown.ReverseIn}
    answers = {"POST": {200: shown.PaymentOut}}

    def post(self, request: Request, ref: str) -> Response:
        """Takes a payment out of the books; its invoices are due again."""
        payment, body = payment_get(self.actor, ref), self.parse(shown.ReverseIn)
        payment_reverse(
            payment_id=payment.pk,
            reason=body["reason"],
            reversed_on=body["reversed_on"],
            actor=self.actor,
            now=self.now,
        )
        return _whole(payment)


class AgingView(ApiView):
    """Who owes how much for how long."""

    rights = {"GET": Right.REPORTS_VIEW}
    answers = {"GET": shown.AgingOut}
    query = (
        OpenApiParameter("as_of", OpenApiTypes.DATE, description="A day until today; default: today."),
        OpenApiParameter("customer", OpenApiTypes.STR, description="UUID or number of a customer."),
        OpenApiParameter("currency", OpenApiTypes.STR),
    )

    def get(self, request: Request) -> Response:
        """Aging as of a day, per customer and currency, tied to the ledger."""
        query, today = request.query_params, local_today(self.profile, self.now)
        wanted = query.get("customer", "")
        customer = customer_get(self.actor, wanted, profile_id=self.profile_id) if wanted else None
        report = aging(
            self.actor,
            profile=self.profile,
            as_of=_day(query.get("as_of", ""), "as_of", latest=today) or today,
            customer_id=customer.pk if customer else None,
            currency=_currency(query.get("currency", "")),
        )
        return Response(shown.AgingOut(report).data)


def _whole(payment: Payment) -> Response:
    payment = Payment.objects.select_related("customer", "profile").get(pk=payment.pk)
    return Response(shown.PaymentOut(payment).data)


def _filters(query: dict[str, str]) -> PaymentFilters:
    unapplied = query.get("unapplied", "").lower()
    if unapplied not in {"", "true", "false", "1", "0"}:
        raise ValidationFailed({"unapplied": [_("Write true or false.")]})
    return PaymentFilters(
        search=query.get("search", "").replace("\x00", "")[:100],
        status=_word(PaymentState, query.get("status", ""), "status"),
        method=_word(PaymentMethod, query.get("method", ""), "method"),
        currency=_currency(query.get("currency", "")),
        since=_day(query.get("since", ""), "since"),
        until=_day(query.get("until", ""), "until"),
        unapplied=unapplied in {"true", "1"},
    )


def _word(words: type[S], text: str, name: str) -> S | None:
    try:
        return words(text) if text else None
    except ValueError:
        known = ", ".join(word.value for word in words)
        raise ValidationFailed({name: [_("Choose one of: %(known)s.") % {"known": known}]}) from None


def _currency(text: str) -> str:
    if text and text.upper() not in CURRENCIES:
        raise ValidationFailed({"currency": [_("This is not an ISO currency code.")]})
    return text.upper()


def _day(text: str, name: str, *, latest: date | None = None) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if text.isascii() else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or (latest is not None and day > latest):
        text = _("Write a date like 2026-03-02 until %(latest)s.") if latest else _("Write a date like 2026-03-02.")
        raise ValidationFailed({name: [text % {"latest": latest}]})
    return day
