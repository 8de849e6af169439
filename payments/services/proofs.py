"""Proofs beside a payment: added, handed out, taken away with their history kept."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core import events, files
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from customers.file_kinds import content_type_of
from payments.locks import proof_lock
from payments.models import Payment, PaymentProof

MOST_PROOFS: Final = 10


def proofs_at(payment: Payment) -> QuerySet[PaymentProof]:
    """The proofs of a payment that are still there, oldest first. The caller has scoped the payment."""
    return payment.proofs.filter(removed_at__isnull=True).select_related("file").order_by("id")


def proof_get(actor: Actor, payment: Payment, proof_id: UUID) -> PaymentProof:
    """One proof of a payment that is still there. Raises PermissionRefused, NotFound."""
    actor.require(Right.PAYMENTS_VIEW)
    found = proofs_at(payment).filter(pk=proof_id).first()
    if found is None or not actor.can_see(found.profile_id):
        raise NotFound(_("There is no such file."))
    return found


def proof_add(*, payment: Payment, content: bytes, name: str, actor: Actor, now: datetime) -> PaymentProof:
    """Keeps a file beside a payment, whatever became of that. Not inside a transaction (see `core.files.store`).

    Raises PermissionRefused, NotFound, FileRefused (kind, size), ValidationFailed (too many).
    """
    actor.require(Right.PAYMENTS_RECORD)
    actor.require_profile(payment.profile_id)
    if proofs_at(payment).count() >= MOST_PROOFS:
        raise ValidationFailed({"file": [_("At most %(most)d files can be kept here.") % {"most": MOST_PROOFS}]})
    kind = content_type_of(name, content)
    stored = files.store(content=content, name=name, content_type=kind, profile_id=payment.profile_id)
    with transaction.atomic():
        proof = PaymentProof.objects.create(
            profile_id=payment.profile_id,
            payment=payment,
            file=stored,
            name=stored.name,
            added_by_label=actor.label[:150],
            created_at=now,
        )
        _told("payment.proof_added", proof, payment, actor, now)
    return proof


def proof_remove(*, proof_id: UUID, actor: Actor, now: datetime) -> PaymentProof:
    """Takes a proof away; who did so is kept. Again changes nothing. Raises PermissionRefused, NotFound."""
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        proof = proof_lock(proof_id)
        actor.require_profile(proof.profile_id)
        if proof.removed_at is None:
            proof.removed_at, proof.removed_by_label = now, actor.label[:150]
            proof.save(update_fields=["removed_at", "removed_by_label"])
            _told("payment.proof_removed", proof, proof.payment, actor, now)
    return proof


def _told(name: str, proof: PaymentProof, payment: Payment, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=payment,
        actor=actor,
        now=now,
        profile_id=payment.profile_id,
        customer_id=payment.customer_id,
        label=payment.number,
        data={"file": proof.name, "proof_id": str(proof.pk)},
    )
