"""The certificate of a withheld tax may be entered after the payment; what was withheld stays as it is."""

from django.db import migrations

FREE = (
    "status",
    "method",
    "amount_allocated",
    "amount_refunded",
    "unapplied",
    "received_on",
    "reference",
    "note",
    "checkout_id",
    "failure",
    "recorded_by_label",
    "reversed_on",
    "reversal_reason",
)
CERTIFICATE = ("withholding_certificate", "withholding_certificate_on")

FUNCTION = """
CREATE OR REPLACE FUNCTION payment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{free}];
BEGIN
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'payment % cannot be changed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status IN ('completed', 'reversed') AND (
        NEW.received_on IS DISTINCT FROM OLD.received_on OR NEW.status NOT IN ('completed', 'reversed')
    ) THEN
        RAISE EXCEPTION 'payment % was received', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status IN ('reversed', 'failed') AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION 'payment % is % for good', OLD.number, OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
"""


def _function(*free: str) -> str:
    return FUNCTION.format(free=", ".join(f"'{name}'" for name in free))


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_withheld_tax")]

    operations = [migrations.RunSQL(_function(*FREE, *CERTIFICATE), _function(*FREE))]
