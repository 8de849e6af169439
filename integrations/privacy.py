"""What providers told us about a person who paid: raw webhooks, and the books of the demo gateway."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.privacy import (
    Held,
    Holder,
    Limits,
    Outcome,
    Subject,
    erased,
    not_personal,
    register_holder,
    rows_of,
)
from integrations.models import DemoPayment, DemoSession, MpesaPush, MpesaReceipt, WebhookEvent, WebhookStatus

CHUNK: Final = 500
NAMELESS: Final = {"payer_name": "", "payer_phone": ""}
TECHNICAL: Final = "A technical word that names nobody."


def _sessions(subject: Subject) -> Q:
    return Q(pk__in=subject.refs) | Q(payer_email__in=[word for word in subject.words if "@" in word])


def _webhooks(subject: Subject) -> Q:
    """Events about what the provider has for the subject, and about payments at the demo gateway."""
    payments = DemoPayment.objects.filter(session__in=DemoSession.objects.filter(_sessions(subject)))
    return Q(object_id__in=subject.refs) | Q(object_id__in=payments.values("pk"))


def _export(subject: Subject) -> Iterable[Held]:
    found = WebhookEvent.objects.filter(_webhooks(subject)).order_by("id")
    yield Held("webhooks", _("Webhooks"), rows_of(found, "created_at", "source", "kind", "status", "outcome"))
    yield Held("mpesa", _("M-Pesa"), rows_of(_pushes(subject), "created_at", "shillings", "phone", "told_phone"))
    sessions = DemoSession.objects.filter(_sessions(subject))
    names = ("created_at", "reference", "description", "payer_name", "payer_email", "status")
    yield Held("demo_sessions", _("Sessions at the demo gateway"), rows_of(sessions, *names))


def _erase(subject: Subject, _now: datetime) -> Outcome:
    webhooks = WebhookEvent.objects.filter(_webhooks(subject)).exclude(body=b"", outcome="")
    done = webhooks.update(body=b"", outcome="")
    sessions = DemoSession.objects.filter(_sessions(subject)).exclude(payer_name="", payer_email="", description="")
    emptied = sessions.update(payer_name="", payer_email="", description="")
    journal = _journal_erase(subject)
    return Outcome([(_("Webhooks"), done), (_("M-Pesa"), journal), (_("Sessions at the demo gateway"), emptied)])


def _expire(limits: Limits) -> int:
    """Empties webhooks; those that were matched to no profile with the first profile that keeps no longer."""
    own = Q(profile_id=limits.profile_id) | Q(profile__isnull=True)
    old = WebhookEvent.objects.filter(own, created_at__lt=limits.payloads_before).exclude(body=b"")
    ids = list(old.exclude(status=WebhookStatus.RECEIVED).order_by("id").values_list("pk", flat=True)[:CHUNK])
    return WebhookEvent.objects.filter(pk__in=ids).update(body=b"")


def _pushes(subject: Subject) -> QuerySet[MpesaPush]:
    return MpesaPush.objects.filter(reference__in=[each for each in subject.refs if _is_id(each)])


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _journal_erase(subject: Subject) -> int:
    """What the journal of M-Pesa knows of the phones of a subject: its prompts, and the receipts of its payments."""
    receipts = MpesaReceipt.objects.filter(receipt__in=subject.refs).exclude(**NAMELESS).update(**NAMELESS)
    return receipts + _pushes(subject).exclude(phone="", told_phone="").update(phone="", told_phone="")


FIELDS: Final = {
    **erased("integrations.MpesaPush", "phone", "told_phone"),
    **erased("integrations.MpesaReceipt", *NAMELESS),
    **not_personal("integrations.MpesaReceipt", "typed_reference", reason="The number of an invoice, as it was typed."),
    **not_personal(
        "integrations.MpesaPush", "reference", "account_reference", "told_receipt", reason="An id of ours or of theirs."
    ),
    **not_personal("integrations.DodoPage", "reference", "url", reason="An id of ours, and the page that it is for."),
    **not_personal("integrations.MpesaOrder", "reference", "refusal", "result_text", reason=TECHNICAL),
    **erased("integrations.WebhookEvent", "body", "outcome"),
    **erased("integrations.DemoSession", "description", "payer_name", "payer_email"),
    **not_personal("integrations.WebhookEvent", "source", reason=TECHNICAL),
    **not_personal(
        "integrations.GatewayConnection",
        "account_label",
        "check_text",
        "credentials_sealed",
        "hook_secret_sealed",
        reason="Our own account at a payment provider.",
    ),
    **not_personal("integrations.DemoSession", "reference", "success_url", "cancel_url", reason="An id of ours."),
    **not_personal("integrations.DemoPayment", "failure_code", reason=TECHNICAL),
    **not_personal("integrations.DemoDelivery", "last_error", reason=TECHNICAL),
}

register_holder(Holder("integrations", FIELDS, _export, _erase, expire=_expire))
