"""Units of a count or a price and their conversion (sections 3 and 4 of the drafting rules).

`UNIT` is the catch-all: pieces, boxes, litres and any other counted noun. `MINUTE` is understood on the way in only;
a draft never shows it as a unit.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final

from ai_agent.drafting.rules.wordsets import word_set

UNIT: Final = "unit"
MINUTE: Final = "minute"
PROJECT: Final = "project"
HALF_HOUR_MINUTES: Final = 60

_ALIASES: Final[dict[str, str]] = {
    "hour": "hour hours hous hurs h hr hrs hrs. hr. hour's hours' saa masaa",
    "minute": "minute minutes min mins min. mins. dakika",
    "day": "day days dayz d siku",
    "week": "week weeks wk wks wiki majuma juma",
    "month": "month months moth moths mo mos mth mths mnth mnths mon. p/m mwezi miezi",
    "quarter": "quarter quarters qtr qtrs qtr. robo-mwaka",
    "year": "year years yr yrs yr. annum mwaka miaka",
    "page": "page pages pg pgs ukurasa kurasa",
    "session": "session sessions kipindi vipindi",
    "license": "license licenses licence licences leseni",
    "user": "user users seat seats mtumiaji watumiaji",
    "word": "word words neno maneno",
    "km": "km kms kilometre kilometres kilometer kilometers kilomita",
    "project": "project projects mradi miradi",
    "unit": (
        "unit units pc pcs pc. pcs. no. nos nos. piece pieces item items image images kg kgs kilo kilos kilogram"
        " kilograms litre litres liter liters lita gb gbs mb tb box boxes roll rolls tin tins crate crates bag bags"
        " bottle bottles pack packs packet packets pair pairs set sets tonne tonnes ton tons metre metres "
        "meter meters"
        " sqm head person people copy copies carton cartons drum drums bundle bundles sheet sheets ream "
        "reams sack sacks"
        " gunia magunia kipande vipande mfuko mifuko sanduku masanduku katoni chupa debe kreti kitu vitu mtu watu"
        " delegate delegates participant participants plate plates sahani tray trays pallet pallets bale bales"
        " m2 m3 ft2 ft3 sqft acre acres hectare hectares ekari kwh"
        " safari muhula mihula mwanafunzi wanafunzi mgeni wageni mtungi mitungi jozi trei ndoo kifaa vifaa pakiti"
        " mile miles trip trips visit visits night nights mara times post posts photo photos video videos"
    ),
}
ALIASES: Final[dict[str, str]] = {alias: unit for unit, words in _ALIASES.items() for alias in words.split()}
SINGULARS: Final = word_set(
    "hour h hr hr. saa minute min day d siku week wk wiki month mo mth mwezi quarter qtr year yr annum mwaka page pg"
    " ukurasa session kipindi license licence leseni user seat mtumiaji word neno km kilometre kilometer "
    "kilomita project"
    " mradi unit pc piece item image kg kilo kilogram litre liter lita gb mb tb box roll tin crate bag "
    "bottle pack packet"
    " pair set tonne ton metre meter sqm head person copy carton drum bundle sheet ream sack kipande mfuko "
    "sanduku katoni"
    " chupa debe kreti mtu muhula mwanafunzi mgeni mtungi kifaa"
    " delegate participant plate sahani tray pallet bale mile trip visit night post photo video"
)
# A unit whose plural looks like its singular says nothing about how many.
INVARIANT: Final = word_set(
    "siku saa masaa wiki lita kilo km gb dakika leseni sahani chupa debe mara safari jozi trei ndoo "
    "pakiti m2 m3 ft2 ft3 sqft sqm "
    "ekari kwh h hr hrs d mo p/m kg pcs pg"
)

MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
TIMES: Final = frozenset({"hour", "day", "week", "month", "quarter", "year", MINUTE})

ADVERBS: Final[dict[str, str]] = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter",
    "yearly": "year", "annually": "year", "pm": "month", "pcm": "month", "p/m": "month", "ph": "hour", "p/h": "hour",
    "p/d": "day", "pd": "day", "p/w": "week", "pw": "week", "pa": "year", "p.a.": "year", "p.a": "year",
    "p/a": "year", "p.m.": "month", "p/p": "page", "p/u": UNIT, "pp": UNIT,
}  # fmt: skip
PERIOD_ADJECTIVES: Final[dict[str, str]] = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "annual": "year", "day": "day", "hour": "hour", "week": "week", "month": "month", "page": "page", "word": "word",
    "session": "session", "km": "km",
}  # fmt: skip


# Long enough to be a slip of the hand rather than another word.
SLIP_LENGTH: Final = 5
_SLIPS_FOR: Final = tuple(alias for alias in ALIASES if len(alias) >= SLIP_LENGTH)
_NOT_SLIPS: Final = word_set(
    "works cords lords swords house houses paces visas boats years dates place spots ports ties views "
    "usher wards wads"
    " pager pagers sages wages cages stages weeds seeks reeks heats seams seals meats beats meals teats "
    "units unite unity"
    " pastes posit tours yours dours ours fours pours hoops words world month mouth mouths tooth moths "
    "lists items times"
    " hinges images plates plants planes nights lights rights sights fights knights photos heels meters "
    "betters letters"
    " litter litters lifters copies coping boxers foxes taxes bows bots bottles trips tripe strips grips pairs chairs"
    " hairs stairs fairs packs racks backs jacks decks desks sheers cheers trains drains grains rains brains pieces"
    " prices slices places peaces niece nieces cartons cartoon cartoons drums drugs rolls roles holes "
    "poles calls balls"
    " walls halls malls tills bills mills pills hills"
)


@lru_cache(maxsize=4096)
def canonical(word: str) -> str | None:
    """The canonical unit of a word, mending a slip of the hand in a longer one; None for any other word."""
    key = word.lower()
    unit = ALIASES.get(key) or ALIASES.get(key.rstrip("."))
    if unit is not None or len(key) < SLIP_LENGTH or key in _NOT_SLIPS:
        return unit
    return next((ALIASES[alias] for alias in _SLIPS_FOR if is_slip(key, alias)), None)


def is_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, doubled, wrong or swapped with its neighbour; the first letter is right."""
    if typed == meant or typed[:1] != meant[:1] or abs(len(typed) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    rest, wanted = typed[start:], meant[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:] if len(wanted) > 1 else False
    return swapped or rest[1:] == wanted or rest == wanted[1:] or _one_wrong(rest, wanted)


def _one_wrong(rest: str, wanted: str) -> bool:
    # A changed last letter makes other words (months, month's; hours, hourd): only a letter inside counts.
    return len(wanted) > 1 and rest[1:] == wanted[1:]


def is_plural(word: str) -> bool:
    """Whether a unit word speaks of more than one."""
    key = word.lower()
    return key not in SINGULARS and key not in INVARIANT and canonical(key) is not None


def factor(counted: str, priced: str) -> Decimal | None:
    """What one counted unit is in priced units: year to month 12, minute to hour 1/60. None where none is defined."""
    if counted == priced:
        return Decimal(1)
    if counted in MONTHS and priced in MONTHS:
        return Decimal(MONTHS[counted]) / Decimal(MONTHS[priced])
    if (counted, priced) == (MINUTE, "hour"):
        return Decimal(1) / HALF_HOUR_MINUTES
    if (counted, priced) == ("hour", MINUTE):
        return Decimal(HALF_HOUR_MINUTES)
    return None


def convert(quantity: Decimal, counted: str, priced: str) -> Decimal | None:
    """A quantity in the unit that the price is for (multiplied before it is divided, so 90 minutes are exactly 1.5)."""
    if counted == priced:
        return quantity
    if counted in MONTHS and priced in MONTHS:
        return quantity * MONTHS[counted] / MONTHS[priced]
    if (counted, priced) == (MINUTE, "hour"):
        return quantity / HALF_HOUR_MINUTES
    if (counted, priced) == ("hour", MINUTE):
        return quantity * HALF_HOUR_MINUTES
    return None
