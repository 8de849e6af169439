"""Keeping the invoice templates of a business profile: what its documents show, and which one is used by default."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models.profiles import HEX_COLOR
from billing_assistant.core.rights import Right
from billing_assistant.core.services.numbers import human_number_take
from customers.states import InvoiceStyle
from invoices.errors import TemplateIsDefault
from invoices.locks import template_lock, templates_lock
from invoices.models import InvoiceTemplate
from invoices.models.templates import all_columns
from invoices.states import TemplateColumn, TemplateStatus

NUMBERS: Final = "TMPL-{number:03}"
STANDARD: Final = "Standard"
"""The name of the template that every business profile begins with."""
MOST_TEMPLATES: Final = 200
ALL: Final = Decimal(100)
HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
LENGTHS: Final = {
    "name": 80,
    "description": 240,
    "title": 40,
    "payment_terms": 2000,
    "notes": 2000,
    "ai_prompt": 4000,
}
_ONE_LINE: Final = frozenset({"name", "description", "title"})
_NEEDED: Final = (TemplateColumn.DESCRIPTION, TemplateColumn.AMOUNT)
Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class TemplateInput:
    """What a person says of a template. `tax_rate` is in per cent; None leaves the rate of new lines as it is.

    An empty `accent_color` is the brand's, an empty `title` the word for the document, empty `payment_terms` those of
    the business profile.
    """

    name: str
    description: str = ""
    design: InvoiceStyle = InvoiceStyle.PROFESSIONAL
    accent_color: str = ""
    include_logo: bool = True
    include_company_details: bool = True
    title: str = ""
    columns: tuple[str, ...] = field(default_factory=lambda: tuple(all_columns()))
    show_subtotal: bool = True
    show_tax: bool = True
    tax_rate: Decimal | None = None
    show_discount: bool = True
    payment_terms: str = ""
    bank_details: bool = True
    mpesa_details: bool = True
    notes_section: bool = True
    notes: str = ""
    ai_prompt: str = ""


FIELDS: Final = tuple(one.name for one in fields(TemplateInput))


def template_input_of(template: InvoiceTemplate) -> TemplateInput:
    """What a template says now, to be changed and saved again."""
    values = {name: getattr(template, name) for name in FIELDS}
    design, columns = InvoiceStyle(template.design), tuple(template.columns)
    return TemplateInput(**(values | {"design": design, "columns": columns}))


def template_create(*, profile_id: UUID, data: TemplateInput, actor: Actor, now: datetime) -> InvoiceTemplate:
    """Adds a template; the first of a profile becomes its default. Raises ValidationFailed, PermissionRefused."""
    actor.require(Right.TEMPLATES_EDIT)
    actor.require_profile(profile_id)
    with transaction.atomic():
        present = templates_lock(profile_id)
        if len(present) >= MOST_TEMPLATES:
            raise ValidationFailed(_("There are too many templates. Change one that you have."))
        template = InvoiceTemplate(profile_id=profile_id, created_at=now, is_default=not present)
        _fill(template, data, now)
        template.number = _number(profile_id)
        template.save(force_insert=True)
        _record("template.added", template, actor, now)
    return template


def template_update(*, template_id: UUID, data: TemplateInput, actor: Actor, now: datetime) -> InvoiceTemplate:
    """Changes a template. Drafts that use it follow; issued documents keep what they were issued with.

    Raises ValidationFailed, NotFound, PermissionRefused.
    """
    with transaction.atomic():
        template = _locked(template_id, actor)
        before = template_input_of(template)
        _fill(template, data, now)
        if changed := _changed(before, template_input_of(template)):
            template.save()
            _record("template.changed", template, actor, now, fields=changed)
    return template


def template_set_default(*, template_id: UUID, actor: Actor, now: datetime) -> InvoiceTemplate:
    """Has documents use this template unless they name another. One that was put away is taken back for it."""
    with transaction.atomic():
        template = _locked(template_id, actor)
        if template.is_default:
            return template
        InvoiceTemplate.objects.filter(profile_id=template.profile_id, is_default=True).update(
            is_default=False, updated_at=now
        )
        template.is_default, template.status, template.updated_at = True, TemplateStatus.ACTIVE, now
        template.save(update_fields=["is_default", "status", "updated_at"])
        _record("template.made_default", template, actor, now)
    return template


def template_archive(*, template_id: UUID, actor: Actor, now: datetime) -> InvoiceTemplate:
    """Puts a template away: nobody can choose it any more. Drafts that use it keep it.

    Raises TemplateIsDefault for the one that is used by default.
    """
    with transaction.atomic():
        template = _locked(template_id, actor)
        if template.is_default:
            raise TemplateIsDefault(template.name)
        _set_status(template, TemplateStatus.ARCHIVED, "template.archived", actor, now)
    return template


def template_restore(*, template_id: UUID, actor: Actor, now: datetime) -> InvoiceTemplate:
    """Takes a template back that was put away."""
    with transaction.atomic():
        template = _locked(template_id, actor)
        _set_status(template, TemplateStatus.ACTIVE, "template.restored", actor, now)
    return template


def template_duplicate(*, template_id: UUID, actor: Actor, now: datetime) -> InvoiceTemplate:
    """A new template that says the same under a name of its own."""
    with transaction.atomic():
        template = _locked(template_id, actor)
        data = replace(template_input_of(template), name=_free_name(template))
        return template_create(profile_id=template.profile_id, data=data, actor=actor, now=now)


def template_default_make(*, profile_id: UUID) -> None:
    """Gives a profile the template that it begins with, unless it has one. The caller has locked the profile."""
    if not InvoiceTemplate.objects.filter(profile_id=profile_id).exists():
        InvoiceTemplate.objects.create(
            profile_id=profile_id, number=_number(profile_id), name=STANDARD, is_default=True
        )


def _number(profile_id: UUID) -> str:
    return human_number_take(profile_id=profile_id, kind="template", pattern=NUMBERS)[0]


def _locked(template_id: UUID, actor: Actor) -> InvoiceTemplate:
    """The template, when the actor may change it; with it, all of its profile are locked."""
    actor.require(Right.TEMPLATES_EDIT)
    template = template_lock(template_id)
    actor.require_profile(template.profile_id)
    return template


def _set_status(template: InvoiceTemplate, status: TemplateStatus, event: str, actor: Actor, now: datetime) -> None:
    if template.status != status:
        template.status, template.updated_at = status, now
        template.save(update_fields=["status", "updated_at"])
        _record(event, template, actor, now)


def _fill(template: InvoiceTemplate, data: TemplateInput, now: datetime) -> None:
    for name in FIELDS:
        value = getattr(data, name)
        if name in LENGTHS:
            value = " ".join(value.split()) if name in _ONE_LINE else value.strip()
        setattr(template, name, value)
    template.columns = [column.value for column in TemplateColumn if column in data.columns]
    template.updated_at = now
    if errors := {**_wrong_texts(template), **_wrong_choices(data)}:
        raise ValidationFailed(errors)
    others = InvoiceTemplate.objects.filter(profile_id=template.profile_id).exclude(pk=template.pk)
    if others.filter(name__iexact=template.name).exists():
        raise ValidationFailed({"name": [_("There is a template of this name already.")]})


def _wrong_texts(template: InvoiceTemplate) -> Errors:
    errors: Errors = {}
    for name, longest in LENGTHS.items():
        text = getattr(template, name)
        if len(text) > longest:
            errors[name] = [_("Write at most %(n)s characters.") % {"n": longest}]
        if "\x00" in text:
            errors[name] = [_("This has a character that cannot be kept.")]
    if not template.name:
        errors["name"] = [_("This is needed.")]
    return errors


def _wrong_choices(data: TemplateInput) -> Errors:
    errors: Errors = {}
    if not set(data.columns) <= set(TemplateColumn) or not set(_NEEDED) <= set(data.columns):
        errors["columns"] = [_("A document always shows what is billed and its amount.")]
    if data.accent_color and not HEX.fullmatch(data.accent_color):
        errors["accent_color"] = [str(HEX_COLOR.message)]
    if data.tax_rate is not None and not (data.tax_rate.is_finite() and 0 <= data.tax_rate <= ALL):
        errors["tax_rate"] = [_("A tax rate is between 0 and 100 per cent.")]
    return errors


def _changed(before: TemplateInput, after: TemplateInput) -> list[str]:
    return [name for name in FIELDS if getattr(before, name) != getattr(after, name)]


def _free_name(template: InvoiceTemplate) -> str:
    taken = {
        name.upper()
        for name in InvoiceTemplate.objects.filter(profile_id=template.profile_id).values_list("name", flat=True)
    }
    suffixes = (f" {number}" for number in range(2, len(taken) + 3))
    names = (template.name[: LENGTHS["name"] - len(suffix)] + suffix for suffix in suffixes)
    return next(name for name in names if name.upper() not in taken)


def _record(name: str, template: InvoiceTemplate, actor: Actor, now: datetime, **data: object) -> None:
    events.record(
        name=name,
        subject=template,
        actor=actor,
        now=now,
        profile_id=template.profile_id,
        label=template.name,
        data=data,
    )
