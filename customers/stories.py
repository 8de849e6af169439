"""How events about customers read in a timeline."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.models import Event
from billing_assistant.core.models.sealed import SEALED
from billing_assistant.core.ui.stories import story_register
from customers.models import Contact, Customer
from customers.states import ContactChannel, CustomerStatus, PaymentStatus


def changed_fields(event: Event) -> str:
    """The names of the fields that an update changed, as forms call them."""
    model = Contact if event.name.startswith("contact") else Customer
    names = {
        field.name.removesuffix(SEALED): str(getattr(field, "verbose_name", field.name))
        for field in model._meta.get_fields()
    }
    return ", ".join(names.get(name, name) for name in event.data.get("fields", []))


def status_title(event: Event) -> str:
    match CustomerStatus(event.data["new"]):
        case CustomerStatus.SUSPENDED:
            return gettext("%(label)s suspended")
        case CustomerStatus.INACTIVE:
            return gettext("%(label)s made inactive")
        case CustomerStatus.ACTIVE:
            return gettext("%(label)s activated")


def reason(event: Event) -> str:
    return str(event.data.get("reason", ""))


def standing_title(event: Event) -> str:
    match PaymentStatus(event.data["new"]):
        case PaymentStatus.OVERDUE:
            return gettext("%(label)s is overdue")
        case PaymentStatus.WARNING:
            return gettext("%(label)s pays late or owes much")
        case PaymentStatus.GOOD:
            return gettext("%(label)s is up to date again")


def consent_title(event: Event) -> str:
    if event.data["allowed"]:
        return gettext("%(label)s may be reached")
    return gettext("%(label)s is not to be reached")


def consent_channel(event: Event) -> str:
    return str(ContactChannel(event.data["channel"]).label)


def merged(event: Event) -> str:
    return f"{event.data['merged']} · {event.data['merged_name']}"


CUSTOMER = "customers:detail"
story_register("customer.created", _("Customer %(label)s added"), icon="user-plus", tone="info", url_name=CUSTOMER)
story_register("customer.updated", _("%(label)s changed"), icon="pencil", url_name=CUSTOMER, detail=changed_fields)
story_register(
    "customer.status_changed",
    status_title,
    icon="user-check",
    tone="warning",
    url_name=CUSTOMER,
    detail=reason,
)
story_register(
    "customer.payment_status_changed",
    standing_title,
    icon="clock",
    tone="warning",
    url_name=CUSTOMER,
)
story_register(
    "customer.merged",
    _("Another customer was merged into %(label)s"),
    icon="arrows-exchange",
    tone="warning",
    url_name=CUSTOMER,
    detail=merged,
)
story_register(
    "customer.erased", _("Personal data of %(number)s erased"), icon="user-x", tone="warning", url_name=CUSTOMER
)
story_register("contact.erased", _("Personal data of a contact erased"), icon="user-x", tone="warning")
story_register("contact.added", _("Contact %(label)s added"), icon="user")
story_register("contact.updated", _("Contact %(label)s changed"), icon="user", detail=changed_fields)
story_register("contact.consent_set", consent_title, icon="hand-stop", detail=consent_channel)
story_register("contact.removed", _("Contact %(label)s removed"), icon="user-x")
story_register("portal_access.given", _("%(label)s may sign in to the portal"), icon="key", tone="info")
story_register("portal_access.ended", _("Portal access of %(label)s ended"), icon="lock")
story_register("customer.document_added", _("Document %(label)s added"), icon="file-plus")
story_register("customer.document_removed", _("Document %(label)s removed"), icon="file-minus")
story_register("note.added", _("Note added"), icon="notes")
story_register("note.updated", _("Note changed"), icon="notes")
story_register("note.removed", _("Note removed"), icon="notes")
