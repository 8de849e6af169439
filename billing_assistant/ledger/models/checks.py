"""The chain over what was written, and what was found when the books were checked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models.base import Entity
from billing_assistant.core.states import values_constraint
from billing_assistant.ledger.kinds import Chain, CheckState


class BookSeal(models.Model):
    """A link of a chain: up to 1,000 rows and the digest of the link before, as one SHA-256. Never changed."""

    id = models.BigAutoField(primary_key=True)
    chain = models.CharField(max_length=10, choices=Chain.choices())
    through = models.UUIDField(help_text=_("The last row that it covers; it begins after the link before."))
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "through"], name="sealed_once"),
            values_constraint("seal_chain_known", "chain", Chain),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.digest[:12]}"


class BooksCheck(Entity):
    """One check of all invariants: when, how long, what was looked at, what is broken, and who looked at that.

    `results` has a row a rule: code, rule, rows (what breaks it, at most 20) and milliseconds. `heads` are the digests
    at the end of each chain.
    """

    finished_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField()
    results = models.JSONField(default=list)
    broken = models.PositiveSmallIntegerField(default=0, help_text=_("Rules that do not hold."))
    heads = models.JSONField(default=dict)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    looked_note = models.CharField(_("what was found"), max_length=240, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(looked_at__isnull=True) | ~Q(looked_note=""), name="books_check_looked_at_with_a_note"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    @property
    def number(self) -> str:
        """What it is called in the story of what happened."""
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> str:
        """How long the database worked on it, to a tenth."""
        tenths = sum(result["milliseconds"] for result in self.results) // 100
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def needs_a_person(self) -> bool:
        """Whether something is broken that nobody has looked at."""
        return bool(self.broken) and self.looked_at is None

    @property
    def state_word(self) -> CheckState:
        """The state with its label, colour and icon."""
        if self.finished_at is None:
            return CheckState.RUNNING
        if not self.broken:
            return CheckState.HOLDS
        return CheckState.LOOKED_AT if self.looked_at else CheckState.BROKEN
