"""Statements and payout reports as tables: columns are named by a person, a dry run shows what is new.

The statement that a file belongs to is made when it is uploaded (`services.statements`); these write its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import ClassVar

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import Conflict, NotFound, ValidationFailed
from billing_assistant.core.imports.importers import (
    CHUNK,
    Batch,
    FieldKind,
    ImportContext,
    Importer,
    ImportField,
    Row,
    Tally,
    importer_register,
)
from billing_assistant.core.models import DataImport
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from payments.locks import statement_lock
from payments.models import Statement
from payments.services.statement_lines import FIELDS, lines_write
from payments.services.statement_reading.lines import Identities, ReadLine, checked
from payments.statement_states import StatementState

BALANCES = ("opening_balance", "closing_balance")
PAIR = 2
IN = frozenset({"c", "cr", "credit", "h", "haben", "bij", "in", "money in", "paid in", "deposit", "+", "kuingia"})
NOT_DONE = frozenset(
    {"pending", "processing", "in progress", "failed", "denied", "declined", "refused", "rejected", "cancelled"}
    | {"canceled", "voided", "expired", "incomplete", "on hold", "held", "unclaimed", "inasubiri", "imeshindwa"}
)
"""Words of banks and providers for money that has not moved (yet); it comes again when it has."""
OUT = frozenset({"d", "dr", "debit", "s", "soll", "af", "out", "money out", "paid out", "withdrawal", "-", "kutoka"})


ABOUT_ROWS = (
    ImportField(
        "currency",
        gettext_lazy("Currency"),
        "currency code, ccy, curr, account currency, sarafu",
        FieldKind.CURRENCY,
        guards=True,
    ),
    ImportField("status", gettext_lazy("Status"), "transaction status, payment status, state, hali", guards=True),
)


@dataclass(frozen=True, slots=True)
class _Work:
    """A row with its place, the line that it says and its identity; no line where it cannot be read."""

    row: Row
    position: int
    line: ReadLine | None = None
    identity: str = ""
    fault: ValidationFailed | None = None


class StatementImporter(Importer):
    """A row a movement of an account: an amount with its sign, or money in and money out."""

    kind = "statement"
    label = gettext_lazy("Bank statement")
    text = gettext_lazy("One row a movement of an account. Bring it on the page of the account.")
    icon = "building-bank"
    right = Right.PAYMENTS_RECORD
    listed = False
    about = ("bank_id", "counterparty", "text")
    fields: ClassVar[Sequence[ImportField]] = (
        ImportField(
            "booked_on",
            gettext_lazy("Date"),
            "booking date, transaction date, completion time, posted, value date, post date, tarehe",
            FieldKind.DATE,
            required=True,
        ),
        ImportField("amount", gettext_lazy("Amount"), "transaction amount, net amount, kiasi", FieldKind.NUMBER),
        ImportField(
            "paid_in", gettext_lazy("Money in"), "paid in, credit, deposit, money in, credits", FieldKind.NUMBER
        ),
        ImportField(
            "paid_out",
            gettext_lazy("Money out"),
            "withdrawn, debit, withdrawal, paid out, money out, debits",
            FieldKind.NUMBER,
        ),
        ImportField(
            "side",
            gettext_lazy("In or out"),
            "dr/cr, cr/dr, d/c, c/d, debit/credit, credit/debit, soll/haben, s/h, af bij",
        ),
        ImportField(
            "counterparty",
            gettext_lazy("From or to"),
            "counterparty, payer, name, other party info, payee, beneficiary, sender, customer",
        ),
        ImportField("reference", gettext_lazy("Reference"), "ref, account no, a/c no, customer reference, kumbukumbu"),
        ImportField(
            "text", gettext_lazy("Text"), "description, details, narrative, memo, particulars, remarks, maelezo"
        ),
        ImportField(
            "bank_id",
            gettext_lazy("Id at the bank"),
            "transaction id, bank id, fitid, receipt no, transaction reference, bank reference, id",
        ),
        ImportField("balance", gettext_lazy("Balance"), "running balance, balance after, salio", FieldKind.NUMBER),
        *ABOUT_ROWS,
    )

    def batches(self, rows: Iterable[Row], context: ImportContext) -> Iterator[Batch]:
        """Chunks with identities: the second of two equal lines of a day is another movement, also in a repeat."""
        statement = _statement_of(context)
        identities = Identities()
        work = (self._work(row, position, identities, statement.currency) for position, row in enumerate(rows))
        while chunk := list(islice(work, CHUNK)):
            yield Batch(len(chunk), chunk)

    def write(self, work: Sequence[_Work], context: ImportContext) -> Tally:
        tally = Tally()
        statement = statement_lock(_statement_of(context).pk)
        if statement.state_word is StatementState.DISCARDED:
            raise Conflict(_("This statement was discarded. Bring the file again."))
        if work[0].position == 0:
            statement.lines_seen, statement.lines_sum = 0, ZERO
        good = [one for one in work if one.line is not None]
        for one in work:
            if one.row.faults:
                tally.faulty += 1
                tally.faults += one.row.faults
            elif one.fault is not None:
                tally.refuse_for(one.row, one.fault)
        if good:
            lines = [(one.identity, one.line) for one in good if one.line is not None]
            tally.new = lines_write(statement=statement, lines=lines, position=good[0].position, now=context.now)
            tally.same = len(good) - tally.new
            if not statement.balances_given:
                _balances(statement, good)
            statement.save(update_fields=[*FIELDS, *BALANCES])
        return tally

    def result_url(self, run: DataImport) -> str:
        """The page of the account that the lines went to."""
        found = Statement.objects.filter(data_import=run).first()
        try:
            return reverse("payments:bank_account", args=[found.account_id]) if found is not None else ""
        except NoReverseMatch:
            return ""

    def positions(self, rows: Iterable[Row], context: ImportContext) -> dict[str, int]:
        """The identities of the lines in a file, with the positions that `write` gives them."""
        found: dict[str, int] = {}
        for batch in self.batches(rows, context):
            good = [one for one in batch.work if one.line is not None]
            found |= {one.identity: good[0].position + number for number, one in enumerate(good)}
        return found

    def line(self, row: Row) -> ReadLine:
        """What a row says. Raises ValidationFailed."""
        amount = row.number("amount")
        if amount is None:
            paid_in, paid_out = row.number("paid_in"), row.number("paid_out")
            if paid_in is None and paid_out is None:
                raise ValidationFailed({"amount": [_("There is no amount in this row.")]})
            amount = (paid_in or ZERO) - abs(paid_out or ZERO)
        return self.told(row, -abs(amount) if _is_out(row.text("side")) else amount)

    def told(self, row: Row, amount: Decimal, gross: Decimal | None = None, fee: Decimal = ZERO) -> ReadLine:
        """A line over an amount with the texts of its row."""
        day = row.day("booked_on")
        if day is None:
            raise ValidationFailed({"booked_on": [_("This is needed.")]})
        texts = {name: row.text(name) for name in ("counterparty", "reference", "text", "bank_id")}
        return ReadLine(booked_on=day, amount=amount, gross=gross, fee=fee, **texts)

    def _work(self, row: Row, position: int, identities: Identities, currency: str) -> _Work:
        if row.faults:
            return _Work(row, position)
        try:
            _is_ours(row, currency)
            line = checked(self.line(row), currency)
        except ValidationFailed as fault:
            return _Work(row, position, fault=fault)
        return _Work(row, position, line, identities.of(line))


class PayoutImporter(StatementImporter):
    """A row a movement of our balance at a provider: gross, what the provider kept, and net."""

    kind = "payouts"
    label = gettext_lazy("Payout report")
    text = gettext_lazy("One row a movement of the balance at a provider: gross, fee and net, with the provider's id.")
    icon = "credit-card"
    fields: ClassVar[Sequence[ImportField]] = (
        ImportField(
            "booked_on",
            gettext_lazy("Date"),
            "created, created (utc), transaction date, available on, completion time, tarehe",
            FieldKind.DATE,
            required=True,
        ),
        ImportField(
            "bank_id",
            gettext_lazy("Id at the provider"),
            "external id, source, transaction id, id, balance transaction id, receipt no",
            required=True,
        ),
        ImportField("gross", gettext_lazy("Gross"), "amount, gross amount", FieldKind.NUMBER),
        ImportField("fee", gettext_lazy("Fee"), "fees, charge, processing fee", FieldKind.NUMBER),
        ImportField("net", gettext_lazy("Net"), "net amount, amount net", FieldKind.NUMBER),
        ImportField("counterparty", gettext_lazy("From or to"), "customer, name, payer, from"),
        ImportField("reference", gettext_lazy("Reference"), "invoice, invoice number, invoice id, ref"),
        ImportField("text", gettext_lazy("Text"), "description, type, details, reporting category"),
        *ABOUT_ROWS,
    )

    def line(self, row: Row) -> ReadLine:
        gross, net = row.number("gross"), row.number("net")
        if gross is None and net is None:
            raise ValidationFailed({"net": [_("There is no amount in this row.")]})
        said = row.number("fee")
        fee = abs(said or ZERO)
        if gross is not None and net is not None:
            fee = gross - net
            if said is not None and abs(said) != abs(fee):
                raise ValidationFailed({"net": [_("Gross less fee is not net.")]})
        if gross is None:
            gross = (net or ZERO) + fee
        return self.told(row, gross - fee, gross, fee)


def _is_ours(row: Row, currency: str) -> None:
    """Raises ValidationFailed for money in another currency than the account's, and for money that did not move."""
    said, status = row.text("currency").strip().upper(), row.text("status").strip()
    if said and said != currency:
        words = {"said": said[:10], "currency": currency}
        raise ValidationFailed({"currency": [_("The row is in %(said)s, the account in %(currency)s.") % words]})
    if " ".join(status.casefold().replace("_", " ").replace("-", " ").split()) in NOT_DONE:
        raise ValidationFailed({"status": [_("“%(status)s”: this money has not moved.") % {"status": status[:40]}]})


def _is_out(side: str) -> bool:
    """Whether a column that names the side of a movement says that money went out. Raises ValidationFailed."""
    word = side.strip(" .").casefold()
    if word and word not in IN | OUT:
        raise ValidationFailed({"side": [_("“%(text)s” is neither money in nor money out.") % {"text": side[:40]}]})
    return word in OUT


def _statement_of(context: ImportContext) -> Statement:
    found = Statement.objects.select_related("account").filter(data_import_id=context.run_id).first()
    if found is None:
        raise NotFound(_("Bring a statement on the page of its account."))
    return found


def _balances(statement: Statement, work: Sequence[_Work]) -> None:
    """Opening and closing by the column of balances, whether the newest line stands first or last."""
    told = [(one, one.row.number("balance")) for one in work]
    if any(balance is None for _one, balance in told):
        return
    amounts = [one.line.amount if one.line is not None else ZERO for one in work]
    balances = [balance or ZERO for _one, balance in told]
    starts, before = work[0].position == 0, balances[0] - amounts[0]
    if len(work) >= PAIR:
        newest_first = before == balances[1]
    else:
        newest_first = not starts and statement.opening_balance == balances[0]
    if newest_first:
        statement.opening_balance = balances[-1] - amounts[-1]
        statement.closing_balance = balances[0] if starts else statement.closing_balance
    else:
        statement.opening_balance = balances[0] - amounts[0] if starts else statement.opening_balance
        statement.closing_balance = balances[-1]


importer_register(StatementImporter())
importer_register(PayoutImporter())
