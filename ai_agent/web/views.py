"""The page where a draft begins with a sentence."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ai_agent.drafting.rules.reader import MAX_LENGTH
from ai_agent.services.generate import draft_generate
from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from customers.selectors import customer_get
from customers.states import CustomerStatus
from integrations import registry
from invoices.services.drafts import default_tax

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


@staff_page(Right.INVOICES_DRAFT)
def generate(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """A sentence becomes a draft, which a person then looks through."""
    actor = actor_of(request)
    customer = customer_get(actor, customer_id)
    form = GenerateForm(posted(request))
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
        "examples": [(label, str(text).format(currency=customer.currency)) for label, text in EXAMPLES],
    }
    return render_page(request, "ai_agent/generate.html", context)


def _too_many(actor_id: str) -> bool:
    key = f"generate:{actor_id}"
    cache.add(key, 0, timeout=60)
    return int(cache.incr(key)) > PER_MINUTE
