"""What the core holds on people: sign-ins of clients, the timeline, notices, approvals, answers, import reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import (
    Approval,
    DataImport,
    Event,
    EventDelivery,
    IdempotencyRecord,
    ImportProblem,
    Notice,
    SavedFilter,
    User,
)
from billing_assistant.core.privacy import (
    Held,
    Holder,
    Limits,
    Outcome,
    Subject,
    erased,
    history_blank,
    history_of,
    not_personal,
    register_holder,
    rows_of,
)
from billing_assistant.core.privacy_files import files_forget

CHUNK: Final = 1_000
UUID_PATTERN: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# Words of an event that say nothing about a person; every other text in its data goes.
PLAIN: Final = frozenset(
    {"number", "old", "new", "total", "amount", "currency", "due", "due_on", "settled", "unapplied", "kind", "channel"}
)
# Subjects whose label is a number of ours.
NUMBERED: Final = frozenset({"invoice", "invoicedraft", "payment", "quote", "message", "businessprofile"})
OURS: Final = "The seller's own data, or a colleague's."
TECHNICAL: Final = "A technical word that names nobody."


def events_of(subject: Subject) -> QuerySet[Event]:
    """The events about a subject, or done by one of its people."""
    people = [str(one) for one in subject.contact_ids | subject.user_ids]
    about = Q(subject_id__in=_uuids(subject.refs)) | Q(actor_kind="contact", actor_id__in=people)
    return Event.objects.filter(about | Q(customer_id__in=subject.customer_ids))


def _uuids(refs: Iterable[str]) -> list[UUID]:
    found = []
    for ref in refs:
        try:
            found.append(UUID(ref))
        except ValueError:
            continue
    return found


def _naming(column: str, texts: Iterable[str]) -> Q:
    """Rows whose column, as text, has one of the texts in it."""
    condition = Q(pk__in=[])
    for text in texts:
        condition |= Q(**{f"{column}__icontains": text})
    return condition


def _mentioning(rows: QuerySet[Any], subject: Subject, *columns: str) -> QuerySet[Any]:
    """Rows whose columns have, as text, a word of the subject, or an id of something about it as their first id."""
    condition = Q(pk__in=[])
    for column in columns:
        text = Cast(column, TextField())
        first_id = Func(text, Value(UUID_PATTERN), function="substring", output_field=TextField())
        rows = rows.alias(**{f"{column}_text": text, f"{column}_id": first_id})
        condition |= Q(**{f"{column}_id__in": subject.refs}) | _naming(f"{column}_text", subject.words)
    return rows.filter(condition)


def _export(subject: Subject) -> Iterable[Held]:
    people = User.objects.filter(pk__in=subject.user_ids)
    names = ("email", "first_name", "last_name", "language", "is_active", "date_joined", "last_login")
    yield Held("sign_ins", _("Sign-ins to the portal"), rows_of(people, *names))
    events = events_of(subject).order_by("id")
    yield Held("events", _("Events"), rows_of(events, "created_at", "name", "subject_label", "data"))


def _erase(subject: Subject, _now: datetime) -> Outcome:
    return Outcome(
        [
            (_("Sign-ins to the portal"), _sign_ins_erase(subject)),
            (_("Events"), _events_erase(subject)),
            (_("Notices"), _mentioning(Notice.objects.all(), subject, "url", "text", "key").delete()[0]),
            (_("Approvals"), _approvals_erase(subject)),
            (_("Kept answers of the API"), _answers_erase(subject)),
            (_("Import reports"), _problems_erase(subject)),
            (_("Saved filters"), _filters_erase(subject)),
        ]
    )


def _sign_ins_erase(subject: Subject) -> int:
    """Keeps the row, as events name it, without anything of the person."""
    people = list(User.objects.filter(pk__in=subject.user_ids).exclude(username__startswith="erased-"))
    for person in people:
        person.username, person.is_active = f"erased-{person.pk.hex}", False
        person.email = person.first_name = person.last_name = ""
        person.password = make_password(None)
        person.save()
    history_blank(User, subject.user_ids, {"username": "", "email": "", "first_name": "", "last_name": ""})
    for model in ("account.EmailAddress", "mfa.Authenticator", "admin.LogEntry"):
        apps.get_model(model)._default_manager.filter(user_id__in=subject.user_ids).delete()
    entries = apps.get_model("admin.LogEntry")._default_manager.filter(object_id__in=subject.refs)
    entries.update(object_repr="", change_message="")
    return len(people)


def _events_erase(subject: Subject) -> int:
    changed: list[Event] = []
    number = 0
    for event in events_of(subject).iterator(CHUNK):
        before = (event.subject_label, event.actor_label, event.data)
        _event_blank(event, subject)
        if before != (event.subject_label, event.actor_label, event.data):
            changed.append(event)
        if len(changed) >= CHUNK:
            number += _events_save(changed)
            changed = []
    return number + _events_save(changed)


def _event_blank(event: Event, subject: Subject) -> None:
    if event.subject_kind == "customer":
        event.subject_label = subject.alias
    elif event.subject_kind not in NUMBERED:
        event.subject_label = ""
    if event.actor_kind == "contact":
        event.actor_label = ""
    event.data = _blank(event.data)


def _blank(value: Any, *, plain: bool = False) -> Any:
    """The same shape without texts, but for those under PLAIN names."""
    match value:
        case dict():
            return {key: _blank(one, plain=key in PLAIN) for key, one in value.items()}
        case list():
            return [_blank(one, plain=plain) for one in value if plain or not isinstance(one, str)]
        case str():
            return value if plain else ""
        case _:
            return value


def _events_save(changed: Sequence[Event]) -> int:
    Event.objects.bulk_update(changed, ["subject_label", "actor_label", "data"], batch_size=CHUNK)
    EventDelivery.objects.filter(event__in=changed).exclude(last_error="").update(last_error="")
    return len(changed)


def _approvals_erase(subject: Subject) -> int:
    found = _mentioning(Approval.objects.all(), subject, "payload", "subject_url", "summary")
    ids = list(found.exclude(summary="", payload={}).values_list("pk", flat=True))
    blank = {"summary": "", "payload": {}, "comment": "", "subject_url": ""}
    Approval.objects.filter(pk__in=ids).update(**blank)
    history_blank(Approval, ids, blank)
    return len(ids)


def _answers_erase(subject: Subject) -> int:
    """The key stays used: a call that is sent again has no second effect, and gets an empty answer."""
    found = _mentioning(IdempotencyRecord.objects.exclude(response_body={}), subject, "response_body", "path")
    return found.update(response_body={})


def _problems_erase(subject: Subject) -> int:
    found = ImportProblem.objects.filter(profile_id=subject.profile_id)
    return found.filter(_naming("value", subject.words) | _naming("about", subject.words)).delete()[0]


def _filters_erase(subject: Subject) -> int:
    """A filter that looks for the person, or is called after them, would keep the name."""
    found = SavedFilter.objects.filter(profile_id=subject.profile_id)
    number = _mentioning(found, subject, "query", "name").delete()[0]
    for rows in history_of(SavedFilter):
        _mentioning(rows.filter(profile_id=subject.profile_id), subject, "query", "name").delete()
    return number


def _expire(limits: Limits) -> int:
    """Imports go with their file and their report."""
    old = DataImport.objects.filter(profile_id=limits.profile_id, touched_at__lt=limits.payloads_before)
    runs = dict(old.order_by("id").values_list("pk", "file_id")[:CHUNK])
    DataImport.objects.filter(pk__in=runs).delete()
    files_forget(runs.values())
    return len(runs)


FIELDS: Final = {
    **erased("core.User", "username", "first_name", "last_name", "email"),
    **erased("core.Event", "subject_label", "actor_label", "data"),
    **erased("core.EventDelivery", "last_error"),
    **erased("core.Notice", "text", "url"),
    **erased("core.Approval", "summary", "payload", "subject_url", "comment"),
    **erased("core.IdempotencyRecord", "response_body"),
    **erased("core.ImportProblem", "about", "value", "reason"),
    **erased("core.StoredFile", "name"),
    **erased("core.SavedFilter", "name", "query"),
    **not_personal("core.Approval", "payload_hash", reason=TECHNICAL),
    **not_personal("core.Event", "name", "subject_kind", reason=TECHNICAL),
    **not_personal("core.StoredFile", "content_type", reason=TECHNICAL),
    **not_personal("core.IdempotencyRecord", "body_hash", reason=TECHNICAL),
    **not_personal("core.DataImport", "failure", reason=TECHNICAL),
    **not_personal("core.DataImport", "actor_label", reason=OURS),
    **not_personal("core.ErasureRecord", "requested_by_label", reason=OURS),
    **not_personal("core.ApiKey", "name", reason=OURS),
    **not_personal("core.SavedFilter", "changed_by_label", reason=OURS),
    **not_personal(
        "core.BusinessProfile",
        "name",
        "legal_name",
        "email",
        "phone",
        "street",
        "city",
        "postal_code",
        "country",
        "tax_id",
        "tax_name",
        "bank_name",
        "bank_branch",
        "bank_account_name",
        "bank_account_number",
        "bank_swift",
        "mpesa_paybill",
        "mpesa_account_hint",
        "credit_note_number_format",
        reason=OURS,
    ),
}

register_holder(Holder("core", FIELDS, _export, _erase, expire=_expire))
