"""The provider's side: the page on which a client pays."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from billing_assistant.core.access import PUBLIC, accessible
from billing_assistant.core.web import now_of, posted, render_page
from integrations.demo_gateway import provider
from integrations.demo_gateway.cards import CARDS, digits_of, failure_text
from integrations.minor_units import from_minor
from integrations.models import DemoPaymentStatus, DemoSession, DemoSessionStatus


class CardForm(forms.Form):
    """A test card. Nothing but the last four digits is kept."""

    number = forms.CharField(
        label=_("Card number"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "4242 4242 4242 4242"}
        ),
    )

    def clean_number(self) -> str:
        digits = digits_of(self.cleaned_data["number"])
        if not digits:
            raise forms.ValidationError(_("This is not a card number. Take one from the list."))
        return digits


@accessible(PUBLIC)
@require_http_methods(["GET", "POST"])
def pay_page(request: HttpRequest, session_id: str) -> HttpResponse:
    """GET shows the amount and the cards; POST tries a card, then shows this page again with what came of it."""
    session = _session(session_id)
    form = CardForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            payment = provider.session_pay(
                session_id=session.pk, card_number=form.cleaned_data["number"], now=now_of(request)
            )
        except provider.SessionClosed:
            return HttpResponseRedirect(request.path)
        if payment.status != DemoPaymentStatus.FAILED:
            return HttpResponseRedirect(request.path)
        form.add_error("number", failure_text(payment.failure_code))
        session.refresh_from_db()
    open_now = session.status == DemoSessionStatus.OPEN and session.expires_at > now_of(request)
    paid = session.payments.exclude(status=DemoPaymentStatus.FAILED).first()
    context = {
        "session": session,
        "money": from_minor(session.amount, session.currency),
        "form": form,
        "cards": CARDS,
        "open": open_now,
        "paid": paid,
        "processing": paid is not None and paid.status == DemoPaymentStatus.PROCESSING,
        "back_url": session.success_url if paid else session.cancel_url,
        "success_rate": settings.DEMO_GATEWAY_SUCCESS_RATE,
    }
    return render_page(request, "demo_gateway/pay.html", context)


def _session(session_id: str) -> DemoSession:
    session = DemoSession.objects.filter(pk=session_id).first() if settings.DEMO else None
    if session is None:
        raise Http404
    return session
