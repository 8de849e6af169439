"""A settings page that is one form: shown, checked, handed to a service, and back to its list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from billing_assistant.core.errors import DomainError
from billing_assistant.core.web import add_domain_error, render_page


@dataclass(frozen=True, slots=True)
class FormPage:
    """What stands around the form: title, a sentence, the word of the button, and the list that it belongs to."""

    title: str
    verb: str
    list_name: str
    list_label: str
    text: str = ""

    def answer(self, request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], str]) -> HttpResponseBase:
        """Runs `act` with what was typed; its text is said on the list. A refusal stands at its field."""
        if request.method == "POST" and form.is_valid():
            try:
                said = act(form.cleaned_data)
            except DomainError as error:
                add_domain_error(form, error)
            else:
                messages.success(request, said)
                return redirect(self.list_name)
        context = {"form": form, "about": self, "back_url": reverse(self.list_name)}
        return render_page(request, "shell/settings/form.html", context)
