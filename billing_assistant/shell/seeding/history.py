"""What happened at the demo company so far: drafts, invoices, payments and messages, told in days before today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.models import BusinessProfile
from customers.models import Customer
from customers.services.customers import customer_set_status
from customers.states import CustomerStatus, PaymentTerms
from invoices.models import Invoice, InvoiceDraft
from invoices.services.compute import LineInput
from invoices.services.delivery import invoice_mark_viewed
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import default_tax, draft_create, draft_review
from invoices.services.issue import invoice_issue
from payments.services.record import payment_record
from payments.services.standing import standing_refresh
from reminders.channels.ports import Accepted
from reminders.services.documents import invoice_send
from reminders.services.moving import message_move
from reminders.services.recording import record_failed, record_sent
from reminders.states import MessageStatus

Step = tuple[datetime, Callable[[], None]]
"""Something that happened, and when."""
OFFICE_OPENS: Final = time(9, 12)


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what, how many, of what, at which rate."""

    what: str
    quantity: str
    unit: str
    rate: str


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment of some days ago: of the whole invoice unless an amount is said."""

    days_ago: int
    method: str = "mpesa"
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice of some days ago, and what became of it."""

    customer: str
    days_ago: int
    items: tuple[Item, ...]
    paid: tuple[Paid, ...] = ()
    viewed: bool = False
    bounced: bool = False
    reference: str = ""


HOSTING: Final = Item("Web hosting", "1", "month", "15000")
SUPPORT: Final = Item("Support and small changes", "6", "hours", "4500")
MONTH: Final = (HOSTING, SUPPORT)

BILLS: Final = (
    Bill("techsolutions", 152, (Item("Website redesign", "1", "", "240000"),), paid=(Paid(128, "bank_transfer"),)),
    Bill("savanna", 139, (Item("Fleet tracking page", "1", "", "96000"),), paid=(Paid(120, "bank_transfer"),)),
    Bill("startuphub", 118, (Item("Landing page", "1", "", "750"),), paid=(Paid(96, "bank_transfer"),), viewed=True),
    Bill("techsolutions", 104, MONTH, paid=(Paid(80),), viewed=True),
    Bill("nyumba", 101, (Item("Portfolio site", "1", "", "185000"), Item("Photography", "2", "days", "22500"))),
    Bill("digital", 96, (Item("Search optimisation", "1", "month", "1200"),), viewed=True),
    Bill("techsolutions", 73, MONTH, paid=(Paid(45),), viewed=True),
    Bill("baraka", 66, (Item("Online shop", "1", "", "58000"),), paid=(Paid(61, amount="30000"),), viewed=True),
    Bill("global", 52, (Item("Maintenance plan", "1", "month", "875.50"),), viewed=True),
    Bill("savanna", 44, (HOSTING, Item("Driver app review", "12", "hours", "4500")), paid=(Paid(31, "bank_transfer"),)),
    Bill("techsolutions", 43, MONTH, paid=(Paid(12, amount="20000"),), viewed=True, reference="PO-7741"),
    Bill("baraka", 29, (Item("Product photos", "40", "pieces", "350"),), bounced=True),
    Bill("techcorp", 18, (Item("Premium Plan", "12", "months", "199"), Item("Setup Fee", "1", "", "62")), viewed=True),
    Bill("techsolutions", 11, MONTH, reference="PO-7790"),
    Bill("savanna", 6, (HOSTING,), paid=(Paid(2, "bank_transfer", amount="25000"),)),
)
DRAFTS: Final = (
    Bill("startuphub", 3, (Item("Community portal, concept", "2", "days", "480"),)),
    Bill("techcorp", 2, (Item("Additional Storage", "2", "units", "25"), Item("Premium Plan", "1", "month", "199"))),
    Bill("nyumba", 1, (Item("Interior catalogue, layout", "18", "pages", "2400"),)),
)
REVIEWED: Final = frozenset({"techcorp"})
SUSPENDED: Final = ("digital", 24, "No payment after two reminders")


@dataclass(slots=True)
class Story:
    """Tells the story of a company up to a moment: every step through the services, the oldest first."""

    profile: BusinessProfile
    customers: Mapping[str, Customer]
    finance: Actor
    csm: Actor
    now: datetime
    invoices: dict[Bill, Invoice] = field(default_factory=dict)

    def at(self, days_ago: int, *, hours: int = 0) -> datetime:
        """A moment at the office so many days ago, never after now."""
        zone = ZoneInfo(self.profile.time_zone)
        day = self.now.astimezone(zone).date() - timedelta(days=days_ago)
        opened = datetime.combine(day, OFFICE_OPENS, tzinfo=zone)
        return min(opened + timedelta(hours=hours), self.now)

    def tell(self, *others: Iterable[Step]) -> None:
        """Writes everything, and the steps that others tell of, each in its turn."""
        for _moment, step in sorted(chain(self._steps(), *others), key=lambda entry: entry[0]):
            step()

    def _steps(self) -> Iterator[Step]:
        for bill in BILLS:
            yield self.at(bill.days_ago), partial(self._issue, bill)
            yield self.at(bill.days_ago, hours=1), partial(self._send, bill)
            if bill.viewed:
                yield self.at(bill.days_ago - 1, hours=2), partial(self._view, bill)
            due = bill.days_ago - PaymentTerms(self.customers[bill.customer].payment_terms).days
            if due > 1:
                yield self.at(due - 1, hours=-1), partial(self._look, bill.customer, self.at(due - 1, hours=-1))
            for payment in bill.paid:
                yield self.at(payment.days_ago, hours=3), partial(self._pay, bill, payment)
                yield (
                    self.at(payment.days_ago, hours=4),
                    partial(self._look, bill.customer, self.at(payment.days_ago, hours=4)),
                )
        for draft in DRAFTS:
            yield self.at(draft.days_ago, hours=4), partial(self._draft, draft)
        key, days_ago, reason = SUSPENDED
        yield self.at(days_ago, hours=5), partial(self._suspend, key, self.at(days_ago, hours=5), reason)

    def _made(self, bill: Bill, moment: datetime) -> InvoiceDraft:
        customer = self.customers[bill.customer]
        category, rate = default_tax(customer)
        lines = tuple(
            LineInput(
                description=item.what,
                quantity=Decimal(item.quantity),
                unit=item.unit,
                unit_price=Decimal(item.rate),
                tax_category=category,
                tax_rate=rate,
            )
            for item in bill.items
        )
        data = DraftInput(lines=lines, reference=bill.reference)
        return draft_create(customer_id=customer.pk, data=data, actor=self.csm, now=moment)

    def _draft(self, bill: Bill) -> None:
        draft = self._made(bill, self.at(bill.days_ago, hours=4))
        if bill.customer in REVIEWED:
            draft_review(draft_id=draft.pk, actor=self.finance, now=self.at(bill.days_ago, hours=6))

    def _issue(self, bill: Bill) -> None:
        moment = self.at(bill.days_ago)
        draft = self._made(bill, moment)
        draft_review(draft_id=draft.pk, actor=self.finance, now=moment)
        self.invoices[bill] = invoice_issue(draft_id=draft.pk, actor=self.finance, now=moment)

    def _send(self, bill: Bill) -> None:
        """Puts the message into the log as it would stand there had it gone out then; nothing is sent."""
        invoice, moment = self.invoices[bill], self.at(bill.days_ago, hours=1)
        message = invoice_send(invoice_id=invoice.pk, actor=self.finance, now=moment, key=f"demo:{invoice.pk}")
        for status, before in (
            (MessageStatus.CLAIMED, MessageStatus.PENDING),
            (MessageStatus.SENDING, MessageStatus.CLAIMED),
        ):
            message_move(message, status, come_from=(before,))
        if bill.bounced:
            record_failed(message, f"550 No such mailbox: {message.recipients[0]}", now=moment)
        else:
            record_sent(message, Accepted(provider="demo", provider_message_id=f"demo-{message.number}"), now=moment)

    def _view(self, bill: Bill) -> None:
        customer = self.customers[bill.customer]
        reader = Actor.contact(contact_id="", label=customer.name, profile_id=self.profile.pk)
        moment = self.at(bill.days_ago - 1, hours=2)
        invoice_mark_viewed(invoice_id=self.invoices[bill].pk, actor=reader, now=moment)

    def _pay(self, bill: Bill, payment: Paid) -> None:
        invoice, moment = self.invoices[bill], self.at(payment.days_ago, hours=3)
        amount = Decimal(payment.amount) if payment.amount else invoice.total
        payment_record(
            customer_id=invoice.customer_id,
            amount=amount,
            currency=invoice.currency,
            method=payment.method,
            received_on=local_date(moment, self.profile.time_zone),
            reference=f"{payment.method[:2].upper()}{invoice.sequence:04}{payment.days_ago:03}",
            allocations={invoice.pk: min(amount, invoice.total)},
            actor=self.finance,
            now=moment,
        )

    def _look(self, key: str, moment: datetime) -> None:
        """The payment status as the product would have kept it true on that day."""
        standing_refresh(customer_id=self.customers[key].pk, now=moment)

    def _suspend(self, key: str, moment: datetime, reason: str) -> None:
        customer_set_status(
            customer_id=self.customers[key].pk,
            status=CustomerStatus.SUSPENDED,
            actor=self.finance,
            now=moment,
            reason=reason,
        )
