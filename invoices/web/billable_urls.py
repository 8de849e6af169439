"""Pages of billable work, joined to those of the invoices."""

from django.urls import path

from invoices.web import billable, billable_drafts, exports

urlpatterns = [
    path("billable/", billable.billable_list, name="billable"),
    path("billable/export/", exports.billable_export, name="billable_export"),
    path("billable/new/", billable.billable_new, name="billable_new"),
    path("billable/time/", billable.billable_time, name="billable_time"),
    path("billable/drafts/", billable_drafts.billable_drafts, name="billable_drafts"),
    path("billable/terms/<uuid:customer_id>/", billable_drafts.billable_terms, name="billable_terms"),
    path("billable/<uuid:billable_id>/", billable.billable_edit, name="billable_item"),
    path("billable/<uuid:billable_id>/act/", billable.billable_act, name="billable_act"),
]
