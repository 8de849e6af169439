"""Output tax of a period: by section, category, rate and currency, tied to the ledger's tax account.

A document counts on its issue date, a credit note against it on its own. An invoice that was voided within the period
of its issue is left out; one that was voided later is taken off the period of the void, as the books do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Round, TruncDate
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.db import CurrencyExponent
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.core.states import Status
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import JournalLine
from invoices.models import InvoiceTax
from invoices.states import InvoiceKind, InvoiceState, TaxCategory


class VatSection(Status):
    """What a tax amount comes from. Credit notes and late voids are negative."""

    INVOICE = "invoice", _("Invoices"), "neutral", "file-invoice"
    CREDIT_NOTE = "credit_note", _("Credit notes"), "neutral", "file-minus"
    VOID = "void", _("Voided, issued in an earlier period"), "neutral", "file-off"


@dataclass(frozen=True, slots=True)
class VatRow:
    """The tax of one category and rate, signed. `home_*` is in the profile's currency at each document's frozen rate;

    `unconverted` documents have none and are not in it.
    """

    section: VatSection
    currency: str
    category: TaxCategory
    rate: Decimal
    documents: int
    base: Decimal
    tax: Decimal
    home_base: Decimal
    home_tax: Decimal
    unconverted: int


@dataclass(frozen=True, slots=True)
class VatTie:
    """Tax by documents beside tax by the ledger in one currency."""

    currency: str
    tax: Decimal
    ledger: Decimal

    @property
    def holds(self) -> bool:
        return self.tax == self.ledger


@dataclass(frozen=True, slots=True)
class VatReport:
    """The report. Dates are the profile's, both inclusive; `home` is its currency."""

    since: date
    until: date
    home: str
    rows: Sequence[VatRow]
    ties: Sequence[VatTie]

    @property
    def holds(self) -> bool:
        return all(tie.holds for tie in self.ties)

    @property
    def home_tax(self) -> Decimal:
        return sum((row.home_tax for row in self.rows), ZERO)

    @property
    def home_base(self) -> Decimal:
        return sum((row.home_base for row in self.rows), ZERO)

    @property
    def unconverted(self) -> int:
        return sum(row.unconverted for row in self.rows)


def vat_report(actor: Actor, *, profile: BusinessProfile, since: date, until: date) -> VatReport:
    """Output tax of the local dates from `since` to `until`. Raises PermissionRefused, NotFound."""
    sums = (
        vat_lines(actor, profile=profile, since=since, until=until)
        .order_by()
        .values("section", "invoice__currency", "category", "rate")  # type: ignore[misc] # section is annotated
        .annotate(
            documents=Count("invoice_id", distinct=True),
            sum_base=Sum("base"),
            sum_tax=Sum("tax"),
            sum_home_base=Sum("home_base", default=ZERO),
            sum_home_tax=Sum("home_tax", default=ZERO),
            unconverted=Count("invoice_id", distinct=True, filter=Q(home_base__isnull=True)),
        )
    )
    order = list(VatSection)
    rows = [_row(each) for each in sums]
    rows.sort(key=lambda row: (row.currency, order.index(row.section), -row.rate, row.category))
    return VatReport(since, until, profile.currency, rows, _ties(profile.pk, since, until, rows))


def vat_lines(
    actor: Actor,
    *,
    profile: BusinessProfile,
    since: date,
    until: date,
    section: VatSection | None = None,
    currency: str = "",
    category: TaxCategory | None = None,
    rate: Decimal | None = None,
) -> QuerySet[InvoiceTax]:
    """The tax groups of the documents of a period, newest first, with `section`, `home_base` and `home_tax`, unsigned.

    Invoice and customer are there. Raises PermissionRefused, NotFound.
    """
    actor.require(Right.REPORTS_VIEW)
    actor.require_profile(profile.pk)
    issued = Q(invoice__issued_on__gte=since, invoice__issued_on__lte=until)
    voided = Q(invoice__state=InvoiceState.VOID, void_on__gte=since, void_on__lte=until)
    lines = (
        InvoiceTax.objects.filter(invoice__profile=profile)
        .annotate(void_on=TruncDate("invoice__voided_at", tzinfo=ZoneInfo(profile.time_zone)))
        .filter((issued & ~voided) | (voided & ~issued))
        .annotate(
            section=Case(
                When(invoice__kind=InvoiceKind.CREDIT_NOTE, then=Value(VatSection.CREDIT_NOTE.value)),
                When(voided, then=Value(VatSection.VOID.value)),
                default=Value(VatSection.INVOICE.value),
                output_field=CharField(),
            ),
            home_base=_at_home(F("base"), profile.currency),
            home_tax=_at_home(F("tax"), profile.currency),
        )
        .select_related("invoice__customer")
        .order_by("-invoice__issued_on", "-id")
    )
    wanted = {"section": section, "category": category, "rate": rate, "invoice__currency": currency or None}
    return lines.filter(**{name: value for name, value in wanted.items() if value is not None})


def signed(section: str, amount: Decimal) -> Decimal:
    """An amount as it counts in the report."""
    return amount if section == VatSection.INVOICE else -amount


def _at_home(amount: Combinable, home: str) -> Case:
    """The amount in the profile's currency, rounded a document; null where the document has no rate to it."""
    at_rate = Round(amount * F("invoice__fx_rate"), precision=CurrencyExponent(Value(home)))  # type: ignore[arg-type] # it takes both
    return Case(
        When(invoice__currency=home, then=amount),
        When(invoice__fx_currency=home, then=at_rate),
        output_field=DecimalField(max_digits=30, decimal_places=4),
    )


def _row(each: dict[str, object]) -> VatRow:
    section = VatSection(str(each["section"]))
    amounts = {
        name: signed(section, Decimal(str(each[f"sum_{name}"]))) for name in ("base", "tax", "home_base", "home_tax")
    }
    return VatRow(
        section=section,
        currency=str(each["invoice__currency"]),
        category=TaxCategory(str(each["category"])),
        rate=Decimal(str(each["rate"])),
        documents=int(str(each["documents"])),
        unconverted=int(str(each["unconverted"])),
        **amounts,
    )


def _ties(profile_id: UUID, since: date, until: date, rows: Sequence[VatRow]) -> list[VatTie]:
    booked = (
        JournalLine.objects.filter(
            account__profile_id=profile_id,
            account__kind=AccountKind.TAX_PAYABLE,
            entry__booked_on__gte=since,
            entry__booked_on__lte=until,
        )
        .values("currency")
        .annotate(tax=-Sum("amount"))
    )
    ledger = {each["currency"]: each["tax"] for each in booked}
    said: dict[str, Decimal] = {}
    for row in rows:
        said[row.currency] = said.get(row.currency, ZERO) + row.tax
    return [VatTie(code, said.get(code, ZERO), ledger.get(code, ZERO)) for code in sorted({*said, *ledger})]
