"""Payment providers of the chosen business profile: connect, test, turn on and off, the webhook address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.errors import DomainError
from billing_assistant.core.redaction import last4
from billing_assistant.core.rights import Right
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
from integrations.breaker import Breaker
from integrations.errors import ConnectionInUse
from integrations.models import ConnectionEnvironment, GatewayConnection
from integrations.registry import built_in, hook_url
from integrations.selectors import connection_get, connections_of
from integrations.services import connections as services
from integrations.vendors import CredentialField, Vendor, vendor_named, vendors

LIST = "shell:connections"
ONE = "shell:connection"


class CredentialsForm(forms.Form):
    """The fields of a vendor, from its data. What is kept of a secret is never sent back: empty means unchanged."""

    def __init__(self, data: Any = None, *, vendor: Vendor, connection: GatewayConnection | None = None) -> None:
        super().__init__(data)
        self.vendor = vendor
        kept = connection.values if connection else {}
        if connection is None:
            self.fields["environment"] = forms.ChoiceField(
                label=gettext_lazy("Mode"),
                choices=[(each.value, ConnectionEnvironment(each.value).label) for each in vendor.environments],
                widget=forms.RadioSelect,
                initial=vendor.environments[0].value,
                help_text=gettext_lazy("In test mode no real money moves. Each mode has keys of its own."),
            )
        for each in vendor.fields:
            self.fields[each.name] = _field(each, kept.get(each.name, ""))

    def values(self) -> dict[str, str]:
        """What was typed, by the names of the vendor's fields."""
        return {each.name: self.cleaned_data.get(each.name, "") for each in self.vendor.fields}


def _field(each: CredentialField, kept: str) -> forms.Field:
    """A secret shows its last four characters as a hint, and nothing else of it."""
    about: dict[str, Any] = {
        "label": each.label,
        "help_text": each.help,
        "required": each.required and not (each.secret and kept),
    }
    if each.choices:
        return forms.ChoiceField(choices=each.choices, initial=kept or each.choices[0][0], **about)
    attributes = {"autocomplete": "off", "spellcheck": "false"}
    if each.secret and kept:
        attributes["placeholder"] = _("Kept: %(end)s. Empty leaves it.") % {"end": last4(kept)}
    widget = forms.Textarea if each.multiline else forms.TextInput
    return forms.CharField(
        widget=widget(attrs=attributes), initial="" if each.secret else kept, max_length=services.LONGEST, **about
    )


@require_safe
@staff_page(Right.SETTINGS_EDIT)
def connections(request: HttpRequest) -> HttpResponseBase:
    """What clients can pay with, in which mode, and whether it works."""
    found = connections_of(actor_of(request), profile_id=current_profile(request).pk)
    context = {
        "rows": [(each, vendor_named(each.vendor), Breaker(str(each.pk)).state) for each in found],
        "built_in": built_in(),
        "vendors": vendors(),
    }
    return render_page(request, "shell/settings/connections.html", context)


@staff_page(Right.SETTINGS_EDIT)
def connection_new(request: HttpRequest, vendor: str) -> HttpResponseBase:
    """Connects the chosen business profile to a vendor, and tests the keys at once."""
    wanted, profile = vendor_named(vendor), current_profile(request)
    form = CredentialsForm(posted(request), vendor=wanted)
    if request.method == "POST" and form.is_valid():
        require_fresh_sign_in(request)
        actor, now = actor_of(request), now_of(request)
        try:
            made = services.connection_add(
                profile_id=profile.pk,
                vendor=vendor,
                environment=form.cleaned_data["environment"],
                values=form.values(),
                actor=actor,
                now=now,
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            _test(request, made.pk)
            return redirect(ONE, made.pk)
    return render_page(request, "shell/settings/connection_new.html", {"form": form, "vendor": wanted})


@staff_page(Right.SETTINGS_EDIT)
def connection(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """One connection: its state, its webhook address, its keys."""
    found = connection_get(actor_of(request), connection_id)
    vendor = vendor_named(found.vendor)
    form = CredentialsForm(posted(request), vendor=vendor, connection=found)
    if found.retired_at is not None:
        return render_page(request, "shell/settings/connection_retired.html", {"connection": found, "vendor": vendor})
    if request.method == "POST" and form.is_valid():
        require_fresh_sign_in(request)
        try:
            services.connection_change(
                connection_id=found.pk, values=form.values(), actor=actor_of(request), now=now_of(request)
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            _test(request, found.pk)
            return redirect(ONE, found.pk)
    context = {
        "connection": found,
        "vendor": vendor,
        "form": form,
        "breaker": Breaker(str(found.pk)).state,
        "hook_url": hook_url(found),
        "hooks_missing": any(each.for_hooks and not found.values.get(each.name) for each in vendor.fields),
    }
    return render_page(request, "shell/settings/connection.html", context)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def connection_test(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Asks the vendor what the keys are for."""
    _test(request, connection_id)
    return redirect(ONE, connection_id)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def connection_on(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Clients can pay with it."""
    done = services.connection_enable(connection_id=connection_id, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("Clients can pay with %(vendor)s.") % {"vendor": vendor_named(done.vendor).label})
    trouble = services.connection_announce(connection_id=connection_id, actor=actor_of(request), now=now_of(request))
    if trouble:
        messages.warning(request, trouble)
    return redirect(ONE, connection_id)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def connection_off(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """No new payment is begun with it."""
    done = services.connection_disable(connection_id=connection_id, actor=actor_of(request), now=now_of(request))
    text = _("%(vendor)s is off. Payments that are under way are still taken in.")
    messages.success(request, text % {"vendor": vendor_named(done.vendor).label})
    return redirect(ONE, connection_id)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def connection_retire(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Its keys are forgotten, and it is on no list any more; refused with everything that is still open."""
    connection_get(actor_of(request), connection_id)
    require_fresh_sign_in(request)
    try:
        done = services.connection_retire(connection_id=connection_id, actor=actor_of(request), now=now_of(request))
    except ConnectionInUse as error:
        messages.error(request, error.message)
        return redirect(ONE, connection_id)
    messages.success(request, _("%(vendor)s is taken away.") % {"vendor": vendor_named(done.vendor).label})
    return redirect(LIST)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def connection_first(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """It is offered where several take a currency."""
    done = services.connection_prefer(connection_id=connection_id, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("%(vendor)s is offered first.") % {"vendor": vendor_named(done.vendor).label})
    return redirect(LIST)


def _test(request: HttpRequest, connection_id: UUID) -> None:
    """Tests and says what came of it; the page says it too."""
    done = services.connection_check(connection_id=connection_id, actor=actor_of(request), now=now_of(request))
    if done.check_passed:
        messages.success(request, _("The test passed: %(account)s.") % {"account": done.account_label or done.account})
    else:
        messages.error(request, done.check_text)
