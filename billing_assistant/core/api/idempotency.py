"""Idempotency-Key: one key, one effect, one answer.

How a write under a key cannot be doubled, and cannot be lost:

*atomic* (the usual way). One transaction holds the record of the key, the whole effect of the view and the
stored answer. Inserting the record takes the key: a parallel repeat waits in its own insert, at the unique
index, until that transaction ends. If it committed, the repeat reads the finished answer; if it rolled back
or its process died, PostgreSQL has undone effect and record together, and the repeat runs the view as if it
were the first. There is no moment in which the effect stands without its record, so nothing has to be cleaned
up.

*resumable*, for a view that must commit and then wait for something (sending now). The record is committed as
started with a lease, the view runs and commits its own transactions, the answer is stored. After a crash in
between the lease runs out and the next repeat runs the view again: its service must take
`view.idempotency_key` as its own unique key, so that the effect is found instead of made twice.

What is kept: every final answer, refusals too, for 24 hours. An error of ours, or an answer that says to try
again, is not final: the view was rolled back as a whole, and its key is free.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from operator import itemgetter
from typing import Final
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.response import Response

from billing_assistant.core import clock, exact_json
from billing_assistant.core.db import is_lock_failure
from billing_assistant.core.errors import Conflict, DomainError, ValidationFailed
from billing_assistant.core.locks import idempotency_lock
from billing_assistant.core.models import IdempotencyRecord

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
KEPT_FOR: Final = timedelta(hours=24)
LEASE: Final = timedelta(seconds=60)
WAIT_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.05
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEPT_HEADERS: Final = ("Content-Type", "Location")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

Handler = Callable[[], HttpResponseBase]
Refuse = Callable[[Exception], HttpResponseBase]


class KeyReused(DomainError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422


class KeyInProgress(Conflict):
    """The first call with this key is still running."""

    code = "idempotency_in_progress"
    wait = 1


@dataclass(frozen=True, slots=True)
class Call:
    """One write under a key: whose, which, and the hash of all that makes it this request and no other."""

    actor_ref: str
    key: str
    method: str
    path: str
    body_hash: str


class _Undo(Exception):
    """Carries an answer that is not kept out of the transaction, which rolls back."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response


def call_of(request: HttpRequest, *, actor_ref: str) -> Call | None:
    """The call that a request makes under a key; None without one.

    Raises ValidationFailed for a malformed key.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method not in UNSAFE:
        return None
    if not _KEY.fullmatch(key):
        raise ValidationFailed({HEADER: [_("Write 1 to 255 printable ASCII signs without spaces.")]})
    return Call(actor_ref, key, request.method, request.path[:300], _hash(request))


def run_atomic(call: Call, handler: Handler, refuse: Refuse) -> HttpResponseBase:
    """Runs the view in one transaction with its record, or repeats the answer that the key already has."""
    try:
        with transaction.atomic():
            record = _take(call)
            if isinstance(record, HttpResponseBase):
                return record
            response = _in_savepoint(handler, refuse)
            _finish_or_undo(record, response)
            return response
    except _Undo as undone:
        return undone.response
    except OperationalError as error:
        if is_lock_failure(error):
            raise KeyInProgress(_("The first call with this key is still running.")) from error
        raise


def run_resumable(call: Call, handler: Handler, refuse: Refuse) -> HttpResponseBase:
    """Runs the view under a lease on its record, or waits for the answer of the call that holds it."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        record = _lease(call)
        if isinstance(record, HttpResponseBase):
            return record
        if record is not None:
            break
        if time.monotonic() >= deadline:
            raise KeyInProgress(_("The first call with this key is still running."))
        time.sleep(POLL_SECONDS)
    response = _answered(handler, refuse)
    if _kept(response):
        _finish(record, response)
    else:
        IdempotencyRecord.objects.filter(pk=record.pk).update(locked_until=clock.now())
    return response


def _take(call: Call) -> IdempotencyRecord | HttpResponseBase:
    """The record of this call, held until the transaction ends, or the answer that is already there."""
    record = _inserted(call)
    if record is None:
        record = idempotency_lock(call.actor_ref, call.key)
        answer = _known(record, call)
        if answer is not None:
            return answer
        if record.status == "started" and not _expired(record):
            raise KeyInProgress(_("The first call with this key is still running."))
        _begin_anew(record, call)
    return record


def _lease(call: Call) -> IdempotencyRecord | HttpResponseBase | None:
    """A leased record, the answer that is there, or None while another call holds the lease."""
    with transaction.atomic():
        record = _inserted(call, lease=LEASE)
        if record is not None:
            return record
        record = idempotency_lock(call.actor_ref, call.key)
        answer = _known(record, call)
        if answer is not None:
            return answer
        if record.locked_until is not None and record.locked_until > clock.now():
            return None
        _begin_anew(record, call, lease=LEASE)
        return record


def _inserted(call: Call, *, lease: timedelta | None = None) -> IdempotencyRecord | None:
    """A new record, or None when the key is taken.

    Waits while another transaction is inserting the same key.
    """
    now = clock.now()
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(
                actor_ref=call.actor_ref,
                key=call.key,
                method=call.method,
                path=call.path,
                body_hash=call.body_hash,
                created_at=now,
                locked_until=now + lease if lease else None,
            )
    except IntegrityError:
        return None


def _known(record: IdempotencyRecord, call: Call) -> HttpResponseBase | None:
    """The stored answer. Raises KeyReused when the record is of another request."""
    if _expired(record):
        return None
    if record.body_hash != call.body_hash:
        raise KeyReused(_("This Idempotency-Key was used for another request."))
    return _replay(record) if record.status == "done" else None


def _expired(record: IdempotencyRecord) -> bool:
    return record.created_at <= clock.now() - KEPT_FOR


def _begin_anew(record: IdempotencyRecord, call: Call, *, lease: timedelta | None = None) -> None:
    now = clock.now()
    if _expired(record):
        record.created_at = now
    record.method, record.path, record.body_hash = call.method, call.path, call.body_hash
    record.status, record.response_status, record.response_body = "started", None, None
    record.locked_until = now + lease if lease else None
    record.save()


def _in_savepoint(handler: Handler, refuse: Refuse) -> HttpResponseBase:
    """The view's answer; a refusal undoes what the view did so far, and only that."""
    try:
        with transaction.atomic():
            return handler()
    except Exception as error:  # noqa: BLE001 - every error becomes an answer, as it does without a key
        return refuse(error)


def _answered(handler: Handler, refuse: Refuse) -> HttpResponseBase:
    try:
        return handler()
    except Exception as error:  # noqa: BLE001 - every error becomes an answer, as it does without a key
        return refuse(error)


def _finish_or_undo(record: IdempotencyRecord, response: HttpResponseBase) -> None:
    if not _kept(response):
        raise _Undo(response)
    _finish(record, response)


def _kept(response: HttpResponseBase) -> bool:
    """Whether an answer is final: not an error of ours, and not one that says to try again."""
    return response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and "Retry-After" not in response.headers


def _finish(record: IdempotencyRecord, response: HttpResponseBase) -> None:
    record.status = "done"
    record.response_status = response.status_code
    record.response_body = {"text": _text(response), "headers": _headers(response)}
    record.locked_until = None
    record.save(update_fields=["status", "response_status", "response_body", "locked_until"])


def _text(response: HttpResponseBase) -> str:
    if isinstance(response, Response):
        return "" if response.data is None else exact_json.dumps(response.data)
    if isinstance(response, HttpResponse):
        return response.content.decode()
    raise TypeError("A streamed answer cannot be kept under an Idempotency-Key.")


def _headers(response: HttpResponseBase) -> dict[str, str]:
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    if isinstance(response, Response):  # the framework writes this header later, when it renders
        kept["Content-Type"] = response.content_type or "application/json"
    return kept


def _replay(record: IdempotencyRecord) -> HttpResponse:
    kept = record.response_body or {}
    headers = dict(kept.get("headers", {}))
    content_type = headers.pop("Content-Type", "application/json")
    response = HttpResponse(
        kept.get("text", ""), status=record.response_status or HTTPStatus.OK, content_type=content_type, headers=headers
    )
    response.headers[REPLAYED] = "true"
    return response


def _hash(request: HttpRequest) -> str:
    """SHA-256 over method, whole path and body, so that a key fits one request only."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    try:
        digest.update(request.body)
    except RawPostDataException:  # a form that was read already: its fields and files are the body
        digest.update(urlencode(sorted(request.POST.lists()), doseq=True).encode())
        for name, upload in sorted(request.FILES.items(), key=itemgetter(0)):
            if not isinstance(upload, UploadedFile):
                continue
            digest.update(f"\n{name} {upload.name} {upload.size}\n".encode())
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return digest.hexdigest()


def prune(*, now: datetime) -> int:
    """Forgets keys older than 24 hours; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lte=now - KEPT_FOR).delete()[0]
