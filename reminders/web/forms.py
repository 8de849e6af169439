"""Forms of sending. They carry what was typed to the services, which check it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.ids import uuid7
from reminders.services.documents import LONGEST_MESSAGE
from reminders.services.drafts import SendOptions

_SEPARATORS: Final = re.compile(r"[,;\s]+")
NOW: Final = "now"
LATER: Final = "later"


class AddressesField(forms.MultipleChoiceField):
    """The addresses on file. One has to be given, but it may be another one: the service says so when none is."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class RecipientsForm(forms.Form):
    """To whom: the addresses on file, and others."""

    recipients = AddressesField(label=_("To"), widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(
        label=_("Other addresses"),
        required=False,
        max_length=1000,
        help_text=_("E-mail addresses with commas between them."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, addresses: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipients"].choices = [(address, address) for address in addresses]  # type: ignore[attr-defined]
        self.initial.setdefault("recipients", addresses[:1])
        self.initial.setdefault("key", uuid7().hex)
        if not addresses:
            del self.fields["recipients"]
            self.fields["others"].label = _("To")
            self.fields["others"].required = True

    def addresses(self) -> list[str]:
        """Everything that was ticked or typed."""
        typed = [part for part in _SEPARATORS.split(self.cleaned_data["others"]) if part]
        return [*self.cleaned_data.get("recipients", ()), *typed]


class SendForm(RecipientsForm):
    """How a document is to be sent."""

    custom_message = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Comes after the greeting. Leave it empty for the usual words; amount and link are always there."),
    )
    include_pdf = forms.BooleanField(label=_("Attach the PDF"), required=False, initial=True)

    def options(self) -> SendOptions:
        return SendOptions(
            recipients=self.addresses(),
            custom_message=self.cleaned_data["custom_message"].replace("\r\n", "\n"),
            include_pdf=self.cleaned_data["include_pdf"],
        )


class SendDraftForm(SendForm):
    """How a draft is to be issued and sent, now or later."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[(NOW, _("Issue and send now")), (LATER, _("At a set time"))],
        initial=NOW,
        widget=forms.RadioSelect,
    )
    schedule_send = forms.DateTimeField(
        label=_("Time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["schedule_send"].help_text = _("In the time zone %(zone)s.") % {"zone": zone}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") == LATER and not cleaned.get("schedule_send") and "schedule_send" not in self.errors:
            self.add_error("schedule_send", _("Choose when."))
        return cleaned

    def moment(self) -> datetime | None:
        """The chosen time in the business profile's zone; None for now."""
        if self.cleaned_data["when"] == NOW:
            return None
        at: datetime = self.cleaned_data["schedule_send"]
        return at.replace(tzinfo=ZoneInfo(self.zone))


class MessageForm(RecipientsForm):
    """What a person writes to a customer."""

    subject = forms.CharField(label=_("Subject"), max_length=150)
    message = forms.CharField(label=_("Message"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 9}))
