"""Pages of batches, joined to those of the invoices."""

from django.urls import path

from invoices.web import batch_documents, batch_new, batches

urlpatterns = [
    path("batches/", batches.batch_list, name="batches"),
    path("batches/new/", batch_new.batch_new, name="batch_new"),
    path("batches/new/items/", batch_new.batch_choices, name="batch_choices"),
    path("batches/documents/", batch_documents.batch_documents, name="batch_documents"),
    path("batches/<uuid:batch_id>/", batches.batch_detail, name="batch"),
    path("batches/<uuid:batch_id>/act/", batches.batch_act, name="batch_act"),
    path("batches/<uuid:batch_id>/report/", batches.batch_report, name="batch_report"),
    path("batches/<uuid:batch_id>/files/<int:part>/", batches.batch_file, name="batch_file"),
]
