"""Whether something that was found for a line is sure enough to be posted without a person.

It is only when it is the one thing of its rule, and every other thing that explains the money has less of each kind of
evidence: a reference, a name, an amount. Where two can be meant, nobody but a person decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from payments.services.match_found import Found
from payments.services.match_ground import LIKE, Asked, Ground
from payments.services.match_open import OpenInvoice
from payments.services.match_texts import Named, another_number, like_another, named
from payments.statement_states import RuleKind

ROUND: Final = Decimal(100)
"""Amounts without a remainder here are sums of others by chance too often."""
SAME_DAYS: Final = 4
CLEARLY: Final = 10
Besides = list[tuple[OpenInvoice, Named]]


def sure_of(one: Asked, found: Sequence[Found], ground: Ground) -> Found | None:
    """What can be posted by itself; None where a person has to look."""
    if one.line.pk in ground.undone:
        return None
    explaining = [each for each in found if each.explains]
    for each in explaining:
        rule = ground.rules[each.rule]
        if not rule.automatic or not _enough(one, each, ground):
            continue
        if all(_beats(each, other, one) for other in _others(each, explaining)):
            return each
    return None


def undisputed(claims: Iterable[tuple[Asked, Found]]) -> list[tuple[Asked, Found]]:
    """Of what is sure in a chunk, what no other line claims as well; of two the one that names it."""
    claimed = list(claims)
    best: dict[UUID, Named] = {}
    counts: Counter[tuple[UUID, Named]] = Counter()
    for _one, found in claimed:
        for key in _things(found):
            best[key] = max(best.get(key, Named.NOT), found.names)
            counts[key, found.names] += 1
    return [
        (one, found)
        for one, found in claimed
        if all(best[key] is found.names and counts[key, found.names] == 1 for key in _things(found))
    ]


def _things(found: Found) -> list[UUID]:
    things = [each.pk for each in found.invoices]
    things += [found.payment.pk] if found.payment is not None else []
    return things + ([found.payout.pk] if found.payout is not None else [])


def _others(each: Found, explaining: Sequence[Found]) -> list[Found]:
    return [other for other in explaining if other is not each and (other.names > Named.NOT or other.like >= LIKE)]


def _enough(one: Asked, found: Found, ground: Ground) -> bool:
    """Whether the evidence of one thing alone would do."""
    by_name = found.like >= ground.rules[found.rule].name_score
    besides = _names_besides(one, found, ground)
    match found.rule:
        case RuleKind.RECORDED:
            enough = found.names is Named.FULL or (by_name and -found.days < SAME_DAYS)
        case RuleKind.PAYOUT:
            enough = True
        case RuleKind.REFERENCE:
            enough = not any(each.due > 0 and level >= found.names for each, level in besides)
        case RuleKind.TYPO:
            enough = not ground.amounts_cut and _typo_is_clear(one, found, ground, besides, by_name=by_name)
        case RuleKind.MERGED:
            enough = _set_is_clear(one, found, ground, besides, by_name=by_name)
        case RuleKind.NAME:
            enough = not ground.amounts_cut and not besides and not _another_is_written(one, found)
        case RuleKind.FEE:
            enough = found.names >= Named.TAIL or (by_name and found.names >= Named.BARE and not besides)
        case RuleKind.OTHER | RuleKind.FOREIGN | RuleKind.GIVEN_BACK:
            enough = False
    return enough


def _typo_is_clear(one: Asked, found: Found, ground: Ground, besides: Besides, *, by_name: bool) -> bool:
    """Whether a number with an error is meant: no other that could be is named, and two errors need the name too."""
    if found.names is Named.DOUBT:
        return by_name and not besides and not any(like_another(one.mentions, each.forms) for each in found.invoices)
    if not by_name and one.worth % ROUND == 0:
        return False
    elsewhere = all(_is_not_it(each, one, found) for each, _level in besides)
    return not besides or (elsewhere and (by_name or len(ground.by_amount[one.worth]) == 1))


def _set_is_clear(one: Asked, found: Found, ground: Ground, besides: Besides, *, by_name: bool) -> bool:
    """Whether several invoices are meant: all of them named, all but one, or found by the payer's name and the sum."""
    if found.names >= Named.BARE:
        return True
    if _another_is_written(one, found):
        return False
    if found.partly:
        return not besides and (by_name or _only_one_missing(one, found))
    return by_name and found.customer_id not in ground.too_many and not besides


def _another_is_written(one: Asked, found: Found) -> bool:
    """Whether a number is written as those of invoices are, and is none of these: perhaps it is not in these books."""
    return another_number(one.mentions, [each.forms for each in found.invoices])


def _only_one_missing(one: Asked, found: Found) -> bool:
    """Whether all but one are named, and the one makes up an amount that does not come about by chance."""
    return len(found.invoices) - found.told == 1 and one.worth % ROUND != 0


def _is_not_it(named_one: OpenInvoice, one: Asked, found: Found) -> bool:
    """Whether an invoice that the text names by chance cannot be meant: another customer's, over other money."""
    return named_one.customer_id != found.customer_id and one.worth not in {named_one.total, named_one.due}


def _names_besides(one: Asked, found: Found, ground: Ground) -> Besides:
    """The invoices, open or settled, that the text names beside those found, and how surely."""
    mine = {each.pk for each in found.invoices}
    least = Named.TAIL if found.like >= LIKE else Named.BARE
    there = {each.pk: each for key in one.keys for each in ground.by_tail.get(key, ()) if each.pk not in mine}
    levels = [(each, named(one.mentions, each.forms)) for each in there.values()]
    return [(each, level) for each, level in levels if level >= least]


def _beats(each: Found, other: Found, one: Asked) -> bool:
    """Whether one explanation has no less of any evidence than another, and more of some."""
    if other.names > each.names or other.fits > each.fits or _named_better(other, each):
        return False
    if each.names > other.names:
        return True
    if each.customer_id != other.customer_id and _named_better(each, other):
        return True
    if each.fits > other.fits:
        likelier = each.like >= max(other.like, LIKE) and one.worth % ROUND != 0
        return each.customer_id == other.customer_id or likelier or each.names > Named.NOT
    return _simpler(each, other, one)


def _named_better(one: Found, other: Found) -> bool:
    """Whether the name of one payer is there and that of the other is not."""
    return one.customer_id != other.customer_id and one.like >= LIKE and one.like >= other.like + CLEARLY


def _simpler(each: Found, other: Found, one: Asked) -> bool:
    """One invoice over an odd amount beats three or four of the same customer that come to it by chance."""
    few, many = len(each.invoices), len(other.invoices)
    return few == 1 and many > 2 and each.customer_id == other.customer_id and one.worth % ROUND != 0  # noqa: PLR2004
