"""API keys: the list, a new one that is shown once, revoking."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right, Role
from billing_assistant.core.services.api_keys import api_key_create, api_key_revoke
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    list_page,
    now_of,
    posted,
    render_page,
    staff_page,
    user_of,
)
from billing_assistant.core.web.fresh import require_fresh_sign_in
from billing_assistant.shell.selectors.administration import api_keys_for
from billing_assistant.shell.web.settings.forms import ApiKeyForm

LIST = "shell/settings/api_keys.html"


@require_safe
@staff_page(Right.SETTINGS_EDIT)
def api_keys(request: HttpRequest) -> HttpResponseBase:
    """Keys that work, and those that did."""
    page = list_page(request, api_keys_for(actor_of(request)), ("-id",))
    return render_page(request, LIST, {"page": page, "now": now_of(request)})


@staff_page(Right.SETTINGS_EDIT)
def api_key_new(request: HttpRequest) -> HttpResponseBase:
    """Makes a key for oneself on the chosen profile, and shows it this one time."""
    person, profile = user_of(request), current_profile(request)
    form = ApiKeyForm(posted(request), role=Role(person.role))
    if request.method == "POST" and form.is_valid():
        require_fresh_sign_in(request)
        try:
            issued = api_key_create(
                user_id=person.pk,
                profile_id=profile.pk,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(profile.time_zone),
                actor=actor_of(request),
                now=now_of(request),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return render_page(request, "shell/settings/api_key_made.html", {"issued": issued})
    return render_page(request, "shell/settings/api_key_new.html", {"form": form, "profile": profile})


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def api_key_end(request: HttpRequest, key_id: UUID) -> HttpResponseBase:
    """Revokes a key."""
    key = api_key_revoke(key_id=key_id, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("%(name)s is revoked and works no more.") % {"name": key.name})
    return redirect("shell:api_keys")
