"""Texts of a row that are encrypted at rest: read and written like any attribute, kept sealed (`core.crypto`).

    tax_id_sealed = SealedColumn(_("tax number"))
    tax_id_fingerprint = FingerprintColumn()
    tax_id = sealed_text("tax_id", searchable=True)

`row.tax_id` opens the column, `row.tax_id = "P051"` seals it for this row; `Model(tax_id="P051")` and `bulk_create`
work as with a column. A query cannot see the text: `found_by` finds the rows that have exactly it, spaces and case
aside.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import Q

from billing_assistant.core import crypto

SEALED: Final = "_sealed"
FINGERPRINT: Final = "_fingerprint"
LONGEST_FINGERPRINT: Final = 64


class SealedColumn(models.TextField[Any, Any]):
    """The sealed text, or nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class FingerprintColumn(models.CharField[Any, Any]):
    """The blind index of a sealed text: equal texts have equal fingerprints, and nothing can be read from one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_FINGERPRINT)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class SealedText(property):
    """The text of `<name>_sealed`. A property, so that Django takes it as an argument of the model."""

    def __init__(self, name: str, *, searchable: bool) -> None:
        self.name = name
        self.searchable = searchable
        super().__init__(self._read, self._write)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a change of the text changes."""
        return (self.name + SEALED, self.name + FINGERPRINT) if self.searchable else (self.name + SEALED,)

    def _read(self, row: models.Model) -> str:
        sealed = getattr(row, self.name + SEALED)
        return crypto.unseal(sealed, **place_of(row, self.name)) if sealed else ""

    def _write(self, row: models.Model, text: str) -> None:
        setattr(row, self.name + SEALED, crypto.seal(text, **place_of(row, self.name)) if text else "")
        if self.searchable:
            setattr(row, self.name + FINGERPRINT, fingerprint_of(row._meta.label_lower, self.name, text))


def sealed_text(name: str, *, searchable: bool = False) -> Any:
    """The attribute of a model for its sealed column. `searchable` keeps a fingerprint beside it."""
    return SealedText(name, searchable=searchable)


def sealed_texts(model: type[models.Model]) -> list[SealedText]:
    """The sealed texts of a model, by name."""
    found = [one for kind in model.__mro__ for one in vars(kind).values() if isinstance(one, SealedText)]
    return sorted(found, key=lambda one: one.name)


def sealing_models() -> list[type[models.Model]]:
    """Every model that has sealed texts."""
    return [model for model in apps.get_models() if sealed_texts(model)]


def columns_of(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """Names of attributes as names of columns, for `save(update_fields=...)`."""
    sealed = {one.name: one.columns for one in sealed_texts(model)}
    return [column for name in names for column in sealed.get(name, (name,))]


def found_by(model: type[models.Model], name: str, text: str) -> Q:
    """The condition that a searchable sealed text is `text`, under any key of the ring."""
    wanted = crypto.fingerprints(normalised(text), purpose=_purpose(model._meta.label_lower, name))
    return Q(**{f"{name}{FINGERPRINT}__in": wanted if normalised(text) else []})


def fingerprint_of(label: str, name: str, text: str) -> str:
    """The fingerprint of a text for a model (`customers.customer`) and attribute; nothing for no text."""
    kept = normalised(text)
    return crypto.fingerprint(kept, purpose=_purpose(label, name)) if kept else ""


def normalised(text: str) -> str:
    """The text as it is compared: capitals, no spaces."""
    return "".join(text.split()).upper()


def place_of(row: models.Model, name: str) -> dict[str, Any]:
    """Where a sealed text of a row stands."""
    return {"table": row._meta.db_table, "column": name, "row": row.pk}


def _purpose(label: str, name: str) -> str:
    return f"{label}.{name}"
