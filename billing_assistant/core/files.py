"""Stored files: addressed by their content, over the storage named documents (a folder, or an S3 bucket).

A file is never overwritten and never changes: its key is the hash of its bytes. Bytes go to the storage before the row
is written, so a row always has its bytes; bytes whose row was rolled back are harmless and are found again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import IO, Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import DomainError
from billing_assistant.core.models import StoredFile

MAX_BYTES: Final = 25 * 1024 * 1024
MAX_NAME: Final = 200
LONGEST_ENDING: Final = 9
_SANDBOX: Final = "default-src 'none'; sandbox"
_PDF_VIEWER: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _is_text(content: bytes) -> bool:
    return b"\x00" not in content


ALLOWED: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "application/pdf": _begins(b"%PDF-"),
    "image/png": _begins(b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": _begins(b"\xff\xd8\xff"),
    "text/csv": _is_text,
    "text/plain": _is_text,
    "application/json": _is_text,
    "application/xml": _is_text,
    "application/zip": _begins(b"PK\x03\x04"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _begins(b"PK\x03\x04"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _begins(b"PK\x03\x04"),
}
INLINE: Final = frozenset({"application/pdf", "image/png", "image/jpeg"})


class FileRefused(DomainError):
    """A file of a kind or size that is not kept."""

    code = "file_refused"
    status = 400


class FileDamaged(Exception):
    """The storage gave back other bytes than were stored."""


def store(*, content: bytes, name: str, content_type: str, profile_id: UUID) -> StoredFile:
    """Keeps bytes; the same content of a profile under the same name is stored once. Raises FileRefused.

    Not inside a transaction: the storage may be another machine.
    """
    require_no_transaction()
    _check(content, content_type)
    digest = hashlib.sha256(content).hexdigest()
    key = f"{profile_id}/{digest[:2]}/{digest}"
    _put(storages["documents"], key, content)
    stored, _ = StoredFile.objects.get_or_create(
        profile_id=profile_id,
        sha256=digest,
        name=clean_name(name),
        defaults={"key": key, "content_type": content_type, "size": len(content)},
    )
    return stored


def open_file(stored: StoredFile) -> IO[bytes]:
    """The stored bytes as a stream, as the storage gives them."""
    return storages["documents"].open(stored.key)


def read(stored: StoredFile) -> bytes:
    """The stored bytes. Raises FileDamaged unless they are the ones that were stored."""
    with open_file(stored) as stream:
        content = stream.read()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise FileDamaged(f"The file {stored.pk} is not what was stored.")
    return content


def file_response(stored: StoredFile, *, inline: bool = False, name: str = "") -> HttpResponse:
    """The one way to serve a stored file: never run, never guessed at; shown in the page only if PDF or picture."""
    return bytes_response(read(stored), name=name or stored.name, content_type=stored.content_type, inline=inline)


def bytes_response(content: bytes, *, name: str, content_type: str, inline: bool = False) -> HttpResponse:
    """The same for bytes that were made for this answer and are not kept."""
    shown = inline and content_type in INLINE
    response = HttpResponse(content, content_type=content_type)
    disposition = content_disposition_header(not shown, clean_name(name))
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    pdf = shown and content_type == "application/pdf"
    response.headers["Content-Security-Policy"] = _PDF_VIEWER if pdf else _SANDBOX
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if pdf else "DENY"
    return response


def clean_name(name: str) -> str:
    """A file name without a path and without signs that end a line or a name; its ending stays."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    stem, dot, ending = printable.rpartition(".")
    if len(printable) > MAX_NAME and len(ending) <= LONGEST_ENDING:
        printable = stem[: MAX_NAME - len(ending) - 1] + dot + ending
    return printable[:MAX_NAME] or "file"


def _check(content: bytes, content_type: str) -> None:
    looks_right = ALLOWED.get(content_type)
    if looks_right is None:
        raise FileRefused(_("Files of the kind %(kind)s are not kept.") % {"kind": content_type[:60]})
    if not content:
        raise FileRefused(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise FileRefused(_("The file is larger than %(size)s MB.") % {"size": MAX_BYTES // 1024 // 1024})
    if not looks_right(content):
        raise FileRefused(_("The file is not what it says it is (%(kind)s).") % {"kind": content_type})


def _put(storage: Storage, key: str, content: bytes) -> None:
    """Writes the bytes unless they are there. What a crash left half-written has another size and is replaced."""
    if storage.exists(key):
        if storage.size(key) == len(content):
            return
        storage.delete(key)
    saved = storage.save(key, ContentFile(content))
    if saved != key:  # another process was quicker: its bytes are the same
        storage.delete(saved)
