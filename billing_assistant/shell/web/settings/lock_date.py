"""The lock date of the chosen business profile: moved after a look at what that means, with its history."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

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
from billing_assistant.shell.web.settings.billing_forms import LockDateForm
from invoices.rate_selectors import lock_date_history
from invoices.services.lock_date import lock_date_move, lock_date_of


@staff_page(Right.SETTINGS_EDIT)
def lock_date(request: HttpRequest) -> HttpResponseBase:
    """Asks for the date, says what moving it does, and moves it once that is confirmed."""
    profile = current_profile(request)
    locked = lock_date_of(profile.pk)
    form = LockDateForm(posted(request), initial={"until": locked})
    asking = False
    if request.method == "POST" and form.is_valid():
        if "confirmed" not in request.POST and form.cleaned_data["until"] != locked:
            asking = True
        else:
            try:
                lock_date_move(profile_id=profile.pk, actor=actor_of(request), now=now_of(request), **form.cleaned_data)
            except DomainError as error:
                add_domain_error(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("shell:lock_date")
    context = {
        "form": form,
        "locked": locked,
        "asking": asking,
        "until": form.cleaned_data.get("until") if asking else None,
        "page": list_page(request, lock_date_history(actor_of(request), profile_id=profile.pk), ("-id",)),
    }
    return render_page(request, "shell/settings/lock_date.html", context)
