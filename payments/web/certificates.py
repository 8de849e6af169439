"""Certificates of withheld tax: entering one, and the report of those that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.sheets import csv_response
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
from payments.models import Payment
from payments.selectors.payments import payment_get
from payments.selectors.withholding import certificates_missing, withheld_open
from payments.services.withholding import certificate_enter
from payments.web.forms import CertificateForm
from payments.web.report_tabs import report_tabs

ORDER: Final = ("-received_on", "-id")


@staff_page(Right.PAYMENTS_RECORD)
def certificate_page(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Number and date of the certificate of the tax that was withheld from a payment."""
    payment = payment_get(actor_of(request), payment_id)
    initial = {"certificate": payment.withholding_certificate, "certificate_on": payment.withholding_certificate_on}
    form = CertificateForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            certificate_enter(
                payment_id=payment.pk,
                certificate=form.cleaned_data["certificate"],
                certificate_on=form.cleaned_data["certificate_on"],
                actor=actor_of(request),
                now=now_of(request),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("The certificate of %(number)s is entered.") % {"number": payment.number})
            return redirect("payments:detail", payment.pk)
    return render_page(request, "payments/certificate.html", {"payment": payment, "form": form})


@staff_page(Right.REPORTS_VIEW)
def missing_page(request: HttpRequest) -> HttpResponseBase:
    """Whose certificates are missing, newest payment first, and what tax they are about."""
    actor, profile = actor_of(request), current_profile(request)
    context = {
        "page": list_page(request, certificates_missing(actor, profile_id=profile.pk), ORDER),
        "open": withheld_open(actor, profile_id=profile.pk),
        "tabs": report_tabs("withholding"),
    }
    return render_page(request, "reports/withholding.html", context, fragment="reports/partials/withholding.html")


@staff_page(Right.REPORTS_VIEW)
def missing_export(request: HttpRequest) -> HttpResponseBase:
    """The missing certificates as a CSV file."""
    head = [
        _("Payment"),
        _("Received on"),
        _("Customer number"),
        _("Customer"),
        _("Currency"),
        _("Amount"),
        _("Tax withheld"),
        _("Rate"),
    ]
    rows = certificates_missing(actor_of(request), profile_id=current_profile(request).pk).order_by(*ORDER)
    return csv_response("withholding-certificates-missing", head, _lines(rows.iterator(chunk_size=500)))


def _lines(payments: Iterator[Payment]) -> Iterator[Sequence[object]]:
    for payment in payments:
        yield (
            payment.number,
            payment.received_on,
            payment.customer.number,
            payment.customer.name,
            payment.currency,
            quantize(payment.amount, payment.currency),
            quantize(payment.amount_withheld, payment.currency),
            payment.withholding_rate,
        )
