"""When a figure is a count: "3 months", "8 training sessions", "siku 5", "4 @ 2000", "x 6" (sections 3 and 4)."""

from __future__ import annotations

from typing import Final

from ai_agent.drafting.rules import lexicon, swahili_numbers, units
from ai_agent.drafting.rules.context import HALVES, MODIFIERS, Context, Role, Slot, Strength
from ai_agent.drafting.rules.figures import Figure
from ai_agent.drafting.rules.wordsets import word_set

_PLAIN_UNITS: Final = word_set(
    "pcs pc units unit no nos piece pieces lita litre litres liter liters kg kgs kilo kilos gb mb tb tonne "
    "tonnes metre metres sqm m2 m3 ft2 ft3 sqft acre acres hectare hectares ekari kwh mara times"
)
PLAIN_MODIFIERS: Final = word_set("more fewer less zaidi full whole calendar working business further solid")
_SWAHILI_OF: Final = word_set("za ya vya wa cha la")
_PLURALS: Final = word_set("people children men women staff media data")
_MAX_NOUNS: Final = 5
LARGE: Final = 100


def read_count(context: Context, at: int, figure: Figure) -> Slot | None:
    if figure.currency is not None or figure.percent:
        return None
    return _count_by_unit(context, at, figure) or _count_by_place(context, at, figure)


def _count_by_unit(context: Context, at: int, figure: Figure) -> Slot | None:
    ahead = counted_ahead(context, at)
    if ahead is None:
        return _count_before(context, at, figure)
    place, adjacent = ahead
    between = {context.low(index) for index in range(at + 1, place)}
    plain = adjacent and between <= PLAIN_MODIFIERS | {"a", "an"}
    used = {at} | (set(range(at + 1, place + 1)) if plain and is_dropped(context, place) else set())
    slot = Slot(at, figure, Role.COUNT, Strength.STRONG, unit=context.pieces[place].text, used=used)
    slot.each = context.low(place + 1) == "each"
    if slot.each:
        slot.used.add(place + 1)
    hyphen = context.low(place - 1) == "-"
    slot.adjective = (adjacent and _is_adjective(context, place, figure)) or hyphen or _is_size(context, place)
    if hyphen:
        slot.used |= {place - 1, place}
    return slot


def counted_ahead(context: Context, at: int) -> tuple[int, bool] | None:
    """The place of the unit word that a figure counts, and whether it is adjacent: "3 days", not "8 ICT sessions"."""
    ahead = at + 1
    while context.is_word(ahead + 1) and (
        context.low(ahead) in MODIFIERS or (context.low(at) in HALVES and context.low(ahead) in {"a", "an"})
    ):
        ahead += 1
    head = _head_of(context, ahead)
    if context.unit(ahead) is not None and context.low(ahead) not in {"p", "c"}:
        return _adjacent_or_head(context, at, ahead, head)
    if context.low(ahead) in {"no", "nos"}:
        return ahead, True
    if context.low(ahead) == "-" and context.unit(ahead + 1) is not None:
        return ahead + 1, True
    if head is None or context.unit(head) is None:
        return None
    return (head, False) if units.is_plural(context.low(head)) or _is_one(context, at) else None


def _is_one(context: Context, at: int) -> bool:
    figure = context.figure(at)
    return figure is not None and figure.value == 1


def _adjacent_or_head(context: Context, at: int, ahead: int, head: int | None) -> tuple[int, bool] | None:
    """ "12 project hours" counts hours, "6 user manuals" manuals: a singular before a plural only describes it."""
    describes = (
        context.low(ahead) in units.SINGULARS and not _is_one(context, at) and context.unit(ahead) not in units.TIMES
    )
    if not describes or head is None or head == ahead or not is_many(context.low(head)):
        return ahead, True
    return (head, False) if context.unit(head) is not None else None


def _head_of(context: Context, at: int) -> int | None:
    """The last word of the noun phrase that starts here."""
    head, index = None, at
    while index < at + _MAX_NOUNS:
        if context.is_figure(index) and context.low(index + 1) == "-" and context.unit(index + 2) is not None:
            index += 3  # "half-day workshops"
            continue
        if not context.is_noun(index):
            break
        head = index
        index += 1
    return head


def is_dropped(context: Context, at: int) -> bool:
    """Whether a counted unit word says no more than the unit column of the draft does."""
    return units.canonical(context.low(at)) not in {units.UNIT, None} or context.low(at) in _PLAIN_UNITS


def _is_size(context: Context, place: int) -> bool:
    """ "500 GB backup storage" says how large, not how many, unless each GB is priced."""
    return context.low(place) in {"gb", "mb", "tb"} and context.is_noun(place + 1)


def _is_adjective(context: Context, place: int, figure: Figure) -> bool:
    """ "10 page brochure": a unit in the singular before its noun describes, unless the price is per that unit."""
    word = context.low(place)
    whole = word in units.SINGULARS and len(word) > len("hour") - 1 and word not in units.INVARIANT
    return whole and figure.value != 1 and (context.is_content(place + 1) or context.low(place + 1) in lexicon.WEAK)


def _count_before(context: Context, at: int, figure: Figure) -> Slot | None:
    """ "siku 5", "hours: 60", "qty 4": the unit stands before its number."""
    place = at - 1
    while context.low(place) in {":", "=", "-", "ni"}:
        place -= 1
    word = context.low(place)
    if word in {"qty", "quantity", "idadi", "kiasi", "count"}:
        return Slot(at, figure, Role.COUNT, Strength.STRONG, used={place, at} | set(range(place, at)))
    unit = context.unit(place)
    counts = unit is not None and (units.is_plural(word) or word in units.INVARIANT or word in {"mwezi", "mwaka"})
    if (
        not counts
        or context.low(place - 1) in {"per", "a", "an", "each", "every", "kila", "/"}
        or context.is_figure(place - 1)
    ):
        return None
    if unit == units.UNIT and not figure.plain:
        return None
    used = set(range(place + 1, at + 1)) | ({place} if is_dropped(context, place) else set())
    if context.low(place - 1) in {"kwa", "for", "ya"}:
        used.add(place - 1)
    return Slot(at, figure, Role.COUNT, Strength.STRONG, unit=context.pieces[place].text, used=used)


def _count_by_place(context: Context, at: int, figure: Figure) -> Slot | None:
    after = context.low(at + 1)
    if after in {"x", "*"} and figure.plain:
        return Slot(at, figure, Role.COUNT, Strength.FAIR, used={at, at + 1})
    if _price_comes(context, at + 1) and (figure.plain or figure.spelled or _has_price_after(context, at + 1)):
        return Slot(at, figure, Role.COUNT, Strength.FAIR, used={at})
    counts_noun = context.is_content(at - 1) or (opens_item(context, at) and figure.value < LARGE)
    agrees = context.low(at) in swahili_numbers.AGREEING and context.is_content(at - 1)
    if agrees or (after in _SWAHILI_OF and counts_noun and figure.plain):
        return Slot(at, figure, Role.COUNT, Strength.FAIR, used={at})
    if before_plural(context, at) and (figure.plain or figure.spelled or _has_price_after(context, at + 1)):
        return Slot(at, figure, Role.COUNT, Strength.WEAK, used={at}, starts=opens_item(context, at))
    return None


def _has_price_after(context: Context, at: int) -> bool:
    return any(
        (figure := context.figure(index)) is not None
        and (figure.currency is not None or context.low(index - 1) in {"@", "at"})
        for index in range(at, len(context.pieces))
    )


def _price_comes(context: Context, at: int) -> bool:
    """ "4 @ 2000", "200 at 45", "4 kwa 500", "3 for £60 each"."""
    if context.low(at) in {"@", "at"}:
        return True
    return context.low(at) == "kwa" and (context.is_figure(at + 1) or context.low(at + 1) == "bei")


def before_plural(context: Context, at: int) -> bool:
    """Whether the noun phrase behind a figure speaks of many: "4 email templates", "200 business cards"."""
    first = at + 1
    while context.low(first) in MODIFIERS:
        first += 1
    head = _head_of(context, first)
    if head is None:
        return False
    return any(is_many(context.low(index)) for index in {first, head})


def is_many(word: str) -> bool:
    if word in _PLURALS:
        return True
    return len(word) > len("bus") and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "ics", "ous"))


def opens_item(context: Context, at: int) -> bool:
    return at == 0 or not context.is_word(at - 1)
