"""Messages to a customer: that one went out stays in the log, to whom and what it said goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.privacy import (
    Held,
    HeldFile,
    Holder,
    Limits,
    Outcome,
    Subject,
    erased,
    not_personal,
    register_holder,
    rows_of,
)
from billing_assistant.core.privacy_files import files_forget
from reminders.models import Message, MessageAttachment
from reminders.states import WAITING

CHUNK: Final = 500
EMPTIED: Final = {
    "recipients": [],
    "subject": "",
    "text": "",
    "html": "",
    "custom_message": "",
    "reply_to": "",
    "provider_message_id": "",
    "last_error": "",
}


def _messages(subject: Subject) -> QuerySet[Message]:
    """All to the customer; for a contact alone, those to the contact's address."""
    addresses = [word for word in subject.words if "@" in word]
    to_a_person = Q(customer_id=subject.home_id, recipients__overlap=addresses)
    return Message.objects.filter(Q(customer_id__in=subject.customer_ids) | to_a_person).order_by("id")


def _refs(subject: Subject) -> Iterable[object]:
    return _messages(subject).values_list("pk", flat=True)


def _obstacles(subject: Subject) -> Iterable[str]:
    waiting = _messages(subject).filter(status__in=[status.value for status in WAITING])
    if waiting:
        numbers = ", ".join(waiting.values_list("number", flat=True))
        yield gettext("Messages are waiting to be sent: cancel them or wait. %(numbers)s") % {"numbers": numbers}


def _export(subject: Subject) -> Iterable[Held]:
    names = ("number", "created_at", "kind", "channel", "recipients", "subject", "text", "status", "sent_at")
    found = MessageAttachment.objects.filter(message__in=_messages(subject)).select_related("file", "message")
    files = [HeldFile(f"messages/{one.message.number}/{one.pk}-{one.name}", one.file) for one in found]
    yield Held("messages", _("Messages"), rows_of(_messages(subject), *names), files)


def _erase(subject: Subject, _now: datetime) -> Outcome:
    ids = list(_messages(subject).values_list("pk", flat=True))
    own = Q(message__invoice__pdf=F("file"))
    attached = MessageAttachment.objects.filter(message_id__in=ids).exclude(own)
    files = list(attached.values_list("file_id", flat=True))
    removed = attached.delete()[0]
    files_forget(files)
    done = Message.objects.filter(pk__in=ids).exclude(**EMPTIED).update(**EMPTIED)
    return Outcome([(_("Messages"), done), (_("Attachments"), removed)])


def _expire(limits: Limits) -> int:
    """Forgets what messages said; that they went out, to whom and about what stays in the log."""
    old = Message.objects.filter(profile_id=limits.profile_id, created_at__lt=limits.messages_before)
    told = old.exclude(text="", html="").exclude(status__in=[status.value for status in WAITING])
    ids = list(told.order_by("id").values_list("pk", flat=True)[:CHUNK])
    return Message.objects.filter(pk__in=ids).update(text="", html="")


FIELDS: Final = {
    **erased("reminders.Message", *EMPTIED),
    **erased("reminders.MessageAttachment", "name"),
    **not_personal("reminders.Message", "sender", "actor_label", reason="The seller, and a colleague."),
}

register_holder(Holder("reminders", FIELDS, _export, _erase, refs=_refs, obstacles=_obstacles, expire=_expire))
