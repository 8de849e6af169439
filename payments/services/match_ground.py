"""What may explain the lines of a chunk, read in a fixed number of statements whatever the chunk is made of.

Invoices are found by amount, by the last digits of their numbers and by the names of customers, each through an index;
no line is compared with every invoice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from billing_assistant.ledger.kinds import AccountKind
from invoices.models import Invoice
from invoices.number_tails import NumberTail
from invoices.states import InvoiceKind
from payments.models import BankAccount, LineMatch, MatchRule, Payment, StatementLine
from payments.services.match_foreign import RatesKnown, rates_read
from payments.services.match_gone import Gone, gone_of
from payments.services.match_mentions import Mention, mentions_of
from payments.services.match_names import Payer, has_all, likeness, name_of, payer_of
from payments.services.match_open import MOST_ROWS, OpenInvoice, open_in, open_of, rows_of
from payments.services.match_texts import LONGEST_KEY, Named, named
from payments.statement_states import OPEN_LINES, BankAccountKind, RuleKind
from payments.states import PaymentState

MOST_OF_A_CUSTOMER: Final = 60
NAMES_OF_A_LINE: Final = 25
LIKE: Final = 60
WHOLE: Final = 85
PAYOUT_DAYS: Final = 12
ALIKE: Final = "0.4"
"""How alike a name must be to be found by its trigrams; below, by its words. Each step down reads many more rows."""
_ALIKE: Final = "SELECT set_config('pg_trgm.similarity_threshold', %s, true)"
_AS_BEFORE: Final = "SET LOCAL pg_trgm.similarity_threshold TO DEFAULT"
_BY_NAME: Final = """
SELECT asked.line, found.id, found.name
FROM unnest(%s::int[], %s::text[]) AS asked (line, name)
CROSS JOIN LATERAL (
    SELECT customer.id, customer.name FROM customers_customer customer
    WHERE customer.profile_id = %s AND upper(customer.name) %% asked.name
    ORDER BY similarity(upper(customer.name), asked.name) DESC, customer.id LIMIT %s
) found
"""
_BY_WORD: Final = """
SELECT asked.line, found.id, found.name
FROM unnest(%s::int[], %s::text[], %s::text[]) AS asked (line, name, word)
CROSS JOIN LATERAL (
    SELECT customer.id, customer.name FROM customers_customer customer
    WHERE customer.profile_id = %s AND upper(customer.name) LIKE '%%' || asked.word || '%%'
    ORDER BY similarity(upper(customer.name), asked.name) DESC, customer.id LIMIT %s
) found
"""


@dataclass
class Asked:
    """A line with what can be read from it once."""

    line: StatementLine
    worth: Decimal
    mentions: list[Mention]
    payer: Payer
    names: dict[UUID, int] = field(default_factory=dict)
    """How alike the names of customers are, as far as they were looked at."""

    @cached_property
    def keys(self) -> frozenset[str]:
        """What the text may name invoices by."""
        return frozenset(key for mention in self.mentions for key in mention.keys)

    def like(self, customer_id: UUID, name: str) -> int:
        found = self.names.get(customer_id)
        if found is None:
            found = self.names[customer_id] = likeness(name_of(name), self.payer)
        return found


@dataclass(slots=True)
class Ground:
    """What was found for a chunk."""

    account: BankAccount
    rules: dict[RuleKind, MatchRule]
    asked: list[Asked]
    by_amount: dict[Decimal, list[OpenInvoice]] = field(default_factory=lambda: defaultdict(list))
    by_tail: dict[str, list[OpenInvoice]] = field(default_factory=lambda: defaultdict(list))
    by_customer: dict[UUID, list[OpenInvoice]] = field(default_factory=lambda: defaultdict(list))
    too_many: set[UUID] = field(default_factory=set)
    amounts_cut: bool = False
    recorded: dict[Decimal, list[Payment]] = field(default_factory=lambda: defaultdict(list))
    payouts: dict[Decimal, list[StatementLine]] = field(default_factory=lambda: defaultdict(list))
    gone: dict[Decimal, list[Gone]] = field(default_factory=lambda: defaultdict(list))
    """Money that was given back, by amount, for lines on which money went out."""
    foreign: dict[UUID, list[OpenInvoice]] = field(default_factory=lambda: defaultdict(list))
    """Open invoices in other currencies, of customers whom the texts name."""
    rates: RatesKnown = field(default_factory=RatesKnown)
    undone: set[UUID] = field(default_factory=set)

    @property
    def at_provider(self) -> bool:
        return self.account.kind_word is BankAccountKind.PROVIDER


def ground_of(account: BankAccount, lines: Sequence[StatementLine], rules: Iterable[MatchRule]) -> Ground:
    """Reads what may explain lines of one account: what is due, recorded or paid out, and what was given back."""
    ground = Ground(
        account=account,
        rules={rule.kind_word: rule for rule in rules if rule.is_on},
        asked=[asked_of(line) for line in lines],
    )
    coming = [one for one in ground.asked if one.worth > 0]
    _read_amounts(ground, coming)
    _read_tails(ground, coming)
    _read_customers(ground, [one for one in coming if not _is_clear(ground, one)])
    _read_rates(ground, coming)
    _read_recorded(ground, coming)
    _read_payouts(ground, coming)
    if rule := ground.rules.get(RuleKind.GIVEN_BACK):
        going = {one.line: -one.worth for one in ground.asked if one.worth < 0}
        for each in gone_of(account, going, rule):
            for amount in each.amounts:
                ground.gone[amount].append(each)
    undone = StatementLine.objects.filter(pk__in=[line.pk for line in lines], matches__undone_at__isnull=False)
    ground.undone = set(undone.values_list("pk", flat=True))
    return ground


def asked_of(line: StatementLine) -> Asked:
    """A line, read. What it is worth is the gross where a provider kept a fee."""
    worth = line.gross if line.gross is not None else line.amount
    text = f"{line.reference} \n {line.text}"
    return Asked(line, worth, mentions_of(f"{text} \n {line.counterparty}"), payer_of(line.counterparty, line.says))


def _read_amounts(ground: Ground, coming: Sequence[Asked]) -> None:
    amounts = {one.worth for one in coming}
    rows = rows_of(open_of(ground.account).filter(amount_due__in=amounts), ground.account.currency)
    ground.amounts_cut = len(rows) >= MOST_ROWS
    for one in rows:
        ground.by_amount[one.due].append(one)


def _read_tails(ground: Ground, coming: Sequence[Asked]) -> None:
    """Invoices that the texts name, open or not: one that is settled or over other money tells that another is not
    meant.
    """
    keys = {key for one in coming for key in one.keys if len(key) <= LONGEST_KEY}
    tails = Invoice.objects.filter(profile_id=ground.account.profile_id, kind=InvoiceKind.INVOICE)
    for one in rows_of(tails.alias(tail=NumberTail("number")).filter(tail__in=keys), ground.account.currency):
        ground.by_tail[one.forms.key].append(one)


def _read_customers(ground: Ground, unclear: Sequence[Asked]) -> None:
    """Open invoices of the customers whom the texts name, and of those whose invoices they name."""
    wanted = {each.customer_id for one in unclear for each in _named_by(ground, one, Named.BARE)}
    for one, names in zip(unclear, _names_near(ground, unclear), strict=True):
        wanted |= {key for key, name in names.items() if one.like(key, name) >= LIKE}
        _only_the_longest(one, names)
    rows = open_in(ground.account.profile_id).filter(customer_id__in=wanted)
    for each in rows_of(rows.order_by("customer_id", "next_due_on", "number"), ground.account.currency):
        own = each.currency == ground.account.currency
        (ground.by_customer if own else ground.foreign)[each.customer_id].append(each)
    ground.too_many = {key for key, those in ground.by_customer.items() if len(those) > MOST_OF_A_CUSTOMER}


def _names_near(ground: Ground, unclear: Sequence[Asked]) -> list[dict[UUID, str]]:
    """Customers whose names are like what each text says; by its words where none is the whole of it."""
    found: list[dict[UUID, str]] = [{} for _one in unclear]
    profile_id = ground.account.profile_id
    names = [one.payer.asked for one in unclear]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALIKE, [ALIKE])
        cursor.execute(_BY_NAME, [list(range(len(names))), names, profile_id, NAMES_OF_A_LINE])
        for at, key, name in cursor.fetchall():
            found[at][key] = name
        cursor.execute(_AS_BEFORE)
        lost = [
            at
            for at, one in enumerate(unclear)
            if not any(one.like(key, name) >= WHOLE for key, name in found[at].items())
        ]
        words = [(at, names[at], word) for at in lost for word in unclear[at].payer.solid]
        if words:
            cursor.execute(_BY_WORD, [*map(list, zip(*words, strict=True)), profile_id, NAMES_OF_A_LINE])
            for at, key, name in cursor.fetchall():
                found[at][key] = name
    return found


def _only_the_longest(one: Asked, names: dict[UUID, str]) -> None:
    """Of "Kamau Hardware" and "Kamau Hardware Supplies" only the second is meant where the text has all of it."""
    whole = {key: set(name_of(name).words) for key, name in names.items() if has_all(name_of(name), one.payer)}
    for key, words in whole.items():
        if any(words < other for other in whole.values()):
            one.names[key] = min(one.names.get(key, LIKE), LIKE)


def _read_rates(ground: Ground, coming: Sequence[Asked]) -> None:
    """The rates of the days of the lines, where invoices in other currencies may be meant."""
    named_ones = (each for those in ground.by_tail.values() for each in those)
    away = {each.currency for each in (*named_ones, *(one for those in ground.foreign.values() for one in those))}
    away -= {ground.account.currency}
    if coming and away and RuleKind.FOREIGN in ground.rules:
        days = [one.line.booked_on for one in coming]
        ground.rates = rates_read(ground.account, away, since=min(days), until=max(days))


def _read_recorded(ground: Ground, coming: Sequence[Asked]) -> None:
    """Payments over the same money that no line stands for yet, from around the days of the lines."""
    if RuleKind.RECORDED not in ground.rules or not coming:
        return
    rule = ground.rules[RuleKind.RECORDED]
    days = [one.line.booked_on for one in coming]
    since, until = min(days) - timedelta(rule.days_before), max(days) + timedelta(rule.days_after)
    worths = {one.worth for one in coming}
    stands = LineMatch.objects.filter(payment=OuterRef("pk"), undone_at__isnull=True)
    rows = Payment.objects.filter(
        ~Exists(stands),
        Q(amount_withheld=0, amount__in=worths) | Q(amount_withheld__gt=0),
        profile_id=ground.account.profile_id,
        currency=ground.account.currency,
        status=PaymentState.COMPLETED,
        received_on__range=(since, until),
    )
    if ground.at_provider:
        rows = rows.filter(provider=ground.account.provider)
    for payment in rows.select_related("customer").order_by("received_on", "pk")[:MOST_ROWS]:
        if payment.amount_received in worths:
            ground.recorded[payment.amount_received].append(payment)


def _read_payouts(ground: Ground, coming: Sequence[Asked]) -> None:
    """Money that left the balance at a provider and may be what came in here."""
    if RuleKind.PAYOUT not in ground.rules or ground.account.ledger_account is not AccountKind.CASH or not coming:
        return
    days = [one.line.booked_on for one in coming]
    rows = StatementLine.objects.filter(
        account__kind=BankAccountKind.PROVIDER,
        profile_id=ground.account.profile_id,
        currency=ground.account.currency,
        amount__in={-one.line.amount for one in coming},
        state__in=OPEN_LINES,
        booked_on__range=(min(days) - timedelta(PAYOUT_DAYS), max(days) + timedelta(1)),
    )
    for line in rows.select_related("account").order_by("booked_on", "pk")[:MOST_ROWS]:
        ground.payouts[-line.amount].append(line)


def _named_by(ground: Ground, one: Asked, least: Named) -> list[OpenInvoice]:
    found = [each for key in one.keys for each in ground.by_tail.get(key, ())]
    return [each for each in found if named(one.mentions, each.forms) >= least]


def _is_clear(ground: Ground, one: Asked) -> bool:
    """Whether the text names an open invoice over the very amount: nothing else has to be looked for."""
    return any(each.due == one.worth for each in _named_by(ground, one, Named.TAIL))
