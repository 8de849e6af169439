"""What a line may be: sets of invoices of one customer, payments that are recorded, payouts; each with its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from billing_assistant.core.currencies import exponent
from billing_assistant.core.money import ZERO, percentage
from payments.models import MatchRule
from payments.services.match_foreign import Exchanged, settled_by
from payments.services.match_found import Fits, Found
from payments.services.match_ground import LIKE, MOST_OF_A_CUSTOMER, Asked, Ground
from payments.services.match_open import OpenInvoice
from payments.services.match_sums import subsets_of
from payments.services.match_texts import Named, named, nearly_named, turned
from payments.statement_states import RuleKind

MOST_ONLY_BY_AMOUNT: Final = 3
MOST_COMPLETED: Final = 12
DAYS_ONLY_BY_AMOUNT: Final = 10
"""Money given back that neither text nor name tells is suggested within so many days."""
FEE_SHARE: Final = Decimal(20)
"""A fee is never over this many per cent of what is due."""
CODE: Final = 6
"""A reference of a recorded payment this long or longer is looked for in a text."""


def found_for(one: Asked, ground: Ground) -> list[Found]:
    """All that may explain a line, what explains it best first within each rule."""
    if one.worth < 0:
        return _ordered(_given_back(one, ground), ground)
    if not one.worth:
        return []
    found = [*_recorded(one, ground), *_payouts(one, ground), *_invoices(one, ground), *_sets(one, ground)]
    return _ordered([*found, *_foreign(one, ground)], ground)


def _ordered(those: Iterable[Found], ground: Ground) -> list[Found]:
    found = [each for each in those if each.rule in ground.rules]
    return sorted(found, key=lambda each: (-each.weight, ground.rules[each.rule].position, *each.weakness))


def fee_limit(rule: MatchRule, due: Decimal, currency: str) -> Decimal:
    """The highest difference that is taken for a bank's fee: a share of what is due or a flat one."""
    flat = rule.fee_most if currency == rule.profile.currency else ZERO
    highest = max(percentage(due, rule.fee_percent, currency), flat)
    return min(highest, percentage(due, FEE_SHARE, currency))


def _invoices(one: Asked, ground: Ground) -> Iterator[Found]:
    """Single invoices: over the very amount, named by the text, or of a customer who is named."""
    near = {each.pk: each for each in ground.by_amount.get(one.worth, ())}
    for key in one.keys:
        near |= {each.pk: each for each in ground.by_tail.get(key, ()) if each.due > 0}
    for customer_id, like in list(one.names.items()):
        if like >= LIKE:
            near |= {each.pk: each for each in ground.by_customer.get(customer_id, ())}
    only_by_amount = []
    for each in near.values():
        found = _single(one, each, ground)
        if found is None:
            continue
        if found.rule is RuleKind.OTHER and found.names is Named.NOT and found.like < LIKE:
            only_by_amount.append(found)
        else:
            yield found
    if len(only_by_amount) <= MOST_ONLY_BY_AMOUNT:
        yield from only_by_amount


def _single(one: Asked, invoice: OpenInvoice, ground: Ground) -> Found | None:
    level = named(one.mentions, invoice.forms)
    like = one.like(invoice.customer_id, invoice.customer)
    fits, fee, surplus = _fit(one.worth, invoice.due, ground)
    if level is Named.NOT and fits is Fits.EQUAL:
        level = nearly_named(one.mentions, invoice.forms)
    days = -abs((one.line.booked_on - invoice.due_on).days)
    swapped = level is Named.TYPO and turned(one.mentions, invoice.forms)
    found = Found(RuleKind.OTHER, fits, level, like, days, (invoice,), fee=fee, surplus=surplus, turned=swapped)
    if fits is Fits.EQUAL:
        return replace(found, rule=_rule_of_equal(one, found, ground))
    if fits is Fits.SHORT and (level >= Named.BARE or like >= LIKE):
        return replace(found, rule=RuleKind.FEE)
    return found if level >= Named.TAIL or (level is Named.NOT and like >= _name_score(ground)) else None


def _rule_of_equal(one: Asked, found: Found, ground: Ground) -> RuleKind:
    """The rule that finds it; where that is switched off it is a mere suggestion."""
    if found.names > Named.NOT:
        told = RuleKind.REFERENCE if found.names >= Named.TAIL else RuleKind.TYPO
        return told if told in ground.rules else RuleKind.OTHER
    rule = ground.rules.get(RuleKind.NAME)
    if rule is None or found.like < rule.name_score:
        return RuleKind.OTHER
    age = (one.line.booked_on - found.invoices[0].issued_on).days
    return RuleKind.NAME if -rule.days_after <= age <= rule.days_before else RuleKind.OTHER


def _fit(worth: Decimal, due: Decimal, ground: Ground) -> tuple[Fits, Decimal, Decimal]:
    """How money fits what is due, with the fee that is missing or what is left over."""
    if worth == due:
        return Fits.EQUAL, ZERO, ZERO
    if worth > due:
        return Fits.OVER, ZERO, worth - due
    rule = ground.rules.get(RuleKind.FEE)
    if rule is not None and due - worth <= fee_limit(rule, due, ground.account.currency):
        return Fits.SHORT, due - worth, ZERO
    return Fits.PART, ZERO, ZERO


def _sets(one: Asked, ground: Ground) -> Iterator[Found]:
    """Several invoices of one customer: those that the text names, or any few that come to the amount."""
    rule = ground.rules.get(RuleKind.MERGED)
    if rule is None:
        return
    told = _told(one, ground)
    seen: set[frozenset[UUID]] = set()
    for those in told.values():
        if len(those) > 1 and (found := _named_set(one, those, ground)) is not None:
            seen.add(frozenset(each.pk for each in found.invoices))
            yield found
    likely = {key for key, like in one.names.items() if like >= LIKE} | set(told)
    for customer_id in likely:
        open_ones = [each for each in ground.by_customer.get(customer_id, ()) if each.due <= one.worth]
        for chosen in _completed(one, told.get(customer_id, []), open_ones):
            seen.add(frozenset(each.pk for each in chosen))
            yield _set_of(one, chosen, told[customer_id])
        open_ones = open_ones[:MOST_OF_A_CUSTOMER]
        amounts = [_minor(each.due, ground.account.currency) for each in open_ones]
        total = _minor(one.worth, ground.account.currency)
        for places in subsets_of(amounts, total, most=rule.invoices_most):
            chosen = tuple(open_ones[at] for at in places)
            key = frozenset(each.pk for each in chosen)
            if key not in seen:
                seen.add(key)
                yield _set_of(one, chosen, told.get(customer_id, []))


def _completed(
    one: Asked, those: Sequence[OpenInvoice], open_ones: Sequence[OpenInvoice]
) -> Iterator[tuple[OpenInvoice, ...]]:
    """All that a text names of a customer with the one or two invoices more that make up the amount."""
    missing = one.worth - sum((each.due for each in those), ZERO)
    if not those or missing <= 0:
        return
    mine = {each.pk for each in those}
    by_due: dict[Decimal, list[OpenInvoice]] = defaultdict(list)
    for each in open_ones:
        if each.pk not in mine and each.due <= missing:
            by_due[each.due].append(each)
    found: list[tuple[OpenInvoice, ...]] = [(each,) for each in by_due.get(missing, ())]
    if len(those) > 1 and not found:
        rest = [each for some in by_due.values() for each in some]
        found = [
            (each, other) for each in rest for other in by_due.get(missing - each.due, ()) if each.number < other.number
        ]
    for more in found[:MOST_COMPLETED]:
        yield tuple(sorted((*those, *more), key=lambda each: (each.due_on, each.number)))


def _told(one: Asked, ground: Ground) -> dict[UUID, list[OpenInvoice]]:
    """The open invoices that a text names, by customer."""
    found: dict[UUID, dict[UUID, OpenInvoice]] = defaultdict(dict)
    for key in one.keys:
        for each in ground.by_tail.get(key, ()):
            if each.due > 0 and named(one.mentions, each.forms) >= Named.BARE:
                found[each.customer_id][each.pk] = each
    return {customer_id: list(those.values()) for customer_id, those in found.items()}


def _named_set(one: Asked, those: Sequence[OpenInvoice], ground: Ground) -> Found | None:
    """All that a text names of a customer, when it comes to the amount or is short by a fee."""
    chosen = tuple(sorted(those, key=lambda each: (each.due_on, each.number)))
    due = sum((each.due for each in chosen), ZERO)
    fits, fee, _surplus = _fit(one.worth, due, ground)
    if fits < Fits.SHORT:
        return None
    found = _set_of(one, chosen, those)
    return replace(found, fits=fits, fee=fee, rule=RuleKind.MERGED if fits is Fits.EQUAL else RuleKind.FEE)


def _set_of(one: Asked, chosen: tuple[OpenInvoice, ...], told: Iterable[OpenInvoice]) -> Found:
    named_ones = {each.pk for each in told}
    levels = [named(one.mentions, each.forms) if each.pk in named_ones else Named.NOT for each in chosen]
    every, some = min(levels), max(levels)
    days = -min(abs((one.line.booked_on - each.due_on).days) for each in chosen)
    like = one.like(chosen[0].customer_id, chosen[0].customer)
    partly = every is Named.NOT and some >= Named.BARE
    level = Named.TYPO if partly else every
    many = sum(level > Named.NOT for level in levels)
    return Found(RuleKind.MERGED, Fits.EQUAL, level, like, days, chosen, partly=partly, told=many)


def _foreign(one: Asked, ground: Ground) -> Iterator[Found]:
    """Invoices in other currencies that the text or the payer names, by the rate of the day: only suggested."""
    rule = ground.rules.get(RuleKind.FOREIGN)
    if rule is None or not ground.rates.days:
        return
    near = {each.pk: each for key in one.keys for each in ground.by_tail.get(key, ())}
    for customer_id, like in one.names.items():
        if like >= LIKE:
            near |= {each.pk: each for each in ground.foreign.get(customer_id, ())}
    for each in near.values():
        rate = ground.rates.between(each.currency, ground.account.currency, one.line.booked_on)
        if each.currency == ground.account.currency or each.owed <= 0 or rate is None:
            continue
        level = max(named(one.mentions, each.forms), nearly_named(one.mentions, each.forms))
        like = one.like(each.customer_id, each.customer)
        amount = settled_by(one.worth, each.owed, each.currency, rate[0], percent=rule.fee_percent)
        whole = amount == each.owed
        if not amount or (level < Named.TAIL and (not whole or (level is Named.NOT and like < LIKE))):
            continue
        days = -abs((one.line.booked_on - each.due_on).days)
        fits = Fits.SHORT if whole else Fits.PART
        exchanged = Exchanged(each.currency, amount, *rate)
        yield Found(RuleKind.FOREIGN, fits, level, like, days, (each,), exchanged=exchanged)


def _recorded(one: Asked, ground: Ground) -> Iterator[Found]:
    for payment in ground.recorded.get(one.worth, ()):
        level = Named.FULL if _has_code(one, payment.reference, payment.external_id, payment.number) else Named.NOT
        like = one.like(payment.customer_id, payment.customer.name)
        days = -abs((one.line.booked_on - payment.received_on).days)
        if level is Named.FULL or like >= LIKE:
            yield Found(RuleKind.RECORDED, Fits.EQUAL, level, like, days, payment=payment)


def _given_back(one: Asked, ground: Ground) -> Iterator[Found]:
    """What was given back over the very money: named by the text or the name, or of the days around."""
    rule = ground.rules.get(RuleKind.GIVEN_BACK)
    for each in ground.gone.get(-one.worth, ()) if rule is not None else ():
        level = Named.FULL if _has_code(one, *each.codes) else Named.NOT
        like = one.like(each.thing.customer_id, each.thing.customer.name)
        days = -abs((one.line.booked_on - each.on).days)
        if level is Named.FULL or like >= LIKE or -days <= DAYS_ONLY_BY_AMOUNT:
            yield Found(RuleKind.GIVEN_BACK, Fits.EQUAL, level, like, days, gone=each, fee=each.fee)


def _has_code(one: Asked, *told: str) -> bool:
    """Whether the text has one of these references, ids at the provider, or numbers."""
    codes = {_signs(code) for code in told}
    text = {_signs(one.line.bank_id), _signs(one.line.reference)}
    text |= {_signs(word) for word in one.line.says.split()}
    return any(len(code) >= CODE and code in text for code in codes)


def _payouts(one: Asked, ground: Ground) -> Iterator[Found]:
    text = _signs(one.line.says)
    for line in ground.payouts.get(one.line.amount, ()):
        code = _signs(line.bank_id)
        level = Named.FULL if len(code) >= CODE and code in text else Named.NOT
        like = 100 if _signs(line.account.provider) in text else 0
        days = -abs((one.line.booked_on - line.booked_on).days)
        if level is Named.FULL or like:
            yield Found(RuleKind.PAYOUT, Fits.EQUAL, level, like, days, payout=line)


def _name_score(ground: Ground) -> int:
    rule = ground.rules.get(RuleKind.NAME)
    return rule.name_score if rule is not None else 101


def _signs(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


def _minor(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(exponent(currency)))
