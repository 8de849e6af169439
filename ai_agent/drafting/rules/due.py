"""When to pay: finding the words that say so, and the date that they mean (section 7 of the drafting rules)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from ai_agent.drafting.rules import dates
from ai_agent.drafting.rules.numbers import LITERAL, literal_value, read_words
from ai_agent.drafting.rules.patterns import COUNT, GAP

DEFAULT_DAYS: Final = 30
_MAX_DAYS: Final = 3650
_LOOK_BACK: Final = 40
_MAX_PHRASES: Final = 20
_TERMS: Final = re.compile(r"(\d{1,3})")

_SPAN_UNIT: Final = r"(?:days?|weeks?|wks?|fortnights?|months?|mths?)\b(?:'s?)?"
_SPAN: Final = (
    rf"(?:(?:{COUNT}|an?)[\s-]*(?:calendar\s+|working\s+|business\s+)?{_SPAN_UNIT}(?:\s+time\b)?"
    rf"|\b(?:siku|wiki|miezi|mwezi)\s+{COUNT})"
)
_NOW: Final = (
    r"(?:\b(?:up)?on\s+(?:receipt|presentation|delivery)\b|\bimmediate(?:ly)?\b|\bstraight\s?away\b|"
    r"\bright\s+away\b|\btoday\b|\bnow\b"
    r"|\bat\s+once\b|\bsame\s+day\b|\bleo(?:\s+hii)?\b|\bpapo\s+hapo\b|\bmara\s+moja\b|\bsasa\s+hivi\b)"
)
_TOMORROW: Final = r"(?:\bday\s+after\s+tomorrow\b|\btomorrow\b|\bkesho(?:\s+kutwa)?\b)"
_MONTH_END: Final = (
    r"(?:\b(?:the\s+)?(?:very\s+)?(?:end|close|last\s+day)\s+of\s+(?:the\s+|this\s+)?(?:current\s+)?(?:next\s+|"
    r"following\s+|coming\s+)?month\b"
    r"|\bnext\s+month[\s-]end\b|\b(?:this\s+)?month[\s-]?end\b|\beom\b|\bmwisho\s+wa\s+mwezi(?:\s+(?:ujao|huu))?\b"
    rf"|\b(?:the\s+)?end\s+of\s+{dates.MONTH}|\bmwisho\s+wa\s+(?:mwezi\s+wa\s+)?{dates.MONTH}"
    r"|\b(?:the\s+)?end\s+of\s+(?:the\s+|this\s+)?year\b|\bmwisho\s+wa\s+mwaka\b|\byear[\s-]end\b)"
)
_WEEKDAY: Final = (
    rf"(?:\b(?:next\s+|this\s+|coming\s+|the\s+coming\s+)?{dates.WEEKDAY}(?:\s+(?:ijayo|hii|next\s+week|"
    r"this\s+week|coming))?"
    rf"|\bweek\s+ijayo\s+{dates.WEEKDAY})"
)
_DAY: Final = (
    r"(?:\b(?:the\s+)?\d{1,2}(?:st|nd|rd|th)\b(?!\s+(?:floor|anniversary|instal))|\bthe\s+\d{1,2}\b(?![\d,.:]\d)"
    r"|\btarehe\s+(?:mosi|\d{1,2})\b(?!/)|\b(?:the\s+)?first\s+of\s+(?:the|next)\s+month\b)"
    r"(?:\s+(?:of\s+)?(?:next|this|the)\s+month\b|\s+(?:ya\s+)?mwezi\s+(?:ujao|huu)\b)?"
)
_DATE: Final = rf"(?:(?:\btarehe\s+|\bthe\s+)?(?:{dates.ANY})|(?<![\d/]){dates.SHORT_NUMERIC})"
_POINT: Final = rf"(?:{_DATE}|{_MONTH_END}|{_TOMORROW}|{_WEEKDAY}|{_DAY})"
_ANY: Final = rf"(?:{_DATE}|{_MONTH_END}|{_SPAN}|{_TOMORROW}|{_NOW}|{_WEEKDAY}|{_DAY})"

_CUE: Final = (
    r"(?:due|payable|payment|payments|pay|pays|paid|settle|settled|settlement|deadline|terms?|credit\s+period"
    "|ilipwe|walipe|alipe|mlipe|yalipwe|lipwe|italipwa|inalipwa|itakayolipwa|inayolipwa|watalipa|atalipa|"
    "kulipa|kulipwa|malipo|muda)"
)
_LINK: Final = (
    "(?:date|day|time|period|is|are|be|to|will|would|should|must|can|on|by|in|within|before|the|of|at|due|"
    "payable|payment"
    "|pay|paid|no|not|later|than|latest|full|invoice|it|this|them|they|us|up|until|till|net|after|"
    r"for\s+payment|falls|required"
    r"|expected|please|pls|strictly|cob|close\s+of\s+business|na|ni|ya|kabla|ifikapo|ikifika|ndani|mnamo|"
    "hadi|mpaka|wa|kwa|baada|kufikia"
    r"|yake|ankara|malipo|wao|yafanyike|yawe|iwe)"
)
_CUED: Final = rf"\b{_CUE}\b(?:{GAP}{_LINK}\b){{0,8}}(?:[\s:,=-]+){_ANY}"
_AFTERWARDS: Final = (
    rf"{_SPAN}{GAP}?(?:'\s*)?\s*(?:this\s+time|to\s+(?:pay|settle)|(?:payment\s+)?terms?\b|credit\b|net\b|"
    r"za\s+kulipa|ya\s+kulipa|kulipa\b"
    r"|payment\b|for\s+payment\b|of\s+credit\b)"
)
_UNTIL: Final = r"(?:until|till|up\s+to|hadi|mpaka)"
# "they have until Friday to pay", "they asked for 60 days on this one", "allow the client 3 weeks"
_GRANTED: Final = (
    rf"(?:\b(?:they|he|she|client|customer|§)(?:\s+|'ve\s+|'s\s+)(?:will\s+|can\s+)?)?"
    rf"(?:\b(?:have|has|gets?|got)\s+{_UNTIL}\s+(?:the\s+)?{_POINT}|\bwa(?:na|pe|pewe)\s+{_UNTIL}\s+{_POINT}"
    rf"|\b{_UNTIL}\s+(?:the\s+)?{_POINT}(?=\s+to\s+(?:pay|settle)))(?:\s+to\s+(?:pay|settle)(?:\s+(?:it|this|us|up))?)?"
    rf"|(?:\b(?:they|he|she|we|client|customer|§)(?:\s+|'ve\s+|'s\s+)(?:have\s+|has\s+)?)?"
    rf"(?:\b(?:asked\s+for|agreed(?:\s+(?:to|on))?|wants?|needs?|gets?|get|requested|allowed|offered)\s+)?"
    rf"{_SPAN}\s+(?:on|for)\s+this\s+(?:one|invoice|bill)\b"
    rf"|\b(?:allow|grant|offer|give)\s+(?:them|him|her|§|the\s+(?:client|customer))\s+{_SPAN}(?=\s*(?:[,;.!\n)]|$|to\s+pay))"
)
_NET: Final = r"\bnet[\s-]?(?:\d{1,2}|1[0-8]0)\b(?![.,]?\d|\s*%)(?:\s*days?\b)?|\bn/(?:\d{1,2})\b"
_BY: Final = (
    r"\b(?:by|before|no\s+later\s+than|not\s+later\s+than|latest(?:\s+by)?|kabla\s+ya|ifikapo|kufikia|mwisho\s+ni)\s+"
    rf"(?:(?:the|cob|close\s+of\s+business|on|siku\s+ya)\s+){{0,2}}{_POINT}"
)
_WITHIN: Final = rf"\b(?:within|ndani\s+ya|baada\s+ya)\s+(?:the\s+next\s+)?{_SPAN}"
_ALONE_START: Final = r"(?:(?<=[,;.\n(:])|(?<= -)|(?<=^))\s*"
_ALONE_END: Final = r"(?=\s*(?:please|pls|tafadhali|thanks|asante)?\s*(?:[,;.!\n)]|-|$))"
# The usual terms in days, said at the end and nowhere else priced: "logo 60, 14 days".
_USUAL_DAYS: Final = r"(?:7|10|14|15|21|28|30|45|60|90)\s+days"
_LAST: Final = r"(?=\s*(?:please|pls|tafadhali|thanks|asante)?\s*(?:[;.!\n)]|$))"
_ALONE: Final = (
    rf"{_ALONE_START}(?:(?:on|at|in|kwa)\s+)?(?:the\s+)?(?:{_NOW}|{_WEEKDAY}|{_DAY}|{_TOMORROW}|{_USUAL_DAYS}){_LAST}"
    rf"|\b(?:(?:at|on)\s+)?(?:the\s+)?{_MONTH_END}{_ALONE_END}"
    rf"|{_ALONE_START}in\s+{_SPAN}{_ALONE_END}|\b(?:up)?on\s+receipt\b"
)
_TAIL: Final = (
    r"(?:\s+(?:from\s+(?:now|today|invoice\s+date|the\s+invoice\s+date|receipt|date\s+of\s+invoice)|"
    r"of\s+(?:receipt|invoice|invoice\s+date)"
    r"|please|pls|at\s+the\s+latest|latest|ijayo|kutoka\s+leo|kuanzia\s+leo|tafadhali)\b)?"
)

# The strongest wording first; the first that is found says the date.
_PHRASES: Final = tuple(
    re.compile(rf"(?:{pattern}){_TAIL}", re.IGNORECASE)
    for pattern in (_CUED, _GRANTED, _AFTERWARDS, _NET, _BY, _WITHIN, _ALONE)
)
_NOT_OURS: Final = re.compile(
    r"(?:\b(?:was|were|wasn't|over|been|already|last|previous|old)"
    r"|\b(?:deliver|delivered|done|complete|completed|finish|finished|ready|installed|start|starts|started|"
    "launch|work)"
    r")\s*$",
    re.IGNORECASE,
)


def default_days(payment_terms: str) -> int:
    """The days of payment terms like "net_30"; 30 where they name none, 0 for "due_on_receipt"."""
    match = _TERMS.search(payment_terms)
    if match:
        return int(match[1])
    return 0 if "receipt" in payment_terms.lower() or "immediate" in payment_terms.lower() else DEFAULT_DAYS


_PER_DAY: Final = re.compile(
    r"\bper\s+day\b|/\s*d(?:ay)?\b|\ba\s+day\b|\bdaily\b|\bday\s+rate\b|\beach\s+day\b", re.IGNORECASE
)


def find(text: str) -> list[tuple[int, int]]:
    """Where the text says when to pay, the wording to go by first; places are in the text as given."""
    found: list[tuple[int, int]] = []
    for pattern in _PHRASES:
        for match in islice(pattern.finditer(text), _MAX_PHRASES):
            start, end = match.start() + len(match[0]) - len(match[0].lstrip()), match.end()
            overlaps = any(start < other_end and other_start < end for other_start, other_end in found)
            counted = "days" in match[0] and pattern is _PHRASES[-1] and _PER_DAY.search(text)
            if not (overlaps or counted) and not _NOT_OURS.search(text[max(0, start - _LOOK_BACK) : start]):
                found.append((start, end))
    return found


def due_date(phrase: str, today: date, *, month_first: bool) -> date | None:
    """The date that a phrase means, seen from today; None where it names none."""
    readers: tuple[Callable[[], date | None], ...] = (
        lambda: _full_date(phrase, today, month_first=month_first),
        lambda: _month_end(phrase, today),
        lambda: _day_of_month(phrase, today),
        lambda: _tomorrow(phrase, today),
        lambda: _span(phrase, today),
        lambda: _weekday(phrase, today),
        lambda: today if re.search(_NOW, phrase, re.IGNORECASE) else None,
    )
    return next((found for reader in readers if (found := reader()) is not None), None)


def _full_date(phrase: str, today: date, *, month_first: bool) -> date | None:
    if re.search(_DATE, phrase, re.IGNORECASE) is None:
        return None
    return dates.parse(phrase, today, month_first=month_first)


def _month_end(phrase: str, today: date) -> date | None:
    match = re.search(_MONTH_END, phrase, re.IGNORECASE)
    if match is None:
        return None
    words = match[0].lower()
    if "year" in words or "mwaka" in words:
        return date(today.year, 12, 31)
    if re.search(r"next|following|coming|ujao", words):
        return dates.last_of_month(today.year, today.month + 1)
    named = re.search(dates.MONTH + "$", words)
    if named is None:
        return dates.last_of_month(today.year, today.month)
    month = dates.month_number(named[0])
    return dates.last_of_month(today.year + (month < today.month), month)


def _day_of_month(phrase: str, today: date) -> date | None:
    match = re.search(_DAY, phrase, re.IGNORECASE)
    if match is None:
        return None
    digits = re.search(r"\d{1,2}", match[0])
    day = int(digits[0]) if digits else 1
    if re.search(r"next|ujao", match[0], re.IGNORECASE):
        end = dates.last_of_month(today.year, today.month + 1)
        return dates.make(end.year, end.month, min(day, end.day))
    return dates.coming_day(day, today)


def _tomorrow(phrase: str, today: date) -> date | None:
    match = re.search(_TOMORROW, phrase, re.IGNORECASE)
    if match is None:
        return None
    return today + timedelta(days=2 if re.search("after|kutwa", match[0], re.IGNORECASE) else 1)


def _count(words: str) -> int | None:
    literal = LITERAL.search(words)
    if literal:
        value = literal_value(literal[0])
    else:
        spelled = words.lower().replace("-", " ").split()
        readings = (read_words(spelled[at:]) for at in range(len(spelled)))
        reading = next((found for found in readings if found is not None), None)
        value = reading[0] if reading else Decimal(1)
    return int(value) if 0 <= value <= _MAX_DAYS else None


def _span(phrase: str, today: date) -> date | None:
    net = re.search(_NET, phrase, re.IGNORECASE)
    match = net or re.search(_SPAN, phrase, re.IGNORECASE)
    if match is None:
        return None
    count = _count(match[0])
    if count is None:
        return None
    words = match[0].lower()
    if re.search(r"month|mth|miezi|mwezi", words):
        return _months_later(today, count)
    for unit, days in (("fortnight", 14), ("week", 7), ("wk", 7), ("wiki", 7)):
        if unit in words:
            return today + timedelta(days=count * days)
    return today + timedelta(days=count)


def _months_later(today: date, months: int) -> date:
    end = dates.last_of_month(today.year, today.month + months)
    return end.replace(day=min(today.day, end.day))


def _weekday(phrase: str, today: date) -> date | None:
    match = re.search(_WEEKDAY, phrase, re.IGNORECASE)
    if match is None:
        return None
    words = match[0].lower()
    name = re.search(dates.WEEKDAY, words)
    if name is None:
        return None
    weekday = dates.WEEKDAYS[name[0]]
    if re.search(r"\bnext\b|ijayo", words):
        return dates.weekday_of_next_week(weekday, today)
    return dates.next_weekday(weekday, today)
