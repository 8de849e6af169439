"""Proofs beside a payment: adding one, a copy of it, taking it away."""

from __future__ import annotations

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
from billing_assistant.core.files import file_response
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from customers.file_kinds import KINDS, refuse_too_large
from payments.selectors.payments import payment_get
from payments.services.proofs import proof_add, proof_get, proof_remove


class ProofForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A bank advice, a cheque, the slip of a terminal: PDF, picture, sheet or text."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}),
    )


@staff_page(Right.PAYMENTS_RECORD)
def proof_new(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Keeps a proof beside a payment."""
    actor = actor_of(request)
    payment = payment_get(actor, payment_id)
    form = ProofForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            refuse_too_large(given.size)
            proof = proof_add(payment=payment, content=given.read(), name=given.name, actor=actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(name)s added.") % {"name": proof.name})
            return redirect("payments:detail", payment.pk)
    return render_page(request, "payments/proof.html", {"payment": payment, "form": form})


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def proof_file(request: HttpRequest, payment_id: UUID, proof_id: UUID) -> HttpResponseBase:
    """A copy of the file, always to be saved and never shown in the page."""
    proof = proof_get(actor_of(request), payment_get(actor_of(request), payment_id), proof_id)
    return file_response(proof.file, name=proof.name)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def proof_take_away(request: HttpRequest, payment_id: UUID, proof_id: UUID) -> HttpResponseBase:
    """Takes a proof away; the history keeps that it was there."""
    actor = actor_of(request)
    proof = proof_get(actor, payment_get(actor, payment_id), proof_id)
    proof_remove(proof_id=proof.pk, actor=actor, now=now_of(request))
    messages.success(request, _("%(name)s removed.") % {"name": proof.name})
    return redirect("payments:detail", payment_id)
