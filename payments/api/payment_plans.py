"""Endpoints about payment plans, and about what is asked for."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from customers.selectors import customer_get
from invoices.models import Invoice
from invoices.services.instalments import DuePart
from payments.api.serializers import invoice_id_of
from payments.models import PaymentPlan
from payments.selectors.chasing import chased, held_back, to_chase
from payments.selectors.payment_plans import instalment_rows, payment_plan_get, planned_of, plans_for
from payments.services.payment_plans import PlanInput, payment_plan_agree, payment_plan_cancel


class PlanPartIn(StrictSerializer):
    """What is to be paid by a day."""

    due_date = serializers.DateField()
    amount = ExactNumberField(decimals=4)


class PaymentPlanIn(StrictSerializer):
    """Instalments for invoices of one customer in one currency; they sum to what is owed on them."""

    customer_id = serializers.CharField(max_length=80, help_text="UUID or number, like CUST-0001")
    invoice_ids = serializers.ListField(child=serializers.CharField(max_length=80), max_length=100)
    instalments = PlanPartIn(many=True)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=240)


class PlanCancelIn(StrictSerializer):
    """Why a plan is ended."""

    reason = serializers.CharField(max_length=240)


class PlanPartOut(serializers.Serializer[Any]):
    """An instalment and what is still to be paid of it."""

    due_date = serializers.DateField(source="due_on")
    amount = MoneyField()
    amount_due = MoneyField(source="left")


class PaymentPlanRowOut(serializers.Serializer[PaymentPlan]):
    """A payment plan in a list."""

    payment_plan_id = serializers.CharField(source="number")
    id = serializers.UUIDField()
    status = serializers.CharField()
    customer_id = serializers.CharField(source="customer.number")
    currency = serializers.CharField()
    amount = MoneyField()
    grace_days = serializers.IntegerField()
    agreed_on = serializers.DateField()
    next_due_date = serializers.DateField(source="next_due_on", allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class PaymentPlanOut(PaymentPlanRowOut):
    """A payment plan with its instalments and invoices."""

    note = serializers.CharField()
    invoice_ids = serializers.SerializerMethodField()
    instalments = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_invoice_ids(self, plan: PaymentPlan) -> list[str]:
        return [each.invoice.number for each in planned_of(plan)]

    @extend_schema_field(PlanPartOut(many=True))
    def get_instalments(self, plan: PaymentPlan) -> list[dict[str, Any]]:
        rows = instalment_rows(plan, planned_of(plan), plan.agreed_on)
        shown = [
            {"due_on": row.due_on, "amount": row.amount, "left": row.left, "currency": plan.currency} for row in rows
        ]
        return list(PlanPartOut(shown, many=True).data)


class ChasedOut(serializers.Serializer[Any]):
    """An invoice and what of it is asked for, or why nothing is."""

    invoice_id = serializers.CharField(source="invoice.number")
    id = serializers.UUIDField(source="invoice.pk")
    customer_id = serializers.CharField(source="invoice.customer.number")
    currency = serializers.CharField()
    amount = MoneyField()
    due_date = serializers.DateField(source="due_on", allow_null=True)
    verdict = serializers.CharField(source="word")

    def to_representation(self, instance: Invoice) -> dict[str, Any]:
        view = self.context["view"]
        return super().to_representation(chased(instance, local_today(view.profile, view.now)))


class PaymentPlansView(ApiView):
    """Payment plans of the business profile."""

    rights = {"GET": Right.PAYMENTS_VIEW, "POST": Right.PAYMENTS_RECORD}
    request_bodies = {"POST": PaymentPlanIn}
    answers = {"GET": PaymentPlanRowOut, "POST": PaymentPlanOut}
    list_key = "payment_plans"

    def get(self, request: Request) -> Response:
        """Payment plans, newest first."""
        return self.page(plans_for(self.actor, profile_id=self.profile_id), PaymentPlanRowOut)

    def post(self, request: Request) -> Response:
        """Agrees on instalments for invoices that are owed."""
        body = self.parse(PaymentPlanIn)
        customer = customer_get(self.actor, body["customer_id"], profile_id=self.profile_id)
        wanted = PlanInput(
            [invoice_id_of(reference, self.actor) for reference in body["invoice_ids"]],
            [DuePart(part["due_date"], part["amount"]) for part in body["instalments"]],
            body["note"],
        )
        plan = payment_plan_agree(customer_id=customer.pk, wanted=wanted, actor=self.actor, now=self.now)
        location = f"/api/payment-plans/{plan.number}"
        return Response(PaymentPlanOut(plan).data, status=201, headers={"Location": location})


class PaymentPlanView(ApiView):
    """One payment plan."""

    rights = {"GET": Right.PAYMENTS_VIEW}
    answers = {"GET": PaymentPlanOut}

    def get(self, request: Request, ref: str) -> Response:
        """A payment plan by id or number, with what is due when."""
        return Response(PaymentPlanOut(payment_plan_get(self.actor, ref)).data)


class PaymentPlanCancelView(ApiView):
    """Ending a plan."""

    rights = {"POST": Right.PAYMENTS_RECORD}
    request_bodies = {"POST": PlanCancelIn}
    answers = {"POST": {200: PaymentPlanOut}}

    def post(self, request: Request, ref: str) -> Response:
        """Ends a plan that stands; its invoices are due as they were issued."""
        plan, body = payment_plan_get(self.actor, ref), self.parse(PlanCancelIn)
        payment_plan_cancel(plan_id=plan.pk, reason=body["reason"], actor=self.actor, now=self.now)
        return Response(PaymentPlanOut(payment_plan_get(self.actor, plan.pk)).data)


class ChasingView(ApiView):
    """Whom we ask for money."""

    rights = {"GET": Right.PAYMENTS_VIEW}
    answers = {"GET": ChasedOut}
    list_key = "invoices"
    query = (
        OpenApiParameter("held", OpenApiTypes.BOOL, description="Those that nobody is asked about, with the reason."),
    )

    def get(self, request: Request) -> Response:
        """Invoices and instalments that were due before today, the longest due first."""
        today = local_today(self.profile, self.now)
        held = request.query_params.get("held", "").lower() in {"true", "1"}
        rows = (held_back if held else to_chase)(self.actor, profile_id=self.profile_id, today=today)
        return self.page(rows, ChasedOut)
