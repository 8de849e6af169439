"""The forms of saved filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.filtered_lists import SORT, FilteredList
from billing_assistant.core.models import SavedFilter
from billing_assistant.core.services.saved_filters import LONGEST_NAME

SHARED_HELP = _("All who work for this business profile find it in the list.")


class SavedFilterForm(forms.Form):
    """What it is called, who has it, or which one it takes the place of."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, required=False)
    shared = forms.BooleanField(label=_("Share it"), required=False, help_text=SHARED_HELP)
    replaces = forms.ChoiceField(
        label=_("Or change a filter that is kept"),
        required=False,
        help_text=_("It keeps its name, and lists what you see now."),
    )

    def __init__(self, *args: Any, mine: Sequence[SavedFilter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mine:
            choices = [("", _("A new one")), *((str(one.pk), one.name) for one in mine)]
            replaces: Any = self.fields["replaces"]
            replaces.choices = choices
        else:
            del self.fields["replaces"]
            self.fields["name"].required = True


class SavedFilterChangeForm(forms.Form):
    """What it is called, who has it, and in which order it lists."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    sort = forms.ChoiceField(label=_("Order"), required=False)
    shared = forms.BooleanField(label=_("Share it"), required=False, help_text=SHARED_HELP)

    def __init__(self, *args: Any, filtered: FilteredList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if filtered.sorts:
            orders: Any = self.fields[SORT]
            orders.choices = [("", _("As the list has it")), *((key, one.label) for key, one in filtered.sorts.items())]
        else:
            del self.fields[SORT]
