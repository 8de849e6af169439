"""Addresses of sending and of the notification log."""

from __future__ import annotations

from django.urls import URLPattern

from billing_assistant.core.api.urls import endpoint
from reminders.api.quotes import SendQuote
from reminders.api.views import CustomerNotifications, InvoiceDelivery, SendDraft, SendInvoice

urlpatterns: list[URLPattern] = [
    *endpoint("customers/<ref:customer>/invoices/drafts/<ref:draft>/send", SendDraft, name="draft-send"),
    *endpoint("customers/<ref:customer>/notifications", CustomerNotifications, name="customer-notifications"),
    *endpoint("invoices/<ref:invoice>/send", SendInvoice, name="invoice-send"),
    *endpoint("quotes/<ref:quote_ref>/send", SendQuote, name="quote-send"),
    *endpoint("invoices/<ref:invoice>/delivery-status", InvoiceDelivery, name="invoice-delivery-status"),
]
