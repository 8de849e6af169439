"""What staff are told about quotes."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_assistant.core.services.notices import notice_to_role
from invoices.models import Quote

ROLES: Final = ("admin", "finance", "csm")


def quote_tell(*, quote_id: UUID, what: str) -> None:
    """Puts a line under the bell of staff who may see the quote, once for each thing that happened to it."""
    quote = Quote.objects.select_related("customer").get(pk=quote_id)
    words = {"number": quote.number, "name": quote.customer.name, "by": quote.decided_by, "why": quote.decision_note}
    texts = {
        "quote.accepted": ("success", gettext_noop("%(number)s was accepted: %(name)s, by %(by)s.")),
        "quote.declined": ("warning", gettext_noop("%(number)s was declined: %(name)s. “%(why)s”")),
        "quote.renewal_asked": ("info", gettext_noop("%(name)s asks for a new quote instead of %(number)s.")),
    }
    tone, text = texts[what]
    notice_to_role(
        roles=ROLES,
        key=f"{what}-{quote.pk}",
        tone=tone,
        text=lambda: _(text) % words,
        url=f"/quotes/{quote.pk}/",
        profile_id=quote.profile_id,
    )
