"""Imports: the run of a file, what was left out and why, and how columns were named before."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.imports.states import WORKING, ImportState
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import CurrencyField
from billing_assistant.core.states import values_constraint


class DataImport(Entity):
    """One file on its way in. It is worked on in batches; `position` says how many are behind it.

    `mapping` has the column of each field by position, `styles` how number and date columns are written.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=30)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    encoding = models.CharField(max_length=20, blank=True)
    sheet = models.CharField(_("sheet"), max_length=120, blank=True)
    state = models.CharField(_("status"), max_length=20, choices=ImportState.choices(), default=ImportState.UPLOADED)
    mapping = models.JSONField(default=dict)
    styles = models.JSONField(default=dict)
    currency = CurrencyField(_("currency"))

    about_rows = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(_("rows read"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    same = models.PositiveIntegerField(_("there already"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    faulty = models.PositiveIntegerField(_("left out"), default=0)
    counts = models.JSONField(default=dict)
    amounts = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    touched_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    created_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    api_key = models.ForeignKey("core.ApiKey", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    actor_kind = models.CharField(max_length=20)
    actor_label = models.CharField(_("started by"), max_length=150)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [values_constraint("data_import_state_known", "state", ImportState)]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-id"], name="data_import_by_profile"),
            models.Index(
                fields=["touched_at"],
                name="data_import_at_work",
                condition=models.Q(state__in=sorted(state.value for state in WORKING)),
            ),
        ]

    def __str__(self) -> str:
        return self.file.name

    @property
    def state_word(self) -> ImportState:
        """The state with its label, colour and icon."""
        return ImportState(self.state)

    @property
    def is_working(self) -> bool:
        return self.state_word in WORKING


class ImportProblem(models.Model):
    """A fault of a row that was left out."""

    id = models.BigAutoField(primary_key=True)
    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(DataImport, on_delete=models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField(_("line"))
    about = models.CharField(_("about"), max_length=120, blank=True)
    field = models.CharField(_("field"), max_length=40, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=400)

    class Meta:
        ordering = ("run", "line", "id")
        indexes: ClassVar = [models.Index(fields=["run", "line", "id"], name="import_problem_by_line")]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class ImportMapping(Entity):
    """How the columns of files with these headings were named the last time, by heading."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=30)
    heads = models.CharField(max_length=64, help_text=_("The hash of the headings."))
    columns = models.JSONField()
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "kind", "heads"], name="import_mapping_once")
        ]

    def __str__(self) -> str:
        return self.kind
