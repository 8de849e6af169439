"""Internal notes of staff about a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from customers.models import Customer, Note
from customers.services.values import BadValue, Place, lines

LONGEST_NOTE: Final = 4_000
_read = lines(LONGEST_NOTE, required=True)


def note_add(*, customer_id: UUID, text: str, actor: Actor, now: datetime) -> Note:
    """Writes a note. Clients never see notes. Raises ValidationFailed for an empty or too long one."""
    actor.require(Right.CUSTOMERS_EDIT)
    try:
        said = str(_read(text, Place("", "")))
    except BadValue as error:
        raise ValidationFailed({"text": [str(error)]}) from error
    with transaction.atomic():
        customer = Customer.objects.filter(pk=customer_id).first()
        if customer is None:
            raise NotFound(_("There is no such customer."))
        actor.require_profile(customer.profile_id)
        note = Note.objects.create(customer=customer, text=said, author_id=actor.user_id, created_at=now)
        events.record(
            name="note.added",
            subject=note,
            actor=actor,
            now=now,
            profile_id=customer.profile_id,
            customer_id=customer.pk,
            label=customer.name,
        )
    return note
