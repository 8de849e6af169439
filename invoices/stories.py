"""How events about invoice templates and promo codes read in a timeline."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import Event
from billing_assistant.core.ui.stories import story_register
from invoices.models import InvoiceTemplate

TEMPLATE = "invoices:template"
PROMO = "invoices:promo_code"


def changed_fields(event: Event) -> str:
    """The names of the fields that an update changed, as forms call them."""
    names = {one.name: str(getattr(one, "verbose_name", one.name)) for one in InvoiceTemplate._meta.get_fields()}
    return ", ".join(names.get(name, name) for name in event.data.get("fields", []))


story_register("template.added", _("Template %(label)s added"), icon="template", url_name=TEMPLATE)
story_register(
    "template.changed", _("Template %(label)s changed"), icon="pencil", url_name=TEMPLATE, detail=changed_fields
)
story_register(
    "template.made_default", _("Template %(label)s is used by default"), icon="star", tone="info", url_name=TEMPLATE
)
story_register("template.archived", _("Template %(label)s put away"), icon="archive", url_name=TEMPLATE)
story_register("template.restored", _("Template %(label)s taken back"), icon="rotate", url_name=TEMPLATE)

story_register("promo.added", _("Promo code %(label)s added"), icon="discount", url_name=PROMO)
story_register("promo.changed", _("Promo code %(label)s changed"), icon="pencil", url_name=PROMO)
story_register("promo.withdrawn", _("Promo code %(label)s withdrawn"), icon="discount-off", url_name=PROMO)
story_register("promo.offered", _("Promo code %(label)s offered again"), icon="discount", url_name=PROMO)


def moved(event: Event) -> str:
    """From where the lock date was moved to where, and why."""
    before, until = event.data.get("before") or "—", event.data.get("until") or "—"
    return ": ".join(part for part in (f"{before} → {until}", event.data.get("reason", "")) if part)


story_register("lock_date.moved", _("Lock date moved"), icon="lock", tone="info", detail=moved)
story_register("billing_rules.changed", _("Rules of billing changed"), icon="adjustments")
story_register("tax_rate.added", _("Tax rate %(label)s added"), icon="receipt-tax")
story_register("tax_rate.changed", _("Tax rate changed to %(label)s"), icon="receipt-tax")
story_register("tax_rate.retired", _("Tax rate %(label)s ends"), icon="calendar-off")
story_register("tax_rate.made_default", _("Tax rate %(label)s is the default"), icon="star")
story_register("tax_rate.reason_changed", _("Reason of tax rate %(label)s changed"), icon="pencil")
story_register("number_series.added", _("Number series %(label)s added"), icon="hash")
story_register("number_series.made_default", _("Number series %(label)s is the default"), icon="star")
story_register("exchange_rates.set", _("Exchange rates set: %(label)s"), icon="arrows-exchange")
story_register("exchange_rate.removed", _("Exchange rate %(label)s removed"), icon="trash")
