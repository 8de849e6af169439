"""How the clients of the chosen business profile pay, and the history of it."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    list_page,
    now_of,
    posted,
    render_page,
    staff_page,
)
from payments.models.rules import MOST_GRACE_DAYS, MOST_PERCENT
from payments.selectors.paying_rules import paying_rules_history, paying_rules_of
from payments.services.paying_rules import paying_rules_change
from payments.states import AutopayMoment


class PayingRulesForm(forms.Form):
    """The rules of paying."""

    least_percent = forms.DecimalField(
        label=gettext_lazy("Smallest part"),
        min_value=Decimal(0),
        max_value=MOST_PERCENT,
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("Of an invoice's total. 100: invoices are paid in full or not at all. 0: any amount."),
    )
    autopay_on = forms.ChoiceField(
        label=gettext_lazy("Autopay charges"),
        choices=AutopayMoment.choices(),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("For clients who consent from now on. Who consented before is charged as agreed."),
    )
    autopay_days = forms.CharField(
        label=gettext_lazy("Autopay tries on the days"),
        max_length=80,
        help_text=gettext_lazy(
            "Days after the first attempt, which is day 0. A method that can never work again is not tried again. "
            "After the last try the client is told, and reminders go on."
        ),
    )

    plan_grace_days = forms.IntegerField(
        label=gettext_lazy("Days of grace for an instalment"),
        min_value=0,
        max_value=MOST_GRACE_DAYS,
        help_text=gettext_lazy(
            "A payment plan is broken when an instalment is not paid within these days. "
            "Plans that were agreed before keep their days."
        ),
    )

    def clean_autopay_days(self) -> list[int]:
        parts = self.cleaned_data["autopay_days"].replace(";", ",").split(",")
        if not all(part.strip().isdecimal() for part in parts):
            raise ValidationError(_("Write whole days with commas between them: 0, 1, 3."))
        return [int(part) for part in parts]


@staff_page(Right.SETTINGS_EDIT)
def paying_rules(request: HttpRequest) -> HttpResponseBase:
    """Shows the rules and changes them."""
    profile, actor = current_profile(request), actor_of(request)
    rules = paying_rules_of(profile.pk)
    initial = {
        "least_percent": f"{rules.least_percent.normalize():f}",
        "autopay_on": rules.autopay_on,
        "autopay_days": ", ".join(map(str, rules.autopay_days)),
        "plan_grace_days": rules.plan_grace_days,
    }
    form = PayingRulesForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            paying_rules_change(profile_id=profile.pk, changes=form.cleaned_data, actor=actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("shell:paying_rules")
    labels = {name: str(field.label) for name, field in form.fields.items()}
    page = list_page(request, paying_rules_history(actor, profile_id=profile.pk), ("-id",))
    history = [
        (event, [(labels[name], one) for name, one in event.data["changes"].items() if name in labels])
        for event in page.rows
    ]
    return render_page(request, "shell/settings/paying_rules.html", {"form": form, "page": page, "history": history})
