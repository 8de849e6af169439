"""The pages of the invoice templates."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from csp.decorators import csp_replace
from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from billing_assistant.core.access import PUBLIC, accessible
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.ui import lists
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    now_of,
    posted,
    render_page,
    staff_page,
)
from customers.states import InvoiceStyle
from invoices.models import InvoiceTemplate
from invoices.pdf.render import render_html
from invoices.pdf.sample import sample_document
from invoices.services.template_choice import template_snapshot
from invoices.services.templates import (
    FIELDS,
    LENGTHS,
    TemplateInput,
    template_archive,
    template_create,
    template_duplicate,
    template_restore,
    template_set_default,
    template_update,
)
from invoices.states import TemplateColumn, TemplateStatus
from invoices.template_selectors import template_get, templates_for

ALWAYS: Final = (TemplateColumn.DESCRIPTION, TemplateColumn.AMOUNT)
CHOSEN: Final = tuple((column.value, column.label) for column in TemplateColumn if column not in ALWAYS)
DESIGNS: Final = {
    InvoiceStyle.PROFESSIONAL: gettext_lazy("What is asked in a box, lines in columns."),
    InvoiceStyle.SIMPLE: gettext_lazy("One column and much white, for small firms."),
    InvoiceStyle.DETAILED: gettext_lazy("Categories with sums, discounts, a schedule, a banking table."),
}
CODE: Final = re.compile(r"[0-9a-f]{6}")
YEAR: Final = 365 * 24 * 3600
HEX: Final = RegexValidator(r"^#[0-9a-fA-F]{6}$", gettext_lazy("Write a colour like #1f6feb."))


def _text(label: Any, name: str, help_text: Any = "", *, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=label, max_length=LENGTHS[name], required=name == "name", help_text=help_text, widget=widget
    )


def _flag(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class TemplateForm(forms.Form):
    """Everything that a template says."""

    name = _text(gettext_lazy("Name"), "name")
    description = _text(gettext_lazy("What it is for"), "description")
    design = forms.ChoiceField(label=gettext_lazy("Design"), choices=InvoiceStyle.choices(), widget=forms.RadioSelect)
    accent_color = forms.CharField(
        label=gettext_lazy("Colour"),
        required=False,
        validators=[HEX],
        help_text=gettext_lazy("Like #1f6feb. Empty: the brand colour."),
    )
    title = _text(gettext_lazy("Title"), "title", gettext_lazy("Empty: the word for the document in its language."))
    include_logo = _flag(gettext_lazy("Logo"))
    include_company_details = _flag(gettext_lazy("Address and registration of the company"))
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        choices=CHOSEN,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Description and amount are always there."),
    )
    show_subtotal = _flag(gettext_lazy("Subtotal"))
    show_tax = _flag(gettext_lazy("Tax by rate"))
    show_discount = _flag(gettext_lazy("Discounts"))
    tax_rate = forms.DecimalField(
        label=gettext_lazy("Tax rate of new lines"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        help_text=gettext_lazy("For drafts of the assistant. Empty: the rate of the business profile."),
    )
    payment_terms = _text(
        gettext_lazy("Payment terms"), "payment_terms", gettext_lazy("Empty: those of the business profile."), rows=3
    )
    bank_details = _flag(gettext_lazy("Bank details"))
    mpesa_details = _flag(gettext_lazy("M-Pesa details"))
    notes_section = _flag(gettext_lazy("Notes"))
    notes = _text(gettext_lazy("Notes on every document"), "notes", rows=3)
    ai_prompt = _text(
        gettext_lazy("Words for the assistant"),
        "ai_prompt",
        gettext_lazy("What the assistant should know when it drafts with this template."),
        rows=4,
    )

    def __init__(self, data: Any = None, *, template: InvoiceTemplate | None = None) -> None:
        source = template or TemplateInput(name="")
        super().__init__(data, initial={name: getattr(source, name) for name in FIELDS})

    def input(self) -> TemplateInput:
        """What was typed."""
        values = {name: self.cleaned_data[name] for name in FIELDS}
        columns = (*ALWAYS, *values.pop("columns"))
        return TemplateInput(**values | {"columns": columns, "design": InvoiceStyle(values["design"])})


@staff_page(Right.INVOICES_VIEW)
def template_list(request: HttpRequest) -> HttpResponseBase:
    """The templates of the business profile: those in use, unless the other view is chosen."""
    actor, profile = actor_of(request), current_profile(request)
    mine = templates_for(actor, profile_id=profile.pk)
    status = lists.word_of(TemplateStatus, request.GET, "status") or TemplateStatus.ACTIVE
    context = {
        "templates": mine.filter(status=status),
        "archived": status == TemplateStatus.ARCHIVED,
        "views": [
            lists.view(request.GET, ("status",), _("In use"), {}),
            lists.view(request.GET, ("status",), _("Put away"), {"status": TemplateStatus.ARCHIVED.value}),
        ],
        "may_edit": Right.TEMPLATES_EDIT in actor.rights,
    }
    return render_page(request, "invoices/template_list.html", context)


@staff_page(Right.TEMPLATES_EDIT)
def template_new(request: HttpRequest) -> HttpResponseBase:
    """The form for a new template."""
    form = TemplateForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            template = template_create(
                profile_id=current_profile(request).pk, data=form.input(), actor=actor_of(request), now=now_of(request)
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(name)s can be chosen now.") % {"name": template.name})
            return redirect("invoices:templates")
    return _form_page(request, form, None)


@staff_page(Right.TEMPLATES_EDIT)
def template_edit(request: HttpRequest, template_id: UUID) -> HttpResponseBase:
    """The form of a template."""
    template = template_get(actor_of(request), template_id)
    form = TemplateForm(posted(request), template=template)
    if request.method == "POST" and form.is_valid():
        try:
            template_update(template_id=template.pk, data=form.input(), actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved. Documents that were issued stay as they are."))
            return redirect("invoices:templates")
    return _form_page(request, form, template)


@require_POST
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
@staff_page(Right.TEMPLATES_EDIT)
def template_preview(request: HttpRequest) -> HttpResponseBase:
    """An invented document as what stands in the form would show it; why not, where a field cannot be read."""
    profile = current_profile(request)
    form = TemplateForm(request.POST)
    form.fields["name"].required = False
    if not form.is_valid():
        reason = next(iter(form.errors.values()))[0]
        return HttpResponse(reason, status=422, content_type="text/plain; charset=utf-8")
    typed = form.input()
    template = InvoiceTemplate(**{name: getattr(typed, name) for name in FIELDS})
    document = sample_document(profile, template_snapshot(template), local_today(profile, now_of(request)))
    return HttpResponse(render_html(document))


@require_GET
@cache_control(public=True, max_age=YEAR, immutable=True)
@accessible(PUBLIC)
def accent_css(request: HttpRequest, code: str) -> HttpResponseBase:
    """The stylesheet that gives a document in the browser its accent: our pages carry no style of their own."""
    if not CODE.fullmatch(code):
        raise Http404
    return HttpResponse(f":root {{ --doc-accent: #{code}; }}\n", content_type="text/css; charset=utf-8")


@require_POST
@staff_page(Right.TEMPLATES_EDIT)
def template_act(request: HttpRequest, template_id: UUID) -> HttpResponseBase:
    """Makes a template the default, copies it, puts it away or takes it back."""
    acts = {
        "default": (template_set_default, _("%(name)s is used by default now.")),
        "duplicate": (template_duplicate, _("%(name)s made. Change what should differ.")),
        "archive": (template_archive, _("%(name)s is put away. Drafts that use it keep it.")),
        "restore": (template_restore, _("%(name)s can be chosen again.")),
    }
    service, text = acts.get(request.POST.get("act", ""), (None, ""))
    if service is None:
        messages.error(request, _("Choose what to do."))
        return redirect("invoices:templates")
    found = template_get(actor_of(request), template_id)
    try:
        template = service(template_id=found.pk, actor=actor_of(request), now=now_of(request))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("invoices:templates")
    messages.success(request, text % {"name": template.name})
    if service is template_duplicate:
        return redirect("invoices:template", template.pk)
    return redirect("invoices:templates")


def _form_page(request: HttpRequest, form: TemplateForm, template: InvoiceTemplate | None) -> HttpResponseBase:
    chosen = form["design"].value()
    designs = [
        {"style": style, "text": text, "chosen": style == chosen, "picture": f"img/design-{style.value}.svg"}
        for style, text in DESIGNS.items()
    ]
    context = {"form": form, "template": template, "designs": designs}
    return render_page(request, "invoices/template.html", context)
