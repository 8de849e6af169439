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
