"""The form of a saved filter."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.services.saved_filters import LONGEST_NAME


class SavedFilterForm(forms.Form):
    """What it is called, and who has it."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    shared = forms.BooleanField(
        label=_("Share it"), required=False, help_text=_("All who work for this business profile find it in the list.")
    )
