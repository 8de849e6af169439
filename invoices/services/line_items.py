"""Which item of the catalogue a line bills: what it names, else the one whose text it has, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Upper

from invoices.models import CatalogueItem
from invoices.services.compute import LineInput


def items_of(profile_id: UUID, lines: Sequence[LineInput]) -> list[UUID | None]:
    """The item of each line, or None. An id that is not of this profile's catalogue counts as none."""
    texts = {_said(line.description) for line in lines} - {""}
    named = {line.item_id for line in lines if line.item_id is not None}
    meant = Q(pk__in=named) | Q(said_name__in=texts) | Q(said_text__in=texts)
    items = CatalogueItem.objects.filter(profile_id=profile_id).alias(
        said_name=Upper("name"), said_text=Upper("description")
    )
    found = list(items.filter(meant).order_by("-is_active", "id").values_list("pk", "name", "description"))
    known = {pk for pk, _name, _text in found}
    by_text: dict[str, UUID] = {_said(text): pk for pk, _name, text in reversed(found)}
    by_text |= {_said(name): pk for pk, name, _text in reversed(found)}  # a name is meant before another item's text
    by_text.pop("", None)
    return [line.item_id if line.item_id in known else by_text.get(_said(line.description)) for line in lines]


def _said(text: str) -> str:
    return " ".join(text.split()).upper()
