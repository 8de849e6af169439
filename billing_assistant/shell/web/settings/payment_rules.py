"""How the chosen business profile collects what it is owed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, now_of, posted, staff_page
from billing_assistant.shell.web.settings.form_page import FormPage
from payments.models.payment_plans import MOST_GRACE_DAYS
from payments.services.payment_rules import payment_rules_change, payment_rules_of


class PaymentRulesForm(forms.Form):
    """Days of grace."""

    plan_grace_days = forms.IntegerField(
        label=gettext_lazy("Days of grace for an instalment"),
        min_value=0,
        max_value=MOST_GRACE_DAYS,
        help_text=gettext_lazy("A payment plan is broken when an instalment is not paid within these days."),
    )


@staff_page(Right.SETTINGS_EDIT)
def payment_rules(request: HttpRequest) -> HttpResponseBase:
    """Shows the rules and changes them; plans that stand keep what they were agreed with."""
    profile = current_profile(request)
    form = PaymentRulesForm(posted(request), initial={"plan_grace_days": payment_rules_of(profile.pk).plan_grace_days})

    def change(values: dict[str, Any]) -> str:
        payment_rules_change(profile_id=profile.pk, actor=actor_of(request), now=now_of(request), **values)
        return _("Saved.")

    page = FormPage(
        title=_("Payment plans"),
        verb=_("Save"),
        list_name="shell:settings",
        list_label=_("Settings"),
        text=_("Plans that were agreed before keep their days."),
    )
    return page.answer(request, form, change)
