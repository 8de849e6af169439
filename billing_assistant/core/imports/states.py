"""States of an import."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status


class ImportState(Status):
    UPLOADED = "uploaded", _("Columns to be named"), "neutral", "columns"
    CHECKING = "checking", _("Being checked"), "info", "loader"
    CHECKED = "checked", _("Checked"), "info", "eye"
    IMPORTING = "importing", _("Being imported"), "info", "loader"
    DONE = "done", _("Imported"), "success", "circle-check"
    CANCELLED = "cancelled", _("Cancelled"), "neutral", "x"
    FAILED = "failed", _("Stopped"), "danger", "circle-x"


WORKING: Final = frozenset({ImportState.CHECKING, ImportState.IMPORTING})
IMPORT_TRANSITIONS: Final = {
    ImportState.UPLOADED: frozenset({ImportState.CHECKING, ImportState.IMPORTING, ImportState.CANCELLED}),
    ImportState.CHECKING: frozenset({ImportState.CHECKED, ImportState.CANCELLED, ImportState.FAILED}),
    ImportState.CHECKED: frozenset({ImportState.CHECKING, ImportState.IMPORTING, ImportState.CANCELLED}),
    ImportState.IMPORTING: frozenset({ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED}),
    ImportState.DONE: frozenset[ImportState](),
    ImportState.CANCELLED: frozenset({ImportState.CHECKING, ImportState.IMPORTING}),
    ImportState.FAILED: frozenset({ImportState.CHECKING, ImportState.IMPORTING}),
}
