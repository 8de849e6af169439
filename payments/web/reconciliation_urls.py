"""Pages of reconciliation, joined to those of payments."""

from django.urls import path

from payments.web import balance_differences, bank_line_acts, bank_lines, match_rules, reconciliation

urlpatterns = [
    path("reconciliation/", reconciliation.overview, name="reconciliation"),
    path("reconciliation/accounts/new/", reconciliation.account_new, name="bank_account_new"),
    path("reconciliation/accounts/<uuid:bank_account_id>/", bank_lines.account_lines, name="bank_account"),
    path("reconciliation/accounts/<uuid:bank_account_id>/edit/", reconciliation.account_edit, name="bank_account_edit"),
    path("reconciliation/accounts/<uuid:bank_account_id>/upload/", reconciliation.statement_new, name="statement_new"),
    path("reconciliation/statements/<uuid:statement_id>/", reconciliation.statement_detail, name="statement"),
    path("reconciliation/statements/<uuid:statement_id>/file/", reconciliation.statement_file, name="statement_file"),
    path("reconciliation/statements/<uuid:statement_id>/again/", reconciliation.statement_act, name="statement_again"),
    path(
        "reconciliation/statements/<uuid:statement_id>/undo/", reconciliation.statement_undo_page, name="statement_undo"
    ),
    path(
        "reconciliation/statements/<uuid:statement_id>/discard/",
        reconciliation.statement_discard_page,
        name="statement_discard",
    ),
    path("reconciliation/lines/<uuid:line_id>/act/", bank_line_acts.line_act, name="bank_line_act"),
    path("reconciliation/lines/<uuid:line_id>/split/", bank_line_acts.line_split, name="bank_line_split"),
    path("reconciliation/differences/", balance_differences.difference_list, name="balance_differences"),
    path("reconciliation/rules/", match_rules.rule_list, name="match_rules"),
    path("reconciliation/rules/<uuid:match_rule_id>/", match_rules.rule_detail, name="match_rule"),
    path("reconciliation/rules/<uuid:match_rule_id>/move/", match_rules.rule_move, name="match_rule_move"),
]
