"""How long the chosen business profile keeps personal data, who is proposed for erasure, and the history."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import DomainError
from billing_assistant.core.models.privacy import LEAST_YEARS, MOST_MONTHS, MOST_YEARS
from billing_assistant.core.rights import Right
from billing_assistant.core.services.retention import NAMES, retention_change, retention_history, retention_of
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
from customers.inactive import customers_unused

SHOWN: Final = 50


class RetentionForm(forms.Form):
    """Years and months."""

    document_years = forms.IntegerField(
        label=gettext_lazy("Issued documents and payments, in years"),
        min_value=LEAST_YEARS,
        max_value=MOST_YEARS,
        help_text=gettext_lazy("After the end of their year. They are never deleted by themselves."),
    )
    message_months = forms.IntegerField(
        label=gettext_lazy("Texts of messages, in months"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=gettext_lazy("That a message went out, when and to whom stays in the log."),
    )
    payload_months = forms.IntegerField(
        label=gettext_lazy("Raw webhooks and import files, in months"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=gettext_lazy("An import goes with its file and its report; what it brought in stays."),
    )
    inactive_months = forms.IntegerField(
        label=gettext_lazy("Propose unused customers for erasure after, in months"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=gettext_lazy("Only those without documents. Administrators are told; nothing is erased by itself."),
    )


@staff_page(Right.SETTINGS_EDIT)
def retention(request: HttpRequest) -> HttpResponseBase:
    """Shows the rules and changes them."""
    profile, actor, now = current_profile(request), actor_of(request), now_of(request)
    rules = retention_of(profile.pk)
    form = RetentionForm(posted(request), initial={name: getattr(rules, name) for name in NAMES})
    if request.method == "POST" and form.is_valid():
        try:
            retention_change(profile_id=profile.pk, changes=form.cleaned_data, actor=actor, now=now)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("shell:retention")
    labels = {name: str(field.label) for name, field in form.fields.items()}
    page = list_page(request, retention_history(actor, profile_id=profile.pk), ("-id",))
    history = [
        (event, [(labels[name], one) for name, one in event.data["changes"].items() if name in labels])
        for event in page.rows
    ]
    unused = customers_unused(profile_id=profile.pk, now=now) if Right.PRIVACY_MANAGE in actor.rights else None
    context = {
        "form": form,
        "page": page,
        "history": history,
        "unused": unused[:SHOWN] if unused is not None else (),
        "unused_count": unused.count() if unused is not None else 0,
    }
    return render_page(request, "shell/settings/retention.html", context)
