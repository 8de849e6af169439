"""Reads of invoice templates, scoped to the actor's business profiles first."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.rights import Right
from invoices.models import InvoiceTemplate
from invoices.states import TemplateStatus

STANDARD_WORD: Final = "standard"
"""The word by which programs ask for the template that is used by default."""


def templates_for(actor: Actor, *, profile_id: UUID) -> QuerySet[InvoiceTemplate]:
    """The templates of a business profile, the default first, then by name. Raises NotFound, PermissionRefused."""
    actor.require(Right.INVOICES_VIEW)
    actor.require_profile(profile_id)
    return InvoiceTemplate.objects.filter(profile_id=profile_id).order_by("-is_default", "name", "id")


def templates_in_use(actor: Actor, *, profile_id: UUID) -> QuerySet[InvoiceTemplate]:
    """Those that can be chosen."""
    return templates_for(actor, profile_id=profile_id).filter(status=TemplateStatus.ACTIVE)


def template_get(actor: Actor, reference: str | UUID, *, profile_id: UUID | None = None) -> InvoiceTemplate:
    """One template with its profile, by id, or by number within a profile. Raises NotFound."""
    actor.require(Right.INVOICES_VIEW)
    key = reference if isinstance(reference, UUID) else as_uuid(reference)
    named = Q(number__iexact=reference) if key is None else Q(pk=key)
    found = InvoiceTemplate.objects.select_related("profile").filter(named)
    if profile_id is not None:
        found = found.filter(profile_id=profile_id)
    template = found.first()
    if template is None or not actor.can_see(template.profile_id):
        raise NotFound(_("There is no such template."))
    return template


def template_named(profile_id: UUID, reference: str) -> InvoiceTemplate | None:
    """The template in use of a number or name; "standard" is the default one unless another is called so. The caller
    has scoped the profile."""
    mine = InvoiceTemplate.objects.filter(profile_id=profile_id, status=TemplateStatus.ACTIVE)
    found = mine.filter(number__iexact=reference).first() or mine.filter(name__iexact=reference).first()
    if found is None and reference.casefold() == STANDARD_WORD:
        found = mine.filter(is_default=True).first()
    return found
