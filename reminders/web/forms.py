"""Forms of sending. They carry what was typed to the services, which check it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.ids import uuid7
from billing_assistant.core.ui.forms import DayField
from reminders.services.documents import LONGEST_MESSAGE
from reminders.services.drafts import SendOptions
from reminders.services.recipients import Addressee
from reminders.services.scheduling import moment_in

_SEPARATORS: Final = re.compile(r"[,;\s]+")
NOW: Final = "now"
LATER: Final = "later"


class AddressesField(forms.MultipleChoiceField):
    """The addresses on file. One has to be given, but it may be another one: the service says so when none is."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class AddressBoxes(forms.CheckboxSelectMultiple):
    """Boxes to tick; the addresses of people who refused e-mail are there and cannot be ticked."""

    refused: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.refused:
            option["attrs"]["disabled"] = True
        return option


class RecipientsForm(forms.Form):
    """To whom: the addresses on file, and others."""

    recipients = AddressesField(label=_("To"), widget=AddressBoxes)
    others = forms.CharField(
        label=_("Other addresses"),
        required=False,
        max_length=1000,
        help_text=_("E-mail addresses with commas between them."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, addressees: Sequence[Addressee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("recipients", [one.address for one in addressees if not one.refused][:1])
        self.initial.setdefault("key", uuid7().hex)
        if addressees:
            boxes = AddressBoxes()
            boxes.refused = frozenset(one.address for one in addressees if one.refused)
            field = self.fields["recipients"]
            field.widget = boxes
            field.choices = [(one.address, _told(one)) for one in addressees]  # type: ignore[attr-defined]
        else:
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


class ScheduleForm(forms.Form):
    """A time in the zone of a business profile."""

    schedule_send = forms.DateTimeField(
        label=_("Time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["schedule_send"].help_text = _("In the time zone %(zone)s.") % {"zone": zone}

    def clean_schedule_send(self) -> datetime | None:
        local: datetime | None = self.cleaned_data["schedule_send"]
        if local is None:
            return None
        try:
            return moment_in(self.zone, local.replace(tzinfo=None))
        except ValidationFailed as error:
            raise forms.ValidationError(error.errors["schedule_send"]) from error


class SendDocumentForm(ScheduleForm, SendForm):
    """How an invoice is to be sent, now or later; `verb` says what happens now ("Issue and send now")."""

    when = forms.ChoiceField(label=_("When"), initial=NOW, widget=forms.RadioSelect)

    def __init__(self, *args: Any, verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"].choices = [(NOW, verb), (LATER, _("At a set time"))]  # type: ignore[attr-defined]
        self.fields["schedule_send"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") == LATER and not cleaned.get("schedule_send") and "schedule_send" not in self.errors:
            self.add_error("schedule_send", _("Choose when."))
        return cleaned

    def moment(self) -> datetime | None:
        """The chosen moment; None for now."""
        at: datetime | None = self.cleaned_data["schedule_send"]
        return at if self.cleaned_data["when"] == LATER else None


class StatementForm(RecipientsForm):
    """How a statement is to be sent, and over which days."""

    since = DayField(label=_("From"))
    until = DayField(label=_("Until"))
    message = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Comes after the greeting. Leave it empty for the usual words; the statement is attached."),
    )


class MessageForm(RecipientsForm):
    """What a person writes to a customer."""

    subject = forms.CharField(label=_("Subject"), max_length=150)
    message = forms.CharField(label=_("Message"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 9}))


def _told(one: Addressee) -> str:
    """An address with its person, and why it cannot be chosen."""
    if one.refused:
        return gettext("%(address)s: %(name)s does not want e-mail") % {"address": one.address, "name": one.name}
    return f"{one.address} ({one.name})" if one.name else one.address
