"""Stored files that nothing refers to any more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import ForeignKey, Model

from billing_assistant.core.models import StoredFile


def files_forget(ids: Iterable[UUID]) -> int:
    """Deletes those files that no row uses, inside the caller's transaction, and their bytes once it has committed.

    Returns how many went. Bytes that another file shares stay.
    """
    unused = StoredFile.objects.filter(pk__in=list(ids))
    for model, column in _users():
        used = model._default_manager.filter(**{f"{column}__isnull": False})
        unused = unused.exclude(pk__in=used.values(column))
    keys = dict(unused.values_list("pk", "key"))
    StoredFile.objects.filter(pk__in=keys).delete()
    for key in set(keys.values()):
        transaction.on_commit(partial(_bytes_forget, key), robust=True)
    return len(keys)


def _users() -> Iterable[tuple[type[Model], str]]:
    """Every column of a table that holds a file, but for histories: they only tell what was."""
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        key = getattr(relation, "field", None)
        if isinstance(key, ForeignKey) and relation.auto_created and not hasattr(key.model, "pgh_tracked_model"):
            yield key.model, key.attname


def _bytes_forget(key: str) -> None:
    if not StoredFile.objects.filter(key=key).exists():
        storages["documents"].delete(key)
