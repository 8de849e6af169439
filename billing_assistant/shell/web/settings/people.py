"""Colleagues: the list, adding and changing one, keeping one out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.models import User
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import profiles_for
from billing_assistant.core.services.users import (
    user_create,
    user_reset_second_factor,
    user_set_active,
    user_update,
)
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page, user_of
from billing_assistant.shell.selectors.administration import people_for
from billing_assistant.shell.web.settings.forms import PersonForm

log = structlog.get_logger(__name__)


@require_safe
@staff_page(Right.USERS_EDIT)
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody who works here."""
    context = {"people": list(people_for(actor_of(request))), "me": user_of(request)}
    return render_page(request, "shell/settings/people.html", context)


@staff_page(Right.USERS_EDIT)
def person_new(request: HttpRequest) -> HttpResponseBase:
    """Adds a colleague and mails an invitation."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            person = user_create(person=form.person(), actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            _invite(request, person)
            return redirect("shell:people")
    return render_page(request, "shell/settings/person.html", {"form": form})


@staff_page(Right.USERS_EDIT)
def person_edit(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Changes a colleague."""
    person = _person(request, person_id)
    form = _form(request, person)
    if request.method == "POST" and form.is_valid():
        try:
            user_update(user_id=person.pk, person=form.person(), actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("shell:people")
    context = {"form": form, "person": person, "myself": person.pk == user_of(request).pk}
    return render_page(request, "shell/settings/person.html", context)


@require_POST
@staff_page(Right.USERS_EDIT)
def person_active(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Lets a colleague in, or keeps them out."""
    active = request.POST.get("active") == "1"
    person = user_set_active(user_id=person_id, active=active, actor=actor_of(request), now=now_of(request))
    words = _("%(name)s may sign in again.") if active else _("%(name)s is kept out from now on.")
    messages.success(request, words % {"name": person.display_name})
    return redirect("shell:people")


@require_POST
@staff_page(Right.USERS_EDIT)
def person_second_factor(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Forgets a second factor that was lost."""
    person = user_reset_second_factor(user_id=person_id, actor=actor_of(request), now=now_of(request))
    messages.success(
        request, _("%(name)s sets up a second factor at the next sign-in.") % {"name": person.display_name}
    )
    return redirect("shell:person", person.pk)


@require_POST
@staff_page(Right.USERS_EDIT)
def person_invite(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Mails the invitation again."""
    _invite(request, _person(request, person_id))
    return redirect("shell:people")


def _form(request: HttpRequest, person: User | None = None) -> PersonForm:
    choices = list(profiles_for(actor_of(request)))
    return PersonForm(posted(request), profiles=choices, person=person)


def _person(request: HttpRequest, person_id: UUID) -> User:
    person = people_for(actor_of(request)).filter(pk=person_id).first()
    if person is None:
        raise NotFound(_("There is no such person."))
    return person


def _invite(request: HttpRequest, person: User) -> None:
    """Mails where and how to sign in, in the person's language. A failing mail server is told, nothing is undone."""
    context: dict[str, Any] = {
        "person": person,
        "inviter": user_of(request),
        "sign_in_url": f"{settings.PUBLIC_BASE_URL}{reverse('account_request_login_code')}",
    }
    try:
        with translation.override(person.language):
            get_adapter(request).send_mail("account/email/invitation", person.email, context)
    except OSError as error:
        log.warning("invitation.not_sent", error=type(error).__name__)
        messages.warning(
            request, _("%(name)s can sign in, but the invitation could not be mailed.") % {"name": person.display_name}
        )
    else:
        messages.success(request, _("Invitation sent to %(email)s.") % {"email": person.email})
