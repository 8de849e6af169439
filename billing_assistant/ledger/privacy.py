"""The books name customers by id alone. They are kept as the law says, and no entry ever changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.privacy import (
    Held,
    Holder,
    Kept,
    Outcome,
    Subject,
    kept_by_law,
    not_personal,
    register_holder,
    rows_of,
)
from billing_assistant.ledger.models import JournalEntry, OwnerBalance

LAW: Final = _("Tax law: the books and what they are made from.")
WHY: Final = "The journal is kept as tax law says; triggers refuse any change."


def _export(subject: Subject) -> Iterable[Held]:
    balances = OwnerBalance.objects.filter(owner_id__in=subject.customer_ids)
    names = ("currency", "billed", "credited", "paid", "written_off", "outstanding", "unapplied", "document_count")
    yield Held("balances", _("Balances"), rows_of(balances, *names))
    entries = JournalEntry.objects.filter(owner_id__in=subject.customer_ids).order_by("id")
    yield Held("journal", _("Journal entries"), rows_of(entries, "booked_on", "kind", "document_number", "memo"))


def _erase(subject: Subject, _now: datetime) -> Outcome:
    entries = JournalEntry.objects.filter(owner_id__in=subject.customer_ids)
    last_day = entries.aggregate(day=Max("booked_on"))["day"]
    return Outcome(kept=[Kept(_("Journal entries"), entries.count(), LAW, last_day)])


register_holder(
    Holder(
        "ledger",
        {
            **kept_by_law("ledger.JournalEntry", "memo", "actor_label", reason=WHY),
            **not_personal(
                "ledger.BooksCheck", "looked_note", reason="Words of a colleague about the books as a whole."
            ),
        },
        _export,
        _erase,
    )
)
