"""Endpoints of the invoice templates."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_assistant.core.api.fields import ExactNumberField
from billing_assistant.core.api.strict import StrictSerializer
from billing_assistant.core.api.views import ApiView
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from customers.states import InvoiceStyle
from invoices.models import InvoiceTemplate
from invoices.services.templates import (
    LENGTHS,
    TemplateInput,
    template_archive,
    template_create,
    template_input_of,
    template_restore,
    template_set_default,
    template_update,
)
from invoices.states import TemplateColumn, TemplateStatus
from invoices.template_selectors import template_get, templates_for

SECTIONS: Final = ("header", "body", "footer")


class ColumnField(serializers.CharField):
    """A column by its word ("Rate"), written large or small."""

    def to_internal_value(self, data: Any) -> str:
        word = super().to_internal_value(data).lower()
        if word not in set(TemplateColumn):
            known = ", ".join(column.value.capitalize() for column in TemplateColumn)
            raise serializers.ValidationError(_("Choose one of: %(known)s.") % {"known": known})
        return word

    def to_representation(self, value: Any) -> str:
        return str(value).capitalize()


class HeaderIn(StrictSerializer):
    """The head of a document. An empty `title` is the word for the document in its language."""

    include_logo = serializers.BooleanField(required=False)
    include_company_details = serializers.BooleanField(required=False)
    title = serializers.CharField(max_length=LENGTHS["title"], required=False, allow_blank=True)


class BodyIn(StrictSerializer):
    """Lines and sums. `tax_rate` is the per cent of lines that the assistant drafts; null: the profile's."""

    columns = serializers.ListField(child=ColumnField(), required=False)
    show_subtotal = serializers.BooleanField(required=False)
    show_tax = serializers.BooleanField(required=False)
    tax_rate = ExactNumberField(decimals=4, least=Decimal(0), most=Decimal(100), required=False, allow_null=True)
    show_discount = serializers.BooleanField(required=False)


class FooterIn(StrictSerializer):
    """What stands under the sums. Empty `payment_terms` are those of the business profile."""

    payment_terms = serializers.CharField(max_length=LENGTHS["payment_terms"], required=False, allow_blank=True)
    bank_details = serializers.BooleanField(required=False)
    mpesa_details = serializers.BooleanField(required=False)
    notes_section = serializers.BooleanField(required=False)
    notes = serializers.CharField(max_length=LENGTHS["notes"], required=False, allow_blank=True)


class TemplateChangeIn(StrictSerializer):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=LENGTHS["name"], required=False)
    description = serializers.CharField(max_length=LENGTHS["description"], required=False, allow_blank=True)
    design = serializers.ChoiceField(choices=InvoiceStyle.choices(), required=False)
    accent_color = serializers.CharField(max_length=7, required=False, allow_blank=True)
    header = HeaderIn(required=False)
    body = BodyIn(required=False)
    footer = FooterIn(required=False)
    ai_prompt = serializers.CharField(max_length=LENGTHS["ai_prompt"], required=False, allow_blank=True)
    is_default = serializers.BooleanField(required=False)
    status = serializers.ChoiceField(choices=TemplateStatus.choices(), required=False)


class TemplateIn(TemplateChangeIn):
    """A new template; only the name is needed."""

    name = serializers.CharField(max_length=LENGTHS["name"])


class HeaderOut(serializers.Serializer[InvoiceTemplate]):
    include_logo = serializers.BooleanField()
    include_company_details = serializers.BooleanField()
    title = serializers.CharField()


class BodyOut(serializers.Serializer[InvoiceTemplate]):
    columns = serializers.ListField(child=ColumnField())
    show_subtotal = serializers.BooleanField()
    show_tax = serializers.BooleanField()
    tax_rate = ExactNumberField(decimals=4, allow_null=True)
    show_discount = serializers.BooleanField()


class FooterOut(serializers.Serializer[InvoiceTemplate]):
    payment_terms = serializers.CharField()
    bank_details = serializers.BooleanField()
    mpesa_details = serializers.BooleanField()
    notes_section = serializers.BooleanField()
    notes = serializers.CharField()


class TemplateOut(serializers.Serializer[InvoiceTemplate]):
    """A template. `template_id` is its number."""

    template_id = serializers.CharField(source="number")
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    design = serializers.CharField()
    accent_color = serializers.CharField()
    header = HeaderOut(source="*")
    body = BodyOut(source="*")
    footer = FooterOut(source="*")
    ai_prompt = serializers.CharField()
    is_default = serializers.BooleanField()
    status = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class Templates(ApiView):
    """The invoice templates of the business profile."""

    rights = {"GET": Right.INVOICES_VIEW, "POST": Right.TEMPLATES_EDIT}
    request_bodies = {"POST": TemplateIn}
    answers = {"GET": TemplateOut, "POST": TemplateOut}
    list_key = "templates"
    query = (OpenApiParameter("status", OpenApiTypes.STR, description="Only those that are active, or archived."),)

    def get(self, request: Request) -> Response:
        """Templates, the default first."""
        rows, status = templates_for(self.actor, profile_id=self.profile_id), request.query_params.get("status", "")
        if status and status not in set(TemplateStatus):
            known = ", ".join(TemplateStatus)
            raise ValidationFailed({"status": [_("Choose one of: %(known)s.") % {"known": known}]})
        return self.page(rows.filter(status=status) if status else rows, TemplateOut)

    def post(self, request: Request) -> Response:
        """Adds a template."""
        given = self.parse(TemplateIn)
        with transaction.atomic():
            data = _input(TemplateInput(name=""), given)
            template = template_create(profile_id=self.profile_id, data=data, actor=self.actor, now=self.now)
            _set_state(self, template, given)
        return Response(_shown(self, template.pk), status=201, headers={"Location": f"/api/templates/{template.pk}"})


class OneTemplate(ApiView):
    """One invoice template, by number or id."""

    rights = {"GET": Right.INVOICES_VIEW, "PUT": Right.TEMPLATES_EDIT, "DELETE": Right.TEMPLATES_EDIT}
    request_bodies = {"PUT": TemplateChangeIn}
    answers = {"GET": TemplateOut, "PUT": TemplateOut, "DELETE": TemplateOut}

    def get(self, request: Request, template_ref: str) -> Response:
        """The template."""
        return Response(_shown(self, template_ref))

    def put(self, request: Request, template_ref: str) -> Response:
        """Changes what is given. Issued documents keep what they were issued with."""
        given = self.parse(TemplateChangeIn)
        template = template_get(self.actor, template_ref, profile_id=self.profile_id)
        with transaction.atomic():
            data = _input(template_input_of(template), given)
            template_update(template_id=template.pk, data=data, actor=self.actor, now=self.now)
            _set_state(self, template, given)
        return Response(_shown(self, template.pk))

    def delete(self, request: Request, template_ref: str) -> Response:
        """Puts the template away; the default one cannot be. PUT with status active takes it back."""
        template = template_get(self.actor, template_ref, profile_id=self.profile_id)
        template_archive(template_id=template.pk, actor=self.actor, now=self.now)
        return Response(_shown(self, template.pk))


def _shown(view: ApiView, reference: str | UUID) -> Any:
    return TemplateOut(template_get(view.actor, reference, profile_id=view.profile_id)).data


def _input(base: TemplateInput, given: dict[str, Any]) -> TemplateInput:
    """The given fields over the others."""
    values = {name: value for name, value in given.items() if name not in {*SECTIONS, "is_default", "status"}}
    for section in SECTIONS:
        values |= given.get(section, {})
    if "design" in values:
        values["design"] = InvoiceStyle(values["design"])
    if "columns" in values:
        values["columns"] = tuple(values["columns"])
    return replace(base, **values)


def _set_state(view: ApiView, template: InvoiceTemplate, given: dict[str, Any]) -> None:
    match given.get("status"):
        case TemplateStatus.ARCHIVED:
            template_archive(template_id=template.pk, actor=view.actor, now=view.now)
        case TemplateStatus.ACTIVE:
            template_restore(template_id=template.pk, actor=view.actor, now=view.now)
    if given.get("is_default"):
        template_set_default(template_id=template.pk, actor=view.actor, now=view.now)
    elif template.is_default and given.get("is_default") is False:
        raise ValidationFailed({"is_default": [_("Make another template the default instead.")]})
