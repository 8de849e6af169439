"""Forms of accounts and statements. They parse; the services check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.files import MAX_BYTES
from billing_assistant.core.ui.forms import AmountField, SearchSelect
from billing_assistant.core.ui.lists import LONGEST_SEARCH
from payments.models import BankAccount
from payments.services.bank_accounts import LONGEST_NUMBER, BankAccountInput
from payments.statement_states import BankAccountKind, LineState


class BankAccountForm(forms.Form):
    """An account at a bank, a till, or our balance at a provider."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=BankAccountKind.choices(), widget=forms.RadioSelect)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), widget=SearchSelect)
    number = forms.CharField(label=gettext_lazy("Account number"), max_length=LONGEST_NUMBER, required=False)
    provider = forms.CharField(
        label=gettext_lazy("Provider"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Only at a provider: as its payments are called, like stripe or paypal."),
    )
    provider_account = forms.CharField(label=gettext_lazy("Account at the provider"), max_length=60, required=False)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, account: BankAccount | None = None, currency: str = "", **kwargs: Any) -> None:
        initial: dict[str, Any] = {"currency": currency, "kind": BankAccountKind.BANK.value}
        if account is not None:
            names = ("name", "kind", "currency", "provider", "provider_account", "is_active")
            initial = {name: getattr(account, name) for name in names}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["currency"].choices = [(code, code) for code in sorted(CURRENCIES)]  # type: ignore[attr-defined]
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
