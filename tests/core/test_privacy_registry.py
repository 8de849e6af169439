"""No column that may be personal is forgotten: every one is in the holder of its app."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from billing_assistant.core.privacy import Fate, Holder, Outcome, holders, kept_until, register_holder

WORDS = """
    about agent bank body buyer city comment content country data decided decision description email error
    errors failure file fingerprint generation headers html ip label memo message name note notes outcome
    payer payload phone postal project prompt raw reason recipients reference reply report sealed seller
    snapshot source street subject summary tags text url username value
"""
PERSONAL = frozenset(WORDS.split())
PLAIN_KINDS = (
    models.DateField,
    models.BooleanField,
    models.DecimalField,
    models.IntegerField,
    models.UUIDField,
    models.GeneratedField,
)


def may_be_personal(field: models.Field[object, object]) -> bool:
    """By kind or by name, broadly: a holder can say that a column is not personal, and why."""
    if isinstance(field, models.EmailField):
        return True
    if field.is_relation or field.choices or isinstance(field, PLAIN_KINDS):
        return False
    return bool(PERSONAL & set(field.name.split("_"))) or "tax_id" in field.name


def columns(rows: Iterable[type[models.Model]]) -> Iterator[str]:
    """Columns that may be personal, of models that are no history: a history follows its model."""
    for model in rows:
        if not hasattr(model, "pgh_tracked_model"):
            for field in model._meta.concrete_fields:
                if may_be_personal(field):
                    yield f"{model._meta.label}.{field.name}"


def forgotten(rows: Iterable[type[models.Model]]) -> list[str]:
    known = {name for holder in holders().values() for name in holder.fields}
    return sorted(set(columns(rows)) - known)


def our_models() -> list[type[models.Model]]:
    folder = str(settings.BASE_DIR)
    ours = [one for one in apps.get_app_configs() if one.path.startswith(folder) and ".venv" not in one.path]
    return [model for config in ours for model in config.get_models()]


def test_every_column_that_may_be_personal_has_a_holder() -> None:
    found = forgotten(our_models())
    assert not found, f"Say in <app>/privacy.py what erasing does to: {', '.join(found)}"


@isolate_apps("customers")
def test_a_column_that_nobody_speaks_for_is_found() -> None:
    class Visitor(models.Model):
        nickname = models.EmailField()
        home_phone = models.CharField(max_length=9)
        visits = models.IntegerField()

        class Meta:
            app_label = "customers"

        def __str__(self) -> str:
            return self.nickname

    assert forgotten([Visitor]) == ["customers.Visitor.home_phone", "customers.Visitor.nickname"]


def test_holders_speak_of_columns_that_exist_and_say_why_some_stay() -> None:
    for holder in holders().values():
        for name, treatment in holder.fields.items():
            label, column = name.rsplit(".", 1)
            assert apps.get_model(label)._meta.get_field(column)
            assert treatment.fate == Fate.ERASED or treatment.reason, name


def test_an_app_has_one_holder() -> None:
    nobody = Holder("customers", {}, lambda _subject: (), lambda _subject, _now: Outcome())
    with pytest.raises(ValueError, match="already"):
        register_holder(nobody)


def test_documents_are_kept_until_the_end_of_a_year() -> None:
    assert kept_until(date(2026, 3, 2), 7) == date(2033, 12, 31)
