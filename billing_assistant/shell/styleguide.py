"""/styleguide/: every component in every state, with fixed data. What is not here is not a component."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.states import Status
from billing_assistant.core.ui.forms import AmountField, DayField
from billing_assistant.core.web import now_of, render_page, staff_page

TEMPLATE: Final = "styleguide.html"


class Sample(Status):
    """One state of each tone."""

    DRAFT = "draft", _("Draft"), "neutral", "circle-dashed"
    SENT = "sent", _("Sent"), "info", "send"
    PAID = "paid", _("Paid"), "success", "circle-check"
    DUE = "due", _("Due soon"), "warning", "clock"
    OVERDUE = "overdue", _("Overdue"), "danger", "alert-triangle"


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As it stands on invoices."))
    email = forms.EmailField(label=_("E-mail"))
    amount = AmountField(label=_("Amount"), currency="KES", help_text=_("You can write 15,000, 15k or 1.2m."))
    tax_rate = forms.DecimalField(label=_("Tax rate"), required=False)
    due_on = DayField(label=_("Due on"), required=False)
    terms = forms.ChoiceField(label=_("Payment terms"), choices=[("30", _("30 days")), ("14", _("14 days"))])
    country = forms.ChoiceField(label=_("Country"), choices=[("", _("Choose a country"))])
    channel = forms.ChoiceField(
        label=_("Reminders by"), widget=forms.RadioSelect, choices=[("email", _("E-mail")), ("sms", _("SMS"))]
    )
    notes = forms.CharField(label=_("Notes"), widget=forms.Textarea, required=False)
    attachment = forms.FileField(label=_("Attachment"), required=False)
    auto_send = forms.BooleanField(
        label=_("Send invoices when they are issued"), required=False, help_text=_("Otherwise a person sends each.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        if isinstance(country, forms.ChoiceField):
            country.choices = [("", _("Choose a country")), *COUNTRIES]


COUNTRIES: Final = [
    ("ET", "Ethiopia"),
    ("GH", "Ghana"),
    ("KE", "Kenya"),
    ("NG", "Nigeria"),
    ("RW", "Rwanda"),
    ("ZA", "South Africa"),
    ("TZ", "Tanzania"),
    ("UG", "Uganda"),
    ("GB", "United Kingdom"),
]


@dataclass(frozen=True, slots=True)
class Row:
    number: str
    customer: str
    due_on: date
    status: Sample
    total: Decimal
    currency: str = "KES"


@dataclass(frozen=True, slots=True)
class Entry:
    title: str | Promise
    at: datetime
    icon: str
    tone: str
    actor: str = ""
    text: str | Promise = ""


@dataclass(frozen=True, slots=True)
class SamplePage:
    start: int
    end: int
    next_cursor: str = ""
    previous_cursor: str = ""
    count: int | None = None


def _rows(today: date) -> list[Row]:
    return [
        Row("INV-2026-0014", "Acme Hosting Ltd", today + timedelta(days=3), Sample.DUE, Decimal("52200.00")),
        Row("INV-2026-0013", "Jambo Traders & Sons", today - timedelta(days=12), Sample.OVERDUE, Decimal(1250000)),
        Row("INV-2026-0012", "Nairobi Coffee House", today + timedelta(days=27), Sample.SENT, Decimal("8120.5")),
        Row("INV-2026-0011", "Zanzibar Spice Export Company Limited", today, Sample.PAID, Decimal("990.00"), "USD"),
        Row("CN-2026-0002", "Acme Hosting Ltd", today, Sample.DRAFT, Decimal(-1500)),
    ]


def _story(now: datetime) -> list[Entry]:
    return [
        Entry(_("Payment received"), now - timedelta(minutes=5), "cash", "success", "Demo gateway", "KES 20,000.00"),
        Entry(_("Opened by the client"), now - timedelta(hours=3), "eye", "info"),
        Entry(_("Invoice sent"), now - timedelta(days=1), "send", "info", "Amina Otieno", "billing@acme.example"),
        Entry(_("Invoice issued"), now - timedelta(days=1, hours=1), "file-check", "neutral", "Amina Otieno"),
    ]


@cache
def icon_names() -> list[str]:
    """The names in the sprite."""
    found = finders.find("vendor.json")
    path = Path(str(found)) if found else Path(settings.STATIC_ROOT or "") / "vendor.json"
    names: list[str] = json.loads(path.read_text(encoding="utf-8"))["icons"]
    return names


def sample_context(now: datetime) -> dict[str, Any]:
    """Everything that the page shows. The wrong form is bound to input with one fault of each kind."""
    wrong = SampleForm({"name": "", "email": "amina@", "amount": "fifteen", "terms": "30", "due_on": ""})
    return {
        "states": list(Sample),
        "form": SampleForm(prefix="new", initial={"due_on": now.date() + timedelta(days=30), "amount": Decimal(15000)}),
        "wrong": wrong,
        "rows": _rows(now.date()),
        "story": _story(now),
        "now": now,
        "today": now.date(),
        "soon": now.date() + timedelta(days=3),
        "late": now.date() - timedelta(days=12),
        "amounts": {
            "one": Decimal("52200.00"),
            "minus": Decimal(-1500),
            "yen": Decimal(1250000),
            "dinar": Decimal("12.5"),
            "half": Decimal(20000),
        },
        "first_page": SamplePage(1, 50, next_cursor="next"),
        "middle_page": SamplePage(51, 100, next_cursor="next", previous_cursor="previous"),
        "only_page": SamplePage(1, 7),
        "views": [
            {"label": _("All"), "url": "?view=all", "active": True},
            {"label": _("Overdue"), "url": "?view=overdue", "count": 4},
            {"label": _("Due this week"), "url": "?view=week", "count": 12},
            {"label": _("Paid"), "url": "?view=paid"},
        ],
        "columns": [("customer", _("Customer")), ("state", _("State"))],
        "chips": [
            {"label": _("Overdue"), "remove_url": "?"},
            {"label": "KES", "remove_url": "?"},
            {"label": _("Over 30 days"), "remove_url": "?"},
        ],
        "icon_names": icon_names(),
    }


@staff_page(None)
def styleguide(request: HttpRequest) -> HttpResponse:
    """GET /styleguide/."""
    return render_page(request, TEMPLATE, sample_context(now_of(request)))


@staff_page(None)
def styleguide_portal(request: HttpRequest) -> HttpResponse:
    """GET /styleguide/portal/: the frame that clients see, in the colours of the first business profile."""
    context = sample_context(now_of(request)) | {"profile": BusinessProfile.objects.first()}
    return render_page(request, "styleguide_portal.html", context)
