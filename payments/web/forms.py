"""Forms about payments. Amounts per invoice are read by `AllocationBoxes`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.errors import InvalidAmount
from billing_assistant.core.files import FileRefused
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import Money, parse_amount
from billing_assistant.core.ui.forms import AmountField, DayField
from customers.file_kinds import KINDS, content_type_of, refuse_too_large
from invoices.models import Invoice
from payments.states import PaymentMethod

PREFIX: Final = "invoice_"
ONLINE: Final = PaymentMethod.ONLINE.value
MANUAL_METHODS: Final = [method for method in PaymentMethod if method is not PaymentMethod.ONLINE]


class PaymentForm(forms.Form):
    """Money that came in by hand: bank, M-Pesa, cash, cheque."""

    amount = AmountField(label=_("Amount received"), min_value=Decimal(0))
    currency = forms.ChoiceField(label=_("Currency"))
    method = forms.ChoiceField(label=_("Method"), choices=[(each.value, each.label) for each in MANUAL_METHODS])
    received_on = DayField(label=_("Received on"))
    withheld = AmountField(
        label=_("Tax withheld"),
        required=False,
        min_value=Decimal(0),
        help_text=_("What the customer kept back and pays to the tax authority."),
    )
    withheld_rate = forms.DecimalField(
        label=_("or in per cent"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(99),
        max_digits=7,
        decimal_places=4,
        help_text=_("Of the net of what is settled below, like 2 or 5."),
    )
    certificate = forms.CharField(
        label=_("Withholding certificate"),
        required=False,
        max_length=60,
        help_text=_("Its number. It can be entered later."),
    )
    certificate_on = DayField(label=_("Date of the certificate"), required=False)
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=120,
        help_text=_("M-Pesa code, bank reference or cheque number."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=240, help_text=_("For colleagues only. The customer never sees it.")
    )
    proof = forms.FileField(
        label=_("Proof"),
        required=False,
        help_text=_("A bank advice, a cheque, the slip of a terminal: PDF, picture, sheet or text."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}),
    )
    write_off_rest = forms.BooleanField(label=_("Write off what is then left"), required=False)
    payment_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, currencies: Iterable[str], currency: str, small: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if small:
            text = gettext("Up to %(amount)s an invoice. It then counts as paid.") % {"amount": small}
            self.fields["write_off_rest"].help_text = text
        else:
            del self.fields["write_off_rest"]
        for name in ("amount", "withheld"):
            self.fields[name].currency = currency  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]

    def ask_for_proof_again(self) -> None:
        """No browser keeps the file of a form that comes back with errors: that it is gone has to be said."""
        given = self.files.get("proof")
        if given is not None and "proof" not in self.errors:
            self.add_error("proof", gettext("Choose %(name)s again.") % {"name": given.name})

    def clean_proof(self) -> UploadedFile[Any] | None:
        """A file that would not be kept is refused before anything is recorded."""
        given: UploadedFile[Any] | None = self.cleaned_data["proof"]
        if given is not None:
            try:
                refuse_too_large(given.size or 0)
                content_type_of(given.name or "", given.read())
            except FileRefused as error:
                raise forms.ValidationError(error.message) from error
            given.seek(0)
        return given


class CertificateForm(forms.Form):
    """The certificate of withheld tax."""

    certificate = forms.CharField(label=_("Withholding certificate"), max_length=60, help_text=_("Its number."))
    certificate_on = DayField(label=_("Date of the certificate"), required=False)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=240, help_text=_("It is kept in the history."))


class ReverseForm(ReasonForm):
    """Why and when money went back."""

    reversed_on = DayField(label=_("Went back on"))


class RefundForm(ReasonForm):
    """How much goes back to the customer, how, when and why."""

    amount = AmountField(label=_("Amount to refund"))
    method = forms.ChoiceField(label=_("How"), choices=[(each.value, each.label) for each in MANUAL_METHODS])
    refunded_on = DayField(label=_("Given back on"))
    reference = forms.CharField(
        label=_("Reference"), required=False, max_length=120, help_text=_("Of the bank or of M-Pesa, if there is one.")
    )
    refund_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, online: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].help_text = gettext("Nothing is sent from here: give the money back, then record it.")
        if online:
            told = gettext("%(gateway)s sends the money back. With the others, give it back, then record it here.")
            self.fields["method"].help_text = told % {"gateway": online}
            by_hand = self.fields["method"].choices  # type: ignore[attr-defined]
            label = gettext("Back through %(gateway)s") % {"gateway": online}
            self.fields["method"].choices = [(ONLINE, label), *by_hand]  # type: ignore[attr-defined]

    field_order = ("amount", "method", "refunded_on", "reference", "reason", "refund_id")

    def begin_anew(self) -> None:
        """Its refund is known to have failed: sent again, the form is another one."""
        self.data = MultiValueDict({**dict(self.data.lists()), "refund_id": [str(uuid7())]})  # type: ignore[attr-defined]


class DisputeForm(ReasonForm):
    """What the bank wrote about a payment."""

    amount = AmountField(label=_("Disputed amount"))
    fee = AmountField(label=_("Fee"), required=False, min_value=Decimal(0), help_text=_("What the bank takes for it."))
    opened_on = DayField(label=_("Opened on"))
    evidence_until = DayField(label=_("Evidence until"), required=False)
    dispute_id = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("amount", "fee", "opened_on", "evidence_until", "reason", "dispute_id")

    def clean(self) -> dict[str, Any]:
        """Nobody asks for evidence before there is a dispute."""
        values = super().clean() or {}
        opened, until = values.get("opened_on"), values.get("evidence_until")
        if opened and until and until < opened:
            self.add_error("evidence_until", gettext("This is before the day on which it was opened."))
        return values


class DisputeFeeForm(forms.Form):
    """What the bank took for a dispute."""

    fee = AmountField(
        label=_("Fee"), min_value=Decimal(0), help_text=_("What the bank takes for it. Write 0 where it takes nothing.")
    )


class DecisionForm(forms.Form):
    """What the bank decided."""

    step = forms.ChoiceField(label=_("What happened"), widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), required=False, max_length=240)

    def __init__(self, *args: Any, steps: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = list(steps)  # type: ignore[attr-defined]


class WriteOffForm(ReasonForm):
    """How much of an invoice is given up, and why."""

    amount = AmountField(label=_("Amount to write off"))
    field_order = ("amount", "reason")


@dataclass(frozen=True, slots=True)
class Box:
    """One invoice with the amount that was typed for it."""

    invoice: Invoice
    name: str
    typed: str
    error: str = ""

    settled: Decimal = Decimal(0)
    """What is taken out of it, before what is typed goes in."""

    @property
    def due(self) -> Decimal:
        """The most that can be typed."""
        return self.invoice.amount_due + self.settled

    @property
    def net(self) -> Decimal:
        """What of the invoice's total is no tax."""
        return self.invoice.total - self.invoice.tax_total


class AllocationBoxes:
    """An amount box for each open invoice. `wanted` is what was typed, once `is_valid` said that it can be read."""

    def __init__(
        self,
        invoices: Iterable[Invoice],
        data: Mapping[str, str] | None = None,
        initial: Mapping[UUID, Decimal] | None = None,
        settled: Mapping[UUID, Decimal] | None = None,
    ) -> None:
        self.boxes: list[Box] = []
        self.settled = settled or {}
        self.wanted: dict[UUID, Decimal] = {}
        self.errors: list[str] = []
        for invoice in invoices:
            self._add(invoice, data, initial or {})

    def is_valid(self) -> bool:
        return not self.errors

    def __iter__(self) -> Any:
        return iter(self.boxes)

    def __len__(self) -> int:
        return len(self.boxes)

    def _add(self, invoice: Invoice, data: Mapping[str, str] | None, initial: Mapping[UUID, Decimal]) -> None:
        name = f"{PREFIX}{invoice.pk}"
        if data is None:
            start = initial.get(invoice.pk)
            typed = str(Money(start, invoice.currency).quantized().amount) if start else ""
        else:
            typed = data.get(name, "").strip()
        error = ""
        if typed:
            try:
                self.wanted[invoice.pk] = parse_amount(typed)
            except InvalidAmount:
                error = gettext("%(number)s: “%(typed)s” is not an amount.") % {
                    "number": invoice.number,
                    "typed": typed[:40],
                }
                self.errors.append(error)
        self.boxes.append(Box(invoice, name, typed, error, self.settled.get(invoice.pk, Decimal(0))))
