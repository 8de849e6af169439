"""The forms of a new batch. They parse; the services check and compute."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from billing_assistant.core.ui.forms import AmountField, DayField, SearchSelect
from invoices.batch_states import BatchAfter, BatchKind, BatchWork, rights_needed
from invoices.billable_selectors import BillableFilters
from invoices.billable_states import BillableKind
from invoices.choices import templates_in_use
from invoices.models import CatalogueItem
from invoices.selectors import catalogue_for
from invoices.services.batch_content import BatchContent, BatchLine
from invoices.services.batches import LONGEST_NAME
from invoices.services.compute import MAX_LINES
from invoices.services.draft_input import LONGEST, MAX_TERMS_DAYS

BLANK_LINES: Final = 3


class BatchForm(forms.Form):
    """What is billed to all, and how far it goes."""

    work = forms.ChoiceField(
        label=_("What is billed"),
        choices=BatchWork.choices(),
        initial=BatchWork.CATALOGUE.value,
        widget=forms.RadioSelect,
    )
    after = forms.ChoiceField(label=_("Then"), widget=forms.RadioSelect, initial=BatchAfter.KEEP.value)
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, required=False, help_text=_("For you, to find it again.")
    )
    template = forms.TypedChoiceField(label=_("Template"), required=False, coerce=UUID, empty_value=None)
    payment_terms_days = forms.IntegerField(
        label=_("Due in days"),
        required=False,
        min_value=0,
        max_value=MAX_TERMS_DAYS,
        help_text=_("Left empty, each customer's own."),
    )
    reference = forms.CharField(label=_("Your reference"), max_length=LONGEST["reference"], required=False)
    project = forms.CharField(label=_("Project"), max_length=LONGEST["project"], required=False)
    notes = forms.CharField(label=_("Notes to the customer"), max_length=5_000, required=False, widget=forms.Textarea)
    work_kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *BillableKind.choices()])
    work_project = forms.CharField(label=_("Project of the work"), max_length=LONGEST["project"], required=False)
    since = DayField(label=_("Work since"), required=False)
    until = DayField(label=_("Work until"), required=False)
    key = forms.CharField(max_length=80, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, profile: BusinessProfile, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4().hex} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        may = [
            (word.value, word.label)
            for word in BatchAfter
            if actor.rights.issuperset(rights_needed(BatchKind.GENERATE, word))
        ]
        self.fields["after"].choices = may  # type: ignore[attr-defined]
        templates = [(str(one.pk), one.name) for one in templates_in_use(profile.pk)]
        self.fields["template"].choices = [("", _("Each customer's")), *templates]  # type: ignore[attr-defined]

    def content(self, lines: tuple[BatchLine, ...]) -> BatchContent:
        """What was said, with the lines. The form is valid."""
        values = self.cleaned_data
        return BatchContent(
            work=BatchWork(values["work"]),
            lines=lines,
            billable=BillableFilters(
                kind=BillableKind(values["work_kind"]) if values["work_kind"] else None,
                project=values["work_project"],
                since=values["since"],
                until=values["until"],
            ),
            template_id=values["template"],
            **{name: values[name] for name in ("payment_terms_days", "reference", "project", "notes")},
        )


class BatchLineForm(forms.Form):
    """An item of the catalogue, so many times. A row without an item is left out."""

    item = forms.ModelChoiceField(
        CatalogueItem.objects.none(), label=_("Item"), required=False, widget=SearchSelect, empty_label=""
    )
    quantity = AmountField(label=_("Quantity"), initial=Decimal(1), decimal_places=6, required=False)
    discount_percent = forms.DecimalField(
        label=_("Discount %"), required=False, min_value=0, max_value=100, max_digits=7, decimal_places=4
    )

    def __init__(self, *args: Any, actor: Actor, profile: BusinessProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = catalogue_for(actor, profile_id=profile.pk).filter(is_active=True)
        field = self.fields["item"]
        field.queryset = items  # type: ignore[attr-defined]
        wanted = as_uuid(str(self["item"].value() or ""))
        chosen = items.filter(pk=wanted).first() if wanted else None
        field.widget.choices = [("", ""), *([(str(chosen.pk), chosen.name)] if chosen else [])]
        field.widget.attrs["data-source"] = reverse("invoices:batch_choices")

    def line(self) -> BatchLine | None:
        """The line; None for a row that was not filled."""
        item: CatalogueItem | None = self.cleaned_data.get("item")
        if item is None:
            return None
        quantity = self.cleaned_data.get("quantity")
        return BatchLine(
            item.pk, Decimal(1) if quantity is None else quantity, self.cleaned_data.get("discount_percent") or ZERO
        )


BatchLineFormSet = forms.formset_factory(BatchLineForm, extra=BLANK_LINES, max_num=MAX_LINES, absolute_max=MAX_LINES)
