"""Rows that tests need, with fixed values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any, Final

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.prepared import Given, Prepared
from billing_assistant.core.rights import Role
from customers.models import Customer, CustomerDocument
from customers.services.documents import customer_document_add
from invoices.billable_states import BillableKind
from invoices.models import BillableItem, CatalogueItem, Invoice, InvoiceDraft, Plan, PlanPeriod, PromoCode
from invoices.plan_states import PeriodOutcome
from invoices.services.billable import billable_add
from invoices.services.billable_input import BillableInput
from invoices.services.catalogue import CatalogueInput, catalogue_item_create
from invoices.services.compute import LineInput
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_create
from invoices.services.issue import invoice_issue
from invoices.services.plan_documents import document_of, line_sets, lines_of
from invoices.services.plan_ground import plan_reckon
from invoices.services.plan_input import PlanInput
from invoices.services.plan_schedule import period_next
from invoices.services.plans import plan_create
from invoices.services.promo_codes import PromoInput, promo_create
from invoices.services.setup import profile_prepare

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SYSTEM: Final = Actor.system("test")
_numbers = count(1)
_ISSUED: Final = Prepared(
    lambda: Invoice.objects.select_related("profile", "customer").filter(pk=Given("pk")).order_by()
)


def profile(**fields: Any) -> BusinessProfile:
    """A business profile in Nairobi, unless told otherwise."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "name": "Chromapages",
        "legal_name": "Chromapages Limited",
        "slug": f"chromapages-{number}",
        "email": "billing@chromapages.example",
        "bank_name": "Equity Bank",
        "bank_account_name": "Chromapages Limited",
        "bank_account_number": "0123456789",
        "mpesa_paybill": "522533",
        "tax_id": "P051234567X",
    }
    return BusinessProfile.objects.create(**(defaults | fields))


def user(role: Role = Role.ADMIN, **fields: Any) -> User:
    """A person with a role; the password is `correct horse battery`."""
    number = next(_numbers)
    name = fields.pop("username", f"{role.value}-{number}")
    profiles = fields.pop("profiles", [])
    made = User.objects.create_user(
        username=name,
        email=fields.pop("email", f"{name}@example.com"),
        password="correct horse battery",
        role=role,
        **fields,
    )
    made.profiles.set(profiles)
    return made


def actor(role: Role = Role.ADMIN, **fields: Any) -> Actor:
    """A signed-in person as an actor."""
    return Actor.of_user(user(role, **fields))


def customer(of: BusinessProfile | None = None, **fields: Any) -> Customer:
    """A customer of a profile."""
    number = next(_numbers)
    of = of or profile()
    defaults: dict[str, Any] = {
        "name": "Tech Solutions Ltd",
        "email": "info@techsolutions.example",
        "phone": "254722123456",
        "number": f"CUST-{number:04}",
        "currency": of.currency,
    }
    return Customer.objects.create(profile=of, **(defaults | fields))


def customer_document(of: Customer, name: str = "contract.pdf", content: bytes = b"%PDF-1.7") -> CustomerDocument:
    """A paper about a customer."""
    return customer_document_add(customer_id=of.pk, content=content, name=name, actor=SYSTEM, now=NOW)


def seller(**fields: Any) -> BusinessProfile:
    """A profile with its number series and tax rates."""
    made = profile(**fields)
    profile_prepare(profile_id=made.pk)
    return made


def line(
    description: str = "Web hosting", quantity: str = "3", price: str | None = "15000", **fields: Any
) -> LineInput:
    """A line at 16 % tax, unless told otherwise."""
    defaults: dict[str, Any] = {"unit": "months", "tax_rate": Decimal(16)}
    return LineInput(
        description=description,
        quantity=Decimal(quantity),
        unit_price=None if price is None else Decimal(price),
        **(defaults | fields),
    )


def draft(of: Customer | None = None, *lines: LineInput, now: datetime = NOW, **fields: Any) -> InvoiceDraft:
    """A draft over 3 months of hosting: 45,000.00 + 7,200.00 = 52,200.00 in KES."""
    of = of or customer(seller())
    data = DraftInput(lines=lines or (line(),), **fields)
    return draft_create(customer_id=of.pk, data=data, actor=SYSTEM, now=now)


def issued_invoice(of: Customer | None = None, *lines: LineInput, now: datetime = NOW, **fields: Any) -> Invoice:
    """An issued invoice over 52,200.00 KES, unless other lines are given."""
    made = invoice_issue(draft_id=draft(of, *lines, now=now, **fields).pk, actor=SYSTEM, now=now)
    invoice = _ISSUED.row(pk=made.pk)
    assert invoice is not None
    return invoice


def catalogue_item(profile: BusinessProfile, name: str = "Web hosting", **given: Any) -> CatalogueItem:
    """An item of the catalogue: KES 15,000 a month, taxed as usual."""
    values: dict[str, Any] = {"unit": "month", "tax_rate": Decimal(16), "prices": {"KES": Decimal(15_000)}}
    return catalogue_item_create(
        profile_id=profile.pk, data=CatalogueInput(name=name, **(values | given)), actor=SYSTEM, now=NOW
    )


def promo_code(profile: BusinessProfile, code: str = "WELCOME10", **given: Any) -> PromoCode:
    """A promo code that gives 10 per cent, without limits unless given."""
    values: dict[str, Any] = {"value": Decimal(10)}
    data = PromoInput(code=code, **(values | given))
    return promo_create(profile_id=profile.pk, data=data, actor=SYSTEM, now=NOW)


def billable(
    of: Customer, description: str = "Design", quantity: str = "2", price: str = "5000", **given: Any
) -> BillableItem:
    """Work to be billed: two hours of design at KES 5,000, taxed with 16 per cent."""
    values: dict[str, Any] = {"kind": BillableKind.TIME, "worked_on": NOW.date(), "tax_rate": Decimal(16)}
    data = BillableInput(
        customer_id=of.pk,
        description=description,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        **(values | given),
    )
    return billable_add(profile_id=of.profile_id, data=data, actor=SYSTEM, now=NOW)


def plan(of: Customer | None = None, *lines: LineInput, now: datetime = NOW, **fields: Any) -> Plan:
    """A plan for KES 30,000 a month plus 16 per cent from 1 March 2026, billed in advance, unless told otherwise."""
    of = of or customer(seller())
    values: dict[str, Any] = {"name": "SEO retainer", "starts_on": date(2026, 3, 1)}
    data = PlanInput(lines=lines or (line("SEO {month}", "1", "30000"),), **(values | fields))
    return plan_create(customer_id=of.pk, data=data, actor=SYSTEM, now=now)


def plan_billed(of: Plan, now: datetime = NOW) -> PlanPeriod:
    """The next period of a plan on an issued invoice, as the billing run leaves it."""
    period = period_next(of)
    assert period is not None
    open_ones = list(of.adjustments.filter(period__isnull=True))
    lines = lines_of(of, period, line_sets(list(of.lines.all())), open_ones)
    document = document_of(of, period)
    names = ("currency", "prices_include_tax", "discount_kind", "discount_value")
    data = DraftInput(lines=lines, **{name: getattr(document, name) for name in names})
    made = draft_create(customer_id=of.customer_id, data=data, actor=SYSTEM, now=now)
    issued = invoice_issue(draft_id=made.pk, actor=SYSTEM, now=now)
    billed = PlanPeriod.objects.create(
        plan=of,
        index=period.index,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        outcome=PeriodOutcome.INVOICED,
        invoice=issued,
    )
    of.adjustments.filter(pk__in=[one.pk for one in open_ones]).update(period=billed)
    of.next_index += 1
    plan_reckon(of)
    of.save()
    return billed
