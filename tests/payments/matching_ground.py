"""A made world put into the database at once, its statement brought and matched, and what came of it counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import connection, transaction

from billing_assistant.core.ids import uuid7
from billing_assistant.ledger.kinds import AccountKind, EntryKind
from billing_assistant.ledger.models import JournalEntry, JournalLine, OwnerBalance
from billing_assistant.ledger.services.posting import EntryInput, Side, entries_post
from customers.models import Customer
from invoices.models import Instalment, Invoice, InvoiceLine, InvoiceTax, NumberSeries
from payments.models import Allocation, BankAccount, LineMatch, MatchCandidate, Statement, StatementLine
from payments.services.statement_steps import statement_advance
from payments.services.statements import statement_create
from payments.statement_states import LineState
from tests import factories
from tests.payments.statement_files import bank_account
from tests.payments.statement_maker import World

GROWN: Final = (Customer, Invoice, InvoiceLine, InvoiceTax, Instalment, JournalEntry, JournalLine, OwnerBalance)
NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class Score:
    """What matching did with the lines of a world."""

    lines: int = 0
    alone: int = 0
    alone_right: int = 0
    wrong: list[str] = field(default_factory=list)
    rest: int = 0
    rest_shown: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Adds the score of another world."""
        for name in ("lines", "alone", "alone_right", "rest", "rest_shown"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong += other.wrong
        self.missed += other.missed
        self.by_kind += other.by_kind

    def __str__(self) -> str:
        return (
            f"{self.lines} lines; by themselves {self.alone_right}/{self.alone} = {share(self.alone_right, self.alone)}"
            f" % (target 95 %); wrong {len(self.wrong)} (target 0); among the first three {self.rest_shown}/{self.rest}"
            f" = {share(self.rest_shown, self.rest)} % (target 95 %)"
        )


def share(part: int, whole: int) -> Decimal:
    """Per cent, with one decimal; of nothing all is right."""
    return (Decimal(100 * part) / whole if whole else Decimal(100)).quantize(Decimal("0.1"))


def built(world: World) -> BankAccount:
    """The invoices of a world, issued and in the books, and an account to bring its statement to."""
    profile = factories.seller(currency="GBP")
    series = NumberSeries.objects.filter(profile=profile).first()
    assert series is not None
    names = dict.fromkeys(bill.customer for bill in world.bills)
    people = {
        name: Customer(profile=profile, number=f"C-{at:05}", name=name, currency="GBP", email=f"a{at}@example.com")
        for at, name in enumerate(names)
    }
    Customer.objects.bulk_create(people.values())
    invoices = [
        Invoice(
            id=uuid7(),
            profile=profile,
            customer=people[bill.customer],
            series=series,
            series_year=2026,
            sequence=10_000_000 + at,
            number=bill.number,
            issued_on=bill.issued_on,
            issued_at=NOW,
            due_on=bill.issued_on + timedelta(30),
            next_due_on=bill.issued_on + timedelta(30),
            currency="GBP",
            subtotal=bill.amount,
            total=bill.amount,
            seller={},
            buyer={"name": bill.customer},
            imported=True,
        )
        for at, bill in enumerate(sorted(world.bills, key=lambda bill: bill.issued_on))
    ]
    with transaction.atomic():
        Invoice.objects.bulk_create(invoices, batch_size=500)
        _details(invoices)
        _counted_anew()
        entries_post(entries=[_entry(invoice) for invoice in invoices], actor=factories.SYSTEM, now=NOW)
    _counted_anew()
    return bank_account(profile, currency="GBP")


def _counted_anew() -> None:
    """Has PostgreSQL look at the tables, as it does by itself elsewhere: here nothing is committed for it to see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('customer_name_search')")
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in GROWN)}")


def brought(world: World, account: BankAccount) -> Statement:
    """The statement of a world, read and matched."""
    content = _camt(world)
    statement = statement_create(
        account_id=account.pk, content=content, file_name="made.xml", actor=factories.SYSTEM, now=NOW
    )
    while statement_advance(statement_id=statement.pk):
        pass
    statement.refresh_from_db()
    return statement


def scored(world: World, account: BankAccount) -> Score:
    """Counts what was matched by itself, rightly and wrongly, and where the right one stands for the rest."""
    score = Score()
    paid = _allocated()
    shown: dict[object, list[frozenset[str]]] = defaultdict(list)
    for candidate in MatchCandidate.objects.filter(line__account=account).order_by("line_id", "rank"):
        shown[candidate.line_id].append(frozenset(part["number"] for part in candidate.parts))
    lines = {line.bank_id: line for line in StatementLine.objects.filter(account=account)}
    for at, told in enumerate(world.lines):
        line = lines[f"L{at:05}"]
        score.lines += 1
        settled = paid.get(line.pk)
        said = f"{told.kind}: {line.says} {line.amount} true {sorted(told.truth)}"
        if line.state == LineState.MATCHED and settled != told.truth:
            score.wrong.append(f"{said} got {sorted(settled or ())}")
        right = settled == told.truth and line.state == LineState.MATCHED
        if told.alone:
            score.alone += 1
            score.alone_right += right
            if not right:
                score.missed.append(f"{said} shown {[sorted(one) for one in shown[line.pk]]}")
                score.by_kind[f"{told.kind} missed"] += 1
        if told.truth and not right:
            score.rest += 1
            inside = told.truth in shown[line.pk][:3]
            score.rest_shown += inside
            score.by_kind[f"{told.kind} {'shown' if inside else 'not shown'}"] += 1
            if not inside:
                score.missed.append(f"NOT SHOWN {said} shown {[sorted(one) for one in shown[line.pk]]}")
    return score


def _allocated() -> dict[object, frozenset[str]]:
    found: dict[object, set[str]] = defaultdict(set)
    lines = dict(LineMatch.objects.filter(undone_at__isnull=True).values_list("payment_id", "line_id"))
    for payment_id, number in Allocation.objects.values_list("payment_id", "invoice__number"):
        if payment_id in lines:
            found[lines[payment_id]].add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


def _details(invoices: list[Invoice]) -> None:
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=one,
            position=1,
            description="Goods",
            quantity=1,
            unit_price=one.total,
            tax_category="zero",
            tax_rate=0,
            amount=one.total,
        )
        for one in invoices
    )
    InvoiceTax.objects.bulk_create(InvoiceTax(invoice=one, category="zero", rate=0, base=one.total) for one in invoices)
    Instalment.objects.bulk_create(
        Instalment(invoice=one, position=1, due_on=one.due_on, amount=one.total) for one in invoices
    )


def _entry(invoice: Invoice) -> EntryInput:
    sides = (Side(AccountKind.RECEIVABLE, invoice.total), Side(AccountKind.REVENUE, -invoice.total))
    return EntryInput(
        profile_id=invoice.profile_id,
        kind=EntryKind.INVOICE,
        booked_on=invoice.issued_on,
        currency=invoice.currency,
        owner_id=invoice.customer_id,
        document_id=invoice.pk,
        document_number=invoice.number,
        sides=sides,
    )


def _camt(world: World) -> bytes:
    entries = []
    for at, line in enumerate(world.lines):
        entries.append(
            f'<Ntry><Amt Ccy="GBP">{line.amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
            f"<BookgDt><Dt>{line.day}</Dt></BookgDt><AcctSvcrRef>L{at:05}</AcctSvcrRef><NtryDtls><TxDtls>"
            f"<Refs>{_tag('EndToEndId', line.reference)}</Refs><RltdPties><Dbtr>{_tag('Nm', line.counterparty)}</Dbtr>"
            f"</RltdPties><RmtInf>{_tag('Ustrd', line.text)}</RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    return (
        "<Document><BkToCstmrStmt><Stmt><Acct><Ccy>GBP</Ccy></Acct>"
        + "".join(entries)
        + "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _tag(name: str, text: str) -> str:
    plain = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<{name}>{plain}</{name}>" if plain else ""
