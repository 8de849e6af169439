"""The fee of a dispute may turn out to be another one: what differs is booked when it is known."""

from django.db import migrations


def protect(*may_change: str) -> str:
    free = ", ".join(f"'{name}'" for name in may_change)
    return f"""
CREATE OR REPLACE FUNCTION dispute_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{free}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'dispute % cannot be changed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> NEW.status AND (OLD.status = 'won' OR (OLD.status = 'lost' AND NEW.status <> 'won')) THEN
        RAISE EXCEPTION 'dispute % is % for good', OLD.number, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
"""


BEFORE = ("status", "closed_on", "note", "evidence_until", "customer_id")


class Migration(migrations.Migration):
    dependencies = [("payments", "0026_dispute_fees_on_lines")]

    operations = [migrations.RunSQL(protect(*BEFORE, "fee"), protect(*BEFORE))]
