"""Files beside a draft or an invoice: added, handed out, taken away with their history kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core import events, files
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from customers.file_kinds import content_type_of
from invoices.locks import attachment_lock
from invoices.models import Attachment, Invoice, InvoiceDraft
from invoices.states import OPEN_DRAFTS

MOST_FILES: Final = 20
Owner = InvoiceDraft | Invoice


@dataclass(frozen=True, slots=True)
class AttachmentInput:
    """A file as it was uploaded, and who gets it. What goes with the e-mail is for the client."""

    content: bytes
    name: str
    for_client: bool = False
    with_email: bool = False


def attachments_of(owner: Owner) -> QuerySet[Attachment]:
    """The files of a draft or an invoice, oldest first, those that were taken away too. The caller has scoped it.

    Those of a draft are those of the invoice that it became: nothing has to be carried over when it is issued.
    """
    rows = Attachment.objects.select_related("file").order_by("id")
    if isinstance(owner, InvoiceDraft):
        return rows.filter(draft=owner)
    return rows.filter(Q(invoice=owner) | Q(draft__invoice=owner))


def attachments_at(owner: Owner) -> QuerySet[Attachment]:
    """The files of a draft or an invoice that are still there."""
    return attachments_of(owner).filter(removed_at__isnull=True)


def attachments_for_client(invoice: Invoice) -> QuerySet[Attachment]:
    """The files of an invoice that its client may see."""
    return attachments_at(invoice).filter(for_client=True)


def attachment_add(*, owner: Owner, data: AttachmentInput, actor: Actor, now: datetime) -> Attachment:
    """Keeps a file beside a draft that is open, or an issued document (also after it was sent).

    Not inside a transaction (see `core.files.store`). Raises PermissionRefused, NotFound, FileRefused (kind, size),
    ValidationFailed (too many, a draft that is no longer open).
    """
    actor.require(Right.INVOICES_DRAFT)
    actor.require_profile(owner.profile_id)
    if isinstance(owner, InvoiceDraft) and owner.status not in OPEN_DRAFTS:
        raise ValidationFailed({"file": [_("%(number)s is no longer open.") % {"number": owner.number}]})
    if attachments_at(owner).count() >= MOST_FILES:
        raise ValidationFailed({"file": [_("At most %(most)d files can be kept here.") % {"most": MOST_FILES}]})
    kind = content_type_of(data.name, data.content)
    stored = files.store(content=data.content, name=data.name, content_type=kind, profile_id=owner.profile_id)
    with transaction.atomic():
        attachment = Attachment.objects.create(
            profile_id=owner.profile_id,
            draft=owner if isinstance(owner, InvoiceDraft) else None,
            invoice=owner if isinstance(owner, Invoice) else None,
            file=stored,
            name=stored.name,
            for_client=data.for_client or data.with_email,
            with_email=data.with_email,
            added_by_label=actor.label[:150],
            created_at=now,
        )
        _record("attachment.added", attachment, owner, actor, now)
    return attachment


def attachment_remove(*, attachment_id: UUID, actor: Actor, now: datetime) -> Attachment:
    """Takes a file away: nobody gets it any more, who did so is kept. Again changes nothing. Raises NotFound."""
    actor.require(Right.INVOICES_DRAFT)
    with transaction.atomic():
        attachment = attachment_lock(attachment_id)
        actor.require_profile(attachment.profile_id)
        if attachment.removed_at is None:
            attachment.removed_at, attachment.removed_by_label = now, actor.label[:150]
            attachment.save(update_fields=["removed_at", "removed_by_label"])
            _record("attachment.removed", attachment, owner_of(attachment), actor, now)
    return attachment


def attachment_get(actor: Actor, attachment_id: UUID) -> Attachment:
    """One file that is still there. Raises NotFound, also for one of another profile."""
    actor.require(Right.INVOICES_VIEW)
    rows = Attachment.objects.select_related("file", "draft__invoice", "invoice")
    found = rows.filter(pk=attachment_id, removed_at__isnull=True).first()
    if found is None or not actor.can_see(found.profile_id):
        raise NotFound(_("There is no such file."))
    return found


def owner_of(attachment: Attachment) -> Owner:
    """The document on whose page the file stands: the invoice, once the draft became one."""
    if attachment.invoice is not None:
        return attachment.invoice
    draft = attachment.draft
    if draft is None:
        raise NotFound(_("There is no such file."))
    return draft.invoice or draft


def _record(name: str, attachment: Attachment, owner: Owner, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=owner,
        actor=actor,
        now=now,
        profile_id=attachment.profile_id,
        customer_id=owner.customer_id,
        label=owner.number,
        data={"file": attachment.name, "attachment_id": str(attachment.pk)},
    )
