"""A customer as JSON with what higher floors know: invoices and payments."""

from __future__ import annotations

from datetime import date
from typing import Any

from rest_framework import serializers

from billing_assistant.core.actors import Actor
from billing_assistant.core.api.fields import MoneyField
from billing_assistant.shell.selectors import customer as reads
from customers.api.serializers import BalanceSerializer, CustomerSerializer, balance_item, customer_item
from customers.models import Customer
from customers.selectors import Account, account_of

RECENT = 10


class MonthPaidSerializer(serializers.Serializer[Any]):
    month = serializers.CharField(help_text="Like 2026-03.")
    currency = serializers.CharField()
    amount = MoneyField()
    payments = serializers.IntegerField()


class FinancialSummarySerializer(serializers.Serializer[Any]):
    total_invoices = serializers.IntegerField()
    currency = serializers.CharField()
    total_billed = MoneyField()
    total_paid = MoneyField()
    outstanding_balance = MoneyField()
    unapplied_credit = MoneyField()
    average_payment_days = serializers.IntegerField(allow_null=True)
    by_currency = BalanceSerializer(many=True)
    payment_history = MonthPaidSerializer(many=True)


class RecentInvoiceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    invoice_id = serializers.CharField()
    kind = serializers.CharField()
    status = serializers.CharField()
    issue_date = serializers.DateField()
    due_date = serializers.DateField()
    currency = serializers.CharField()
    total = MoneyField()
    amount_due = MoneyField()


class RecentPaymentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    payment_id = serializers.CharField()
    method = serializers.CharField()
    status = serializers.CharField()
    date = serializers.DateField()
    currency = serializers.CharField()
    amount = MoneyField()
    reference = serializers.CharField()


class CustomerDetailSerializer(CustomerSerializer):
    """A customer with its figures and its latest invoices and payments."""

    financial_summary = FinancialSummarySerializer()
    recent_invoices = RecentInvoiceSerializer(many=True)
    recent_payments = RecentPaymentSerializer(many=True)


def detail_item(actor: Actor, customer: Customer, today: date) -> dict[str, Any]:
    """A customer as `CustomerDetailSerializer` shows it."""
    account = account_of(customer)
    invoices = reads.invoice_rows(reads.invoices_of(actor, customer)[:RECENT], today)
    payments = reads.payment_rows(reads.payments_of(actor, customer)[:RECENT])
    return {
        **customer_item(customer, account, actor),
        "financial_summary": _summary(customer, account),
        "recent_invoices": [_invoice(row) for row in invoices],
        "recent_payments": [_payment(row) for row in payments],
    }


def _summary(customer: Customer, account: Account) -> dict[str, Any]:
    return {
        "total_invoices": account.total_invoices,
        **balance_item(account.own),
        "average_payment_days": reads.average_payment_days(customer),
        "by_currency": [balance_item(balance) for balance in account.by_currency],
        "payment_history": [
            {
                "month": f"{row.month:%Y-%m}",
                "currency": row.paid.currency,
                "amount": row.paid,
                "payments": row.payments,
            }
            for row in reads.months_paid(customer)
        ],
    }


def _invoice(row: reads.InvoiceRow) -> dict[str, Any]:
    invoice = row.invoice
    return {
        "id": invoice.pk,
        "invoice_id": invoice.number,
        "kind": invoice.kind,
        "status": row.status.value,
        "issue_date": invoice.issued_on,
        "due_date": invoice.due_on,
        "currency": invoice.currency,
        "total": row.signed_total,
        "amount_due": invoice.amount_due,
    }


def _payment(row: reads.PaymentRow) -> dict[str, Any]:
    payment = row.payment
    return {
        "id": payment.pk,
        "payment_id": payment.number,
        "method": payment.method,
        "status": row.status.value,
        "date": payment.received_on,
        "currency": payment.currency,
        "amount": payment.amount,
        "reference": payment.reference,
    }
