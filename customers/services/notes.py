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
from customers.locks import note_lock
from customers.models import Customer, Note
from customers.services.values import BadValue, Place, lines

LONGEST_NOTE: Final = 4_000
_read = lines(LONGEST_NOTE, required=True)


def note_add(*, customer_id: UUID, text: str, actor: Actor, now: datetime) -> Note:
    """Writes a note. Clients never see notes. Raises ValidationFailed for an empty or too long one."""
    actor.require(Right.CUSTOMERS_EDIT)
    said = _said(text)
    with transaction.atomic():
        customer = Customer.objects.filter(pk=customer_id).first()
        if customer is None:
            raise NotFound(_("There is no such customer."))
        actor.require_profile(customer.profile_id)
        note = Note.objects.create(customer=customer, text=said, author_id=actor.user_id, created_at=now)
        _record("note.added", note, actor, now)
    return note


def note_update(*, note_id: UUID, text: str, actor: Actor, now: datetime) -> Note:
    """Writes a note anew; the history keeps what it said. Raises ValidationFailed, NotFound."""
    actor.require(Right.CUSTOMERS_EDIT)
    said = _said(text)
    with transaction.atomic():
        note = note_lock(note_id)
        actor.require_profile(note.customer.profile_id)
        if note.text != said:
            note.text = said
            note.save(update_fields=["text"])
            _record("note.updated", note, actor, now)
    return note


def note_remove(*, note_id: UUID, actor: Actor, now: datetime) -> None:
    """Takes a note away; the history keeps what it said. Raises NotFound."""
    actor.require(Right.CUSTOMERS_EDIT)
    with transaction.atomic():
        note = note_lock(note_id)
        actor.require_profile(note.customer.profile_id)
        _record("note.removed", note, actor, now)
        note.delete()


def _said(text: object) -> str:
    try:
        return str(_read(text, Place("", "")))
    except BadValue as error:
        raise ValidationFailed({"text": [str(error)]}) from error


def _record(name: str, note: Note, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=note,
        actor=actor,
        now=now,
        profile_id=note.customer.profile_id,
        customer_id=note.customer_id,
        label=note.customer.name,
    )
