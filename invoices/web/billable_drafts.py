"""Making drafts from billable work: first what they would be, then the drafts; and how a customer wants them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, now_of, render_page, staff_page
from customers.selectors import customer_get
from invoices.billable_selectors import billable_terms_of
from invoices.billable_states import BillableGrouping, BillableLines
from invoices.services.billable import billable_terms_set
from invoices.services.billable_drafts import BillableMade, Chosen, billable_drafts_make, billable_drafts_plan
from invoices.web.billable_forms import TermsForm
from invoices.web.billable_query import FILTERS, billable_chips, billable_filters

SHOWN: Final = "shown"
MOST_TOLD: Final = 3


@staff_page(Right.INVOICES_DRAFT)
def billable_drafts(request: HttpRequest) -> HttpResponseBase:
    """What drafts there would be of the chosen work (?item=), of what fits the list's filters, or of all.

    POST makes them; it names the items, or says with `scope` that all that is shown is meant.
    """
    actor, profile = actor_of(request), current_profile(request)
    sent = request.POST if request.method == "POST" else request.GET
    filters = billable_filters(sent)
    customer = customer_get(actor, filters.customer_id, profile_id=profile.pk) if filters.customer_id else None
    chosen = Chosen(profile_id=profile.pk, item_ids=_ids(sent) if "item" in sent else None, filters=filters)
    if request.method == "POST":
        if chosen.item_ids is None and sent.get("scope") != SHOWN:
            raise ValidationFailed(_("Say which work the drafts are for."))
        made = billable_drafts_make(chosen=chosen, actor=actor, now=now_of(request))
        _tell(request, made)
        if len(made.drafts) == 1:
            return redirect("invoices:draft_edit", made.drafts[0].pk)
        return redirect("invoices:draft_list" if made.drafts else "invoices:billable")
    terms = billable_terms_of(customer.pk) if customer else None
    context = {
        "plan": billable_drafts_plan(chosen=chosen, actor=actor),
        "chosen": chosen,
        "all_url": reverse("invoices:billable_drafts"),
        "chips": billable_chips(request.GET, filters, profile),
        "kept": {name: request.GET[name] for name in FILTERS if request.GET.get(name)} | {"scope": SHOWN},
        "customer": customer,
        "terms_form": TermsForm(initial={"grouping": terms.grouping, "lines": terms.lines}) if terms else None,
        "back_url": reverse("invoices:billable"),
    }
    return render_page(request, "invoices/billable_drafts.html", context)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def billable_terms(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """Says how a customer wants work on drafts, and shows what that makes of it."""
    customer = customer_get(actor_of(request), customer_id)
    form = TermsForm(request.POST)
    if form.is_valid():
        billable_terms_set(
            customer_id=customer.pk,
            grouping=BillableGrouping(form.cleaned_data["grouping"]),
            lines=BillableLines(form.cleaned_data["lines"]),
            actor=actor_of(request),
            now=now_of(request),
        )
        messages.success(request, _("Saved. This is what the drafts would be now."))
    else:
        messages.error(request, _("Choose how the drafts and lines are made."))
    return redirect(f"{reverse('invoices:billable_drafts')}?customer={customer.pk}")


def _ids(sent: QueryDict) -> tuple[UUID, ...]:
    return tuple(found for text in sent.getlist("item") if (found := as_uuid(text)) is not None)


def _tell(request: HttpRequest, made: BillableMade) -> None:
    number = len(made.drafts)
    if number:
        text = ngettext("%(n)d draft made.", "%(n)d drafts made.", number)
        messages.success(request, text % {"n": number})
    else:
        messages.info(request, _("There was nothing left to bill: somebody may have made the drafts meanwhile."))
    for one in made.skipped[:MOST_TOLD]:
        words = {"name": one.customer.name, "reason": one.reason}
        messages.warning(request, _("%(name)s was left out: %(reason)s") % words)
    more = len(made.skipped) - MOST_TOLD
    if more > 0:
        text = ngettext("%(n)d more customer was left out.", "%(n)d more customers were left out.", more)
        messages.warning(request, text % {"n": more})
    if made.later:
        text = ngettext(
            "%(n)d customer is left. Make drafts again.", "%(n)d customers are left. Make drafts again.", made.later
        )
        messages.info(request, text % {"n": made.later})
