"""Accounts where our money is kept by others, their statements, and each line once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.clock import now
from billing_assistant.core.db import minor_units_constraint
from billing_assistant.core.models.base import Entity
from billing_assistant.core.models.fields import AmountField, CurrencyField
from billing_assistant.core.models.sealed import SealedColumn, sealed_text
from billing_assistant.core.states import values_constraint
from billing_assistant.ledger.kinds import AccountKind
from payments.statement_states import (
    OPEN_LINES,
    STATEMENT_TRANSITIONS,
    STATEMENTS_AT_WORK,
    BankAccountKind,
    LineState,
    StatementFormat,
    StatementState,
)


class BankAccount(Entity):
    """An account at a bank, a till, or our balance at a payment provider (`provider` is what payments call it)."""

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=BankAccountKind.choices())
    currency = CurrencyField(_("currency"))
    number_sealed = SealedColumn(_("account number"))
    last_four = models.CharField(_("last four signs"), max_length=4, blank=True)
    provider = models.CharField(_("provider"), max_length=30, blank=True)
    provider_account = models.CharField(_("account at the provider"), max_length=60, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    number = sealed_text("number")

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "name"], name="bank_account_name_once"),
            values_constraint("bank_account_kind_known", "kind", BankAccountKind),
            models.CheckConstraint(
                condition=(Q(kind="provider") & ~Q(provider="")) | (~Q(kind="provider") & Q(provider="")),
                name="bank_account_of_a_provider",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_word(self) -> BankAccountKind:
        return BankAccountKind(self.kind)

    @property
    def ledger_account(self) -> AccountKind:
        """Where the books keep what is on it: at a provider it is not ours yet."""
        at_provider = self.kind_word is BankAccountKind.PROVIDER
        return AccountKind.GATEWAY_CLEARING if at_provider else AccountKind.CASH


class Statement(Entity):
    """A file of an account on its way in, kept as it came. `lines_sum` is over all that stands in it.

    `undo_by` and `undo_reason` tell who undid or discarded it. One that was discarded counts no more, nor do its lines.

    `position` and `matched` say how far reading and matching are, `undo_position` which line undoing tried last, and
    `undo_kept` how many lines it could not undo.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    data_import = models.OneToOneField(
        "core.DataImport", null=True, blank=True, on_delete=models.PROTECT, related_name="statement"
    )
    format = models.CharField(_("format"), max_length=20, choices=StatementFormat.choices())
    state = models.CharField(_("status"), max_length=20, choices=StatementState.choices())
    period_from = models.DateField(_("from"), null=True, blank=True)
    period_to = models.DateField(_("to"), null=True, blank=True)
    currency = CurrencyField()
    opening_balance = AmountField(_("opening balance"), null=True, blank=True, default=None)
    closing_balance = AmountField(_("closing balance"), null=True, blank=True, default=None)
    balances_given = models.BooleanField(default=False, help_text=_("A person wrote the balances."))
    lines_sum = AmountField(_("sum of the lines"))
    lines_seen = models.PositiveIntegerField(_("lines"), default=0)
    lines_new = models.PositiveIntegerField(_("new lines"), default=0)

    position = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    touched_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    api_key = models.ForeignKey("core.ApiKey", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    actor_kind = models.CharField(max_length=20)
    actor_label = models.CharField(_("started by"), max_length=150)
    undo_by = models.ForeignKey("core.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undo_reason = models.CharField(max_length=240, blank=True)
    undo_position = models.PositiveIntegerField(null=True, blank=True)
    undo_kept = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "file"], condition=~Q(state="discarded"), name="statement_file_once"
            ),
            values_constraint("statement_format_known", "format", StatementFormat),
            values_constraint("statement_state_known", "state", StatementState),
            minor_units_constraint("statement_in_minor_units", "lines_sum"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-id"], name="statement_by_profile"),
            models.Index(
                fields=["touched_at"],
                name="statement_at_work",
                condition=Q(state__in=sorted(state.value for state in STATEMENTS_AT_WORK)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.period_from}"

    @property
    def state_word(self) -> StatementState:
        return StatementState(self.state)

    def can_become(self, wanted: StatementState) -> bool:
        """Whether its state allows another one."""
        return wanted in STATEMENT_TRANSITIONS[self.state_word]

    @property
    def format_word(self) -> StatementFormat:
        return StatementFormat(self.format)

    @property
    def is_working(self) -> bool:
        return self.state_word in STATEMENTS_AT_WORK

    @property
    def is_read(self) -> bool:
        """Whether all of its lines were read; before that they cannot add up."""
        return self.state_word in {StatementState.MATCHING, StatementState.UNDOING, StatementState.DONE}

    @property
    def gap(self) -> Decimal | None:
        """By how much the closing balance differs from the opening one and the lines; None where it has no balances."""
        if self.opening_balance is None or self.closing_balance is None:
            return None
        found: Decimal = self.closing_balance - self.opening_balance - self.lines_sum
        return found


class StatementLine(Entity):
    """One movement of an account. `identity` is the bank's own id, or all that it says and which of its equals it is.

    A discarded line counts nowhere; it stays for what was posted about it and taken back.

    `amount` is signed: money that came in is positive. At a provider `gross` less `fee` is the amount. `books_on` is a
    later day that a person chose because the line's own is locked.
    """

    profile = models.ForeignKey("core.BusinessProfile", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    identity = models.CharField(max_length=160)
    bank_id = models.CharField(_("id at the bank"), max_length=120, blank=True)
    position = models.PositiveIntegerField()
    booked_on = models.DateField(_("booked"))
    books_on = models.DateField(_("day in our books"), null=True, blank=True)
    currency = CurrencyField()
    amount = AmountField(_("amount"))
    gross = AmountField(_("gross"), null=True, blank=True, default=None)
    fee = AmountField(_("fee"))
    counterparty = models.CharField(_("from or to"), max_length=160, blank=True)
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    state = models.CharField(_("status"), max_length=20, choices=LineState.choices(), default=LineState.NEW)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by_label = models.CharField(max_length=150, blank=True)
    payout = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="arrival", verbose_name=_("payout")
    )

    class Meta:
        ordering = ("-booked_on", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "identity"], condition=~Q(state="discarded"), name="statement_line_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0) | ~Q(fee=0), name="statement_line_not_zero"),
            models.CheckConstraint(
                condition=Q(books_on__isnull=True) | Q(books_on__gt=F("booked_on")), name="statement_line_booked_later"
            ),
            values_constraint("statement_line_state_known", "state", LineState),
            minor_units_constraint("statement_line_in_minor_units", "amount", "fee"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-booked_on", "-id"], name="statement_line_by_date"),
            models.Index(fields=["account", "booked_on", "amount"], name="statement_line_by_amount"),
            models.Index(fields=["profile", "bank_id"], name="statement_line_by_bank_id", condition=~Q(bank_id="")),
            models.Index(
                fields=["account", "-booked_on", "-id"],
                name="statement_line_open",
                condition=Q(state__in=sorted(state.value for state in OPEN_LINES)),
            ),
            models.Index(
                fields=["statement", "position"], name="statement_line_untried", condition=Q(tried_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.currency} {self.amount}"

    @property
    def state_word(self) -> LineState:
        return LineState(self.state)

    @property
    def is_open(self) -> bool:
        return self.state_word in OPEN_LINES

    @property
    def posting_day(self) -> date:
        """The day on which what is booked about it is booked."""
        return self.books_on or self.booked_on

    @property
    def says(self) -> str:
        """All that stands on the line, for people and for the search for references."""
        return " · ".join(part for part in (self.counterparty, self.reference, self.text) if part)
