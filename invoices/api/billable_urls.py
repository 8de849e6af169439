"""Addresses of billable work, under /api/."""

from billing_assistant.core.api.urls import endpoint
from invoices.api.billable import Billable, BillableDrafts, OneBillable

urlpatterns = [
    *endpoint("billable", Billable, name="billable"),
    *endpoint("billable/drafts", BillableDrafts, name="billable-drafts"),
    *endpoint("billable/<uuid:billable_id>", OneBillable, name="billable-item"),
]
