"""Forms of accounts and statements. They parse; the services check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.files import MAX_BYTES
from billing_assistant.core.ui.forms import AmountField, DayField, SearchSelect
from billing_assistant.core.ui.lists import LONGEST_SEARCH
from customers.models import Customer
from integrations.vendors import vendor_label, vendors
from payments.models import BankAccount, MatchRule, StatementLine
from payments.selectors.statements import PostingDays
from payments.services.bank_accounts import LONGEST_NUMBER, BankAccountInput
from payments.services.match_rules import MOST_DAYS, MOST_FEE_PERCENT, MOST_INVOICES, MOST_SCORE, RuleInput
from payments.statement_states import BankAccountKind, LineState, RuleKind

ASKED: Final = {
    RuleKind.RECORDED: ("automatic", "name_score", "days_before", "days_after"),
    RuleKind.PAYOUT: ("automatic",),
    RuleKind.REFERENCE: ("automatic",),
    RuleKind.MERGED: ("automatic", "name_score", "invoices_most"),
    RuleKind.TYPO: ("automatic", "name_score"),
    RuleKind.NAME: ("automatic", "name_score", "days_before", "days_after"),
    RuleKind.FEE: ("automatic", "name_score", "fee_percent", "fee_most"),
    RuleKind.OTHER: (),
    RuleKind.FOREIGN: ("fee_percent",),
    RuleKind.GIVEN_BACK: ("days_before", "days_after"),
}


class BankAccountForm(forms.Form):
    """An account at a bank, a till, or our balance at a provider."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=BankAccountKind.choices(), widget=forms.RadioSelect)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), widget=SearchSelect)
    number = forms.CharField(label=gettext_lazy("Account number"), max_length=LONGEST_NUMBER, required=False)
    provider = forms.ChoiceField(
        label=gettext_lazy("Provider"), required=False, help_text=gettext_lazy("Only for an account at a provider.")
    )
    provider_account = forms.CharField(label=gettext_lazy("Account at the provider"), max_length=60, required=False)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, account: BankAccount | None = None, currency: str = "", **kwargs: Any) -> None:
        initial: dict[str, Any] = {"currency": currency, "kind": BankAccountKind.BANK.value}
        if account is not None:
            names = ("name", "kind", "currency", "provider", "provider_account", "is_active")
            initial = {name: getattr(account, name) for name in names}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields["currency"].choices = [(code, code) for code in sorted(CURRENCIES)]  # type: ignore[attr-defined]
        self.fields["provider"].choices = _providers(account)  # type: ignore[attr-defined]
        self.account = account
        told = _("Kept encrypted. A file of another account is refused.")
        if account is not None and account.last_four:
            told = _("Ends in %(last)s. Leave it empty to keep it.") % {"last": account.last_four} + " " + told
        self.fields["number"].help_text = told
        if account is None:
            del self.fields["is_active"]

    def data_input(self) -> BankAccountInput:
        """What was said. The form is valid."""
        values = self.cleaned_data
        kept = self.account is not None and not values["number"]
        return BankAccountInput(
            name=values["name"],
            kind=BankAccountKind(values["kind"]),
            currency=values["currency"],
            number=None if kept else values["number"],
            provider=values["provider"],
            provider_account=values["provider_account"],
            is_active=values.get("is_active", True),
        )


def _providers(account: BankAccount | None) -> list[tuple[str, str]]:
    """Those whose payments we know, and the one that an account has already."""
    known = {vendor.name: vendor.label for vendor in vendors()}
    kept = account.provider if account is not None else ""
    return [("", "—"), *known.items(), *([(kept, vendor_label(kept))] if kept and kept not in known else [])]


class StatementForm(forms.Form):
    """A file of an account, and the balances where it tells none."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "OFX, MT940, CAMT.053, M-Pesa statement, or any table as CSV or Excel (.xlsx). At most 25 MB."
        ),
    )
    opening = AmountField(label=gettext_lazy("Opening balance"), required=False)
    closing = AmountField(
        label=gettext_lazy("Closing balance"),
        required=False,
        help_text=gettext_lazy("For a table that tells no balances: the lines are then checked against them."),
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than %(n)s MB. Split it.") % {"n": MAX_BYTES // 2**20})
        return file

    def clean(self) -> dict[str, Any]:
        """One balance alone checks nothing."""
        values = super().clean() or {}
        for name, other in (("opening", "closing"), ("closing", "opening")):
            if values.get(name) is None and values.get(other) is not None and name not in self.errors:
                self.add_error(name, _("Write both balances, or none."))
        return values


class StatementReasonForm(forms.Form):
    """Why a whole statement is undone, or its file thrown away."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=240)


class SplitForm(forms.Form):
    """What the bank kept, and whose credit the rest is; on which day it is booked where that of the line is locked.

    What a provider kept stands on the line: nobody is asked for it.
    """

    fee = AmountField(
        label=gettext_lazy("Fee that the bank kept"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Booked as a bank fee; the invoices are settled in full."),
    )
    rest = forms.TypedChoiceField(
        label=gettext_lazy("What is left over is the credit of"), required=False, coerce=UUID, empty_value=None
    )

    on = DayField(
        label=gettext_lazy("Book it on"),
        help_text=gettext_lazy("The day of the line is locked: choose a later one."),
    )

    def __init__(
        self, *args: Any, customers: Sequence[Customer], line: StatementLine, days: PostingDays, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = days.first
        self.fields["fee"].currency = line.currency  # type: ignore[attr-defined]
        if line.fee:
            del self.fields["fee"]
        if not days.locked(line):
            del self.fields["on"]
        choices = [(str(each.pk), each.name) for each in customers]
        if len(choices) != 1:
            choices.insert(0, ("", ""))
        self.fields["rest"].choices = choices  # type: ignore[attr-defined]


class RuleForm(forms.Form):
    """What a rule asks. Fields that its kind does not ask are not shown and stay as they are."""

    is_on = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    automatic = forms.BooleanField(
        label=gettext_lazy("Posts by itself what is sure"),
        required=False,
        help_text=gettext_lazy("Only where nothing else explains the line as well. Else it suggests."),
    )
    name_score = forms.IntegerField(
        label=gettext_lazy("Least likeness of names"),
        min_value=0,
        max_value=MOST_SCORE,
        help_text=gettext_lazy("From 0 to 100. From 85 on a name is there whole, or cut by the bank."),
    )
    days_before = forms.IntegerField(label=gettext_lazy("Days before the line"), min_value=0, max_value=MOST_DAYS)
    days_after = forms.IntegerField(label=gettext_lazy("Days after the line"), min_value=0, max_value=MOST_DAYS)
    fee_percent = forms.DecimalField(
        label=gettext_lazy("Highest fee in per cent of what is due"), min_value=0, max_value=MOST_FEE_PERCENT
    )
    fee_most = AmountField(
        label=gettext_lazy("Fee that is accepted whatever is due"),
        min_value=0,
        help_text=gettext_lazy("Never more than a fifth of what is due."),
    )
    invoices_most = forms.IntegerField(
        label=gettext_lazy("Most invoices in one payment"), min_value=MOST_INVOICES[0], max_value=MOST_INVOICES[1]
    )

    def __init__(self, *args: Any, rule: MatchRule, **kwargs: Any) -> None:
        initial = {name: getattr(rule, name) for name in self.base_fields}
        initial["fee_percent"] = f"{rule.fee_percent.normalize():f}"
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.rule = rule
        for name in list(self.fields):
            if name not in (*ASKED[rule.kind_word], "is_on"):
                del self.fields[name]

    def rule_input(self) -> RuleInput:
        """What was said, with what the rule has already. The form is valid."""
        return RuleInput(**{name: self.cleaned_data.get(name, getattr(self.rule, name)) for name in self.base_fields})


class LineFilterForm(forms.Form):
    """The boxes above the lines."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        required=False,
        choices=[
            ("", gettext_lazy("In and out")),
            ("in", gettext_lazy("Money in")),
            ("out", gettext_lazy("Money out")),
        ],
    )
    status = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[("", ""), ("all", ""), *LineState.choices()]
    )
    statement = forms.CharField(required=False, widget=forms.HiddenInput)
