"""Invariants of what is kept about the books: the chain, the business profile of each row, deliveries of events."""

from __future__ import annotations

from typing import Final

from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import gettext_noop

from billing_assistant.ledger.books import register_check
from billing_assistant.ledger.services.seals import broken_links

DAY: Final = "%(now)s::timestamptz - interval '24 hours'"
"""SQL: by then, what waits in an outbox now should have been done."""


def written_at(column: str) -> str:
    """SQL: when a row with an id of version 7 was really written, whatever dates it carries."""
    milliseconds = f"('x' || left(replace({column}::text, '-', ''), 12))::bit(48)::bigint"
    return f"to_timestamp({milliseconds} / 1000.0)"


def _has_profile(model: type[Model]) -> bool:
    return any(field.name == "profile" for field in model._meta.concrete_fields)


def _parent(field: Field[object, object]) -> type[Model] | None:
    """The model that a column names, when its rows belong to a business profile as well."""
    model = field.related_model if field.is_relation else None
    return model if isinstance(model, type) and _has_profile(model) else None


def strangers() -> str:
    """SQL: rows whose business profile is not that of what they name, for every foreign key there is."""
    parts = []
    for model in apps.get_models():
        if _has_profile(model) and not hasattr(model, "pgh_tracked_model"):
            table, key = model._meta.db_table, model._meta.pk.column
            parts += [
                f"SELECT '{table}.{field.column}' AS place, child.{key}::text AS which FROM {table} child "  # noqa: S608
                f"JOIN {parent._meta.db_table} parent ON parent.{parent._meta.pk.column} = child.{field.column} "
                "WHERE child.profile_id <> parent.profile_id"
                for field in model._meta.concrete_fields
                if (parent := _parent(field)) is not None
            ]
    return " UNION ALL ".join(parts)


register_check(code="I7", rule=gettext_noop("every link of the chain is what its rows give"), query=broken_links)
register_check(
    code="I7",
    rule=gettext_noop("the chain still has the heads that earlier checks saw"),
    query="""
    SELECT seen.id, head.key, head.value FROM ledger_bookscheck seen CROSS JOIN LATERAL jsonb_each_text(seen.heads) head
    WHERE NOT EXISTS (
        SELECT 1 FROM ledger_bookseal seal WHERE seal.chain = head.key AND seal.digest = head.value)
    """,
)
register_check(
    code="I6",
    rule=gettext_noop("the triggers that keep the chain are in place and enabled"),
    query="""
    SELECT wanted.name, wanted.source FROM (VALUES
        ('append_only_rows', 'ledger_bookseal'), ('append_only_table', 'ledger_bookseal')
    ) AS wanted (name, source)
    LEFT JOIN pg_trigger kept ON kept.tgname = wanted.name AND kept.tgrelid = wanted.source::regclass
    WHERE kept.oid IS NULL OR kept.tgenabled = 'D'
    """,
)
register_check(code="I8", rule=gettext_noop("a row belongs to the business profile of what it names"), query=strangers)
register_check(
    code="I9",
    rule=gettext_noop("every delivery of an event was done or parked within 24 hours"),
    query=f"""
    SELECT id, subscriber, attempts, last_error FROM core_eventdelivery
    WHERE status = 'pending' AND due_at < {DAY} AND {written_at("event_id")} < {DAY}
    """,  # noqa: S608 -- constants
)
