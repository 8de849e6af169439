"""The page where a draft begins with a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ai_agent.drafting.rules.reader import MAX_LENGTH
from ai_agent.errors import SuggestionGone
from ai_agent.services.generate import draft_generate
from ai_agent.services.suggest import Suggestion, suggestion_take, suggestions_for
from ai_agent.states import SuggestionBasis, SuggestionContext
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from customers.models import Customer
from customers.selectors import customer_get
from customers.states import CustomerStatus
from integrations import registry
from invoices.models import InvoiceTemplate
from invoices.services.drafts import default_tax
from invoices.template_selectors import templates_in_use

EXAMPLES = (
    (gettext_lazy("Monthly service"), gettext_lazy("Website maintenance for this month at {currency} 25,000")),
    (gettext_lazy("Project"), gettext_lazy("50% deposit for the {currency} 400,000 website project, due in 14 days")),
    (gettext_lazy("Product sale"), gettext_lazy("12 licences at {currency} 3,500 each, less 10%")),
)
PER_MINUTE = 20


class GenerateForm(forms.Form):
    """A sentence, and what to use with it."""

    prompt = forms.CharField(
        label=gettext_lazy("What do you want to bill?"),
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("In English or Swahili. Say what, how many, at what price; the tax is added for you."),
    )
    use_history = forms.BooleanField(
        label=gettext_lazy("Use earlier invoices of this customer for prices that I leave out"),
        required=False,
        initial=True,
    )
    add_tax = forms.BooleanField(label=gettext_lazy("Add tax"), required=False, initial=True)
    template = forms.ChoiceField(label=gettext_lazy("Template"), required=False)

    def __init__(self, *args: Any, templates: Iterable[InvoiceTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = ("", _("The usual one"))
        self.fields["template"].choices = [usual, *((one.number, one.name) for one in templates)]  # type: ignore[attr-defined]


class SuggestionForm(forms.Form):
    """Which suggestion is taken."""

    context = forms.ChoiceField(choices=SuggestionContext.choices())
    description = forms.CharField(max_length=2_000)


@staff_page(Right.INVOICES_DRAFT)
def generate(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """A sentence becomes a draft, which a person then looks through."""
    actor = actor_of(request)
    customer = customer_get(actor, customer_id)
    templates = templates_in_use(actor, profile_id=customer.profile_id)
    form = GenerateForm(posted(request), templates=templates)
    if request.method == "POST" and form.is_valid():
        if _too_many(actor.id):
            form.add_error(None, _("That was many requests in one minute. Wait a moment and try again."))
        else:
            try:
                made = draft_generate(
                    customer_id=customer.pk,
                    prompt=form.cleaned_data["prompt"],
                    use_history=form.cleaned_data["use_history"],
                    add_tax=form.cleaned_data["add_tax"],
                    template=form.cleaned_data["template"],
                    actor=actor,
                    now=now_of(request),
                )
            except DomainError as error:
                add_domain_error(form, error)
            else:
                messages.success(request, _("%(number)s drafted. Look it through.") % {"number": made.draft.number})
                return redirect("invoices:draft_edit", made.draft.pk)
    context = {
        "customer": customer,
        "suspended": customer.status == CustomerStatus.SUSPENDED,
        "form": form,
        "by_rules": registry.chat_model() is None,
        "tax_rate": default_tax(customer)[1],
        "suggested": _suggested(customer, actor, now_of(request)),
        "examples": [(label, str(text).format(currency=customer.currency)) for label, text in EXAMPLES],
    }
    return render_page(request, "ai_agent/generate.html", context)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def take_suggestion(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """A suggestion becomes a draft, which a person then looks through."""
    form = SuggestionForm(request.POST)
    customer_id = customer_get(actor_of(request), customer_id).pk
    if not form.is_valid():
        messages.error(request, SuggestionGone().message)
        return redirect("ai:generate", customer_id)
    try:
        draft = suggestion_take(
            customer_id=customer_id,
            context=SuggestionContext(form.cleaned_data["context"]),
            based_on=SuggestionBasis.PREVIOUS_INVOICES,
            description=form.cleaned_data["description"],
            actor=actor_of(request),
            now=now_of(request),
        )
    except SuggestionGone as error:
        messages.error(request, error.message)
        return redirect("ai:generate", customer_id)
    messages.success(request, _("%(number)s drafted. Look it through.") % {"number": draft.number})
    return redirect("invoices:draft_edit", draft.pk)


def _suggested(customer: Customer, actor: Actor, now: datetime) -> list[tuple[SuggestionContext, Suggestion]]:
    """What comes again for the customer, with the rhythm that it was found by."""
    rhythms = (SuggestionContext.MONTHLY, SuggestionContext.QUARTERLY)
    basis = SuggestionBasis.PREVIOUS_INVOICES
    return [
        (rhythm, one)
        for rhythm in rhythms
        for one in suggestions_for(customer_id=customer.pk, context=rhythm, based_on=basis, actor=actor, now=now)
    ]


def _too_many(actor_id: str) -> bool:
    key = f"generate:{actor_id}"
    cache.add(key, 0, timeout=60)
    return int(cache.incr(key)) > PER_MINUTE
