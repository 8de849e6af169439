"""The business profile: its fields, its logo, and adding another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import DomainError
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.services.business_profiles import (
    BANK_FIELDS,
    business_profile_remove_logo,
    business_profile_set_logo,
)
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    now_of,
    posted,
    render_page,
    staff_page,
)
from billing_assistant.core.web.fresh import require_fresh_sign_in
from billing_assistant.core.web.requests import PROFILE_KEY
from billing_assistant.shell.services.business import business_add, business_change
from billing_assistant.shell.web.settings.forms import BusinessProfileForm, LogoForm


@staff_page(Right.SETTINGS_EDIT)
def business_profile(request: HttpRequest) -> HttpResponseBase:
    """The chosen business profile."""
    profile = current_profile(request)
    form = BusinessProfileForm(posted(request), profile=profile)
    if request.method == "POST" and form.is_valid():
        if BANK_FIELDS & set(form.changed_data):
            require_fresh_sign_in(request)
        try:
            business_change(profile_id=profile.pk, changes=form.values(), actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved. Documents that were issued stay as they are."))
            return redirect("shell:business_profile")
    return _page(request, {"form": form, "profile": profile, "logo_form": LogoForm()})


@staff_page(Right.SETTINGS_EDIT)
def business_profile_new(request: HttpRequest) -> HttpResponseBase:
    """Another brand or legal entity."""
    form = BusinessProfileForm(posted(request), profile=BusinessProfile())
    if request.method == "POST" and form.is_valid():
        require_fresh_sign_in(request)
        try:
            profile = business_add(values=form.values(), actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            request.session[PROFILE_KEY] = str(profile.pk)
            messages.success(request, _("%(name)s added. You work in it now.") % {"name": profile.name})
            return redirect("shell:business_profile")
    return _page(request, {"form": form})


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def business_profile_logo(request: HttpRequest) -> HttpResponseBase:
    """Takes a new logo, or takes the present one away."""
    profile, actor, now = current_profile(request), actor_of(request), now_of(request)
    if "remove" in request.POST:
        business_profile_remove_logo(profile_id=profile.pk, actor=actor, now=now)
        messages.success(request, _("Logo removed."))
        return redirect("shell:business_profile")
    logo_form = LogoForm(request.POST, request.FILES)
    if logo_form.is_valid():
        try:
            content = logo_form.cleaned_data["logo"].read()
            business_profile_set_logo(profile_id=profile.pk, content=content, actor=actor, now=now)
        except DomainError as error:
            add_domain_error(logo_form, error)
        else:
            messages.success(request, _("Logo saved."))
            return redirect("shell:business_profile")
    form = BusinessProfileForm(profile=profile)
    return _page(request, {"form": form, "profile": profile, "logo_form": logo_form})


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    return render_page(request, "shell/settings/business_profile.html", context)
