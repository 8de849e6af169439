"""Pages of reconciliation, joined to those of payments."""

from django.urls import path

from payments.web import bank_lines, reconciliation

urlpatterns = [
    path("reconciliation/", reconciliation.overview, name="reconciliation"),
    path("reconciliation/accounts/new/", reconciliation.account_new, name="bank_account_new"),
    path("reconciliation/accounts/<uuid:bank_account_id>/", bank_lines.account_lines, name="bank_account"),
    path("reconciliation/accounts/<uuid:bank_account_id>/edit/", reconciliation.account_edit, name="bank_account_edit"),
    path("reconciliation/accounts/<uuid:bank_account_id>/upload/", reconciliation.statement_new, name="statement_new"),
    path("reconciliation/statements/<uuid:statement_id>/", reconciliation.statement_detail, name="statement"),
    path("reconciliation/statements/<uuid:statement_id>/file/", reconciliation.statement_file, name="statement_file"),
    path("reconciliation/statements/<uuid:statement_id>/again/", reconciliation.statement_act, name="statement_again"),
]
