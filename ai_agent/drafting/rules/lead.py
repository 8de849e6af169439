"""How a request opens: "please raise an invoice for ...", "bill them for ...", "tengeneza ankara ya ...".

The opening is replaced by a mark: what follows it is what staff want billed.
"""

from __future__ import annotations

import re
from typing import Final

from ai_agent.drafting.rules.text import squeeze

MARK: Final = "¶"

_WHO: Final = (
    r"(?:§|them|'?em|him|her|us|me|the\s+(?:client|customer)|this\s+(?:client|customer)|client|customer|"
    r"mteja(?:\s+huyu)?|wateja)"
)
_INVOICE: Final = (
    "(?:(?:interim|progress|stage|tax|vat|pro-?forma|draft|new|quick|another|separate|final|next|sales|"
    "single|simple|proper|"
    r"monthly|regular|mpya|quarterly)\s+){0,6}"
    "(?:in(?:v|vo|voi|vio|ov)[a-z]{0,2}[cs]es?|invo?ice?s?|inv|invoic|invocie|inoice|bill|draft|ankara|"
    r"bili|invoisi)\b"
)
_MAKE: Final = (
    r"(?:create|creat|raise|draft|prepare|prep|make|do|issue|generate|send|write|get|put\s+together|cut|"
    r"draw\s+up|produce|knock\s+up|run\s+up|whip\s+up|put\s+through|set\s+up|have|process|need"
    r"|sort(?:\s+out)?|do\s+up|fix\s+up|arrange|organi[sz]e|want|require|build|compose|submit|start|e-?mail|work\s+up|tengeneza|andaa|unda|toa|fanya|tayarisha|"
    "andika|weka|naomba|nataka|nahitaji|tunahitaji|ningependa|nitengenezee|niandalie|tuandalie"
    "|nitumie|tuma|leta|nipe|tunaomba|unitengenezee|uniandalie|tutengeneze|tengenezea|andalia|(?:u|m|mu|"
    r"tu)(?:ni|tu|m|wa)?(?:tengenez|anda|tayarish|andik|tum|tole|tole)\w*|andikia|"
    "mwandikie|waandikie|needs|wants|hitaji|naitaji)"
)
_CHARGE: Final = (
    "(?:bill|invoi[cs]e|charge|billing|invoicing|invoce|invioce|inovice|lipisha|toza|mtoze|watoze|"
    "walipishe|mlipishe|watoze|mtozee|wadai)"
)
_POLITE: Final = (
    r"(?:(?:please|pls|plz|plese|pleas|plase|pleese|pl|kindly|(?:the\s+)?(?:boss|client|customer|manager|"
    r"director|owner|accountant)\s+(?:says?|said|wants?|asked|needs?)(?:\s+(?:us|you|me))?(?:\s+(?:to|"
    r"that))?|hi|hello|hey|ok|okay|so|also|now|then|and|but|can\s+(?:you|we|i)|"
    r"could\s+(?:you|we|i)|would\s+you|will\s+you|may\s+(?:we|i)|i\s+need|we\s+need|i\s+want|we\s+want|need|"
    "want"
    r"|i\s+would\s+like|i'd\s+like|we'd\s+like|we\s+should|we\s+must|we\s+have|let'?s|let\s+us|"
    r"go\s+ahead\s+and|just|time|quick\s+one|quick|urgent(?:ly)?|to|you|help\s+me|want\s+to|need\s+to|"
    r"have\s+to|it's"
    r"|don't\s+forget|remember|mind|sorry|finally|first|again|asap|today|tafadhali|basi|sasa|naomba|"
    r"ningependa|naweza\s+kupata|kwa\s+hivyo|haya|is\s+it\s+possible|possible|mkuu|boss|rafiki|ndugu|"
    r"bwana)[\s,:!-]+){0,6}"
)
_PARTICLES: Final = (
    r"(?:\s+(?:done|out|ready|over|up|off|sent|raised|going|prepared|made|please|pls|today|now|asap|moja|"
    "hapa|together|through|issued|drafted|tafadhali)){0,6}"
)
_ARTICLES: Final = r"(?:\s+(?:an?|the|this|that|their|our|one|another|up|out|his|her|my)){0,6}"
_PREPOSITION: Final = (
    r"(?:for|to|of|with|ya|wa|kwa|za|on|covering|that\s+covers|including|which\s+includes|as\s+follows|"
    r"based\s+on|from|re|about|against|containing|listing|cha|vya|la|ambayo\s+ina|yenye|kwa\s+ajili\s+ya|"
    r"consisting\s+of"
    r"|showing|comprising)"
)
_TAIL: Final = (
    rf"(?:[\s,:-]*(?:\b{_PREPOSITION}\b[\s:]*)?(?:{_WHO})(?=[\s,.:;!?-]|$)|"
    rf"[\s,:-]*\b{_PREPOSITION}\b(?:\s+(?:the\s+)?(?:following|below|these|this)(?:\s+(?:items?|lines?|work|"
    r"services?|things?))?(?=\s*[:,\n-]|\s*$))?|\s*:|\s+-(?=\s)){0,6}"
)
_OPENS: Final = r"(?:(?:^|(?<=[\n.,;:!?\"'(-]))\s*(?:-\s)?)"
_NOT_TRADE: Final = (
    r"(?!\s+(?:printing|templates?|designs?|books?|software|processing|management|automation|pads?|"
    r"financ\w+|factoring|scanning|boards?|controllers?|stations?|points?|posters?|system|reviews?|"
    "contracts?|horse|beer|excluder"
    r"|proof\w*|edit\w*|paper|forms?|archiv\w*|migration|module|app|portal)\b)"
)
_FEW: Final = r"(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|both|these|following|a\s+few|several)"
_FORMS: Final = (
    rf"\b(?:they|he|she|client|customer|§)\s+(?:(?:just|now|also|are|is|still)\s+){{0,2}}(?:needs?|wants?|"
    r"asked\s+for|asking\s+for|requested|would\s+like"
    r"|waiting\s+for)(?:\s+(?:an?|the|their|this|that|another|"
    rf"one)){{0,2}}\s+{_INVOICE}{_NOT_TRADE}{_PARTICLES}{_TAIL}",
    rf"{_OPENS}{_POLITE}{_MAKE}(?:\s+{_WHO}){{0,6}}{_ARTICLES}\s+(?:(?:october|november|december|january|february|"
    rf"march|april|may|june|july|august|september)\s+)?{_INVOICE}{_NOT_TRADE}{_PARTICLES}{_TAIL}",
    r"\b(?:please|pls|plz|plese|kindly|tafadhali|naomba|can\s+you|"
    rf"could\s+you)\s+{_MAKE}(?:\s+{_WHO}){{0,6}}{_ARTICLES}\s+{_INVOICE}{_NOT_TRADE}{_PARTICLES}{_TAIL}",
    rf"{_OPENS}{_POLITE}{_CHARGE}{_NOT_TRADE}(?:\s+(?:{_WHO}|this|it|that|these|out))+(?=[\s,.:;!?-]|"
    f"$){_PARTICLES}{_TAIL}",
    rf"{_OPENS}{_POLITE}{_CHARGE}{_NOT_TRADE}(?=\s*(?:[:,-]|for\b|kwa\b|the\b|an?\b|with\b|to\b|\d|[$£€-]|"
    rf"(?:kes|usd|ksh|gbp|eur)\b)){_TAIL}",
    rf"\b(?:please|pls|plz|plese|kindly|tafadhali)\s+{_CHARGE}{_NOT_TRADE}(?:\s+(?:{_WHO}|this|it|that|"
    f"these)){{0,6}}{_TAIL}",
    rf"{_OPENS}{_POLITE}invoice{_NOT_TRADE}(?=\s+[a-z]){_TAIL}",
    rf"{_OPENS}{_POLITE}(?:lipisha|toza|[mw]a?toze|[mw]a?lipishe)\b(?:\s+{_WHO})?{_TAIL}",
    rf"{_OPENS}{_POLITE}{_WHO}?\s*(?:(?:needs?|wants?|wanahitaji|wanataka|anahitaji|"
    rf"anataka)\b)?{_ARTICLES}\s*{_INVOICE}{_NOT_TRADE}(?=\s*(?:[:,\n-]|$|(?:for|to|of|ya|kwa|"
    r"za|with|covering|request|needed|required|please)\b|§))(?:\s+(?:request|needed|required|"
    f"please)){{0,6}}{_TAIL}",
    rf"{_OPENS}{_POLITE}(?:to\s+be\s+(?:billed|invoiced|charged)|billable|to\s+bill|items?\s+to\s+(?:bill|"
    rf"invoice))\s*:?{_TAIL}",
    rf"{_OPENS}{_POLITE}(?:the\s+)?(?:{_FEW}\s+)?(?:(?:separate|different|billable|invoice|line|billing)\s+){{0,3}}"
    r"(?:items|lines|line-items|entries|things)(?:\s+(?:please|pls|plz|here|below|today|this\s+time|"
    rf"to\s+(?:bill|invoice|charge)|for\s+{_WHO})){{0,3}}\s*:",
    rf"{_OPENS}{_POLITE}(?:please\s+|pls\s+)(?:add|include|put\s+in|ongeza)\b",
    rf"{_OPENS}{_POLITE}(?:also\s+)(?:add|include|charge|bill|put\s+in|ongeza|weka)\b",
    rf"{_OPENS}{_POLITE}(?:add|include|ongeza)\b(?=\s+(?:the|a|an|\d|our|their|one|also)\b)",
)
_TOLD: Final = (
    r"(?:says?|said|confirmed|wrote|writes|asked\s+for|wants|want|need|needs|ordered|bought|took|requested|"
    r"agreed(?:\s+to)?|approved|called|rang"
    r"|phoned|e-?mailed|texted|messaged|got\s+back|came\s+back|ameagiza|wameagiza|aliagiza|waliagiza|"
    "amenunua|wamenunua|alinunua|walinunua"
    r"|amechukua|wamechukua|alichukua|walichukua|ameomba|wameomba|anataka|wanataka|wanahitaji|anahitaji)\b"
)
_PATTERNS: Final = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)
_AFTER: Final = re.compile(
    rf"{MARK}[\s,:]*(?:{_PREPOSITION}\s+)?(?:{_WHO}(?=[\s,:.;]|$)[\s,:]*)?(?:{_PREPOSITION}(?=\s|:))?[\s:]*",
    re.IGNORECASE,
)

_DONE_BY: Final = (
    "(?:did|delivered|completed|supplied|provided|finished|sold|installed|ran|held|made|sent|gave|handled|"
    r"performed|carried\s+out|used|shot|built|had|ordered|took|tulifanya|ilifanyika|iliyofanyika|"
    "zilizofanyika)"
)
_WHEN: Final = (
    r"(?:last|this|past|previous)\s+(?:week|month|year|quarter|night|weekend|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday)|yesterday|today|recently|jana|juzi|wiki\s+(?:iliyopita|jana)|"
    r"mwezi\s+(?:uliopita|jana)"
)
_ASIDES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:\band\s+|\bthen\s+)?(?:\b(?:please|pls|kindly)\s+)?\b(?:send|e-?mail|mail|forward|share|"
        r"deliver|get|post|issue)\s+"
        r"(?:it|this|the\s+(?:invoice|bill|pdf|draft)|that)\b(?!\s+for\b)[^,.;\n]*",
        r"\[(?:address|number)\]",
        r"\bwhen(?:ever)?\s+you\s+(?:get|have|can|are|find|next)\b[^,.;\n\d$£€]*",
        r"\b(?:we|i)\s+(?:usually\s+|normally\s+|always\s+)?(?:charge|bill)\b(?:\s+(?:them|him|her|§))?",
        r"\b(?:is|are|was|were|has\s+been|have\s+been)\s+(?:now\s+|all\s+|finally\s+)?(?:approved|confirmed|"
        "done|ready|completed?|finished"
        r"|delivered|signed\s+off|agreed|accepted|installed)\b",
        r"\bwhat\s+(?:we|you)\s+(?:charged|billed|invoiced)(?:\s+(?:them|him|her|"
        r"§))?(?:\s+(?:last\s+(?:time|month|year)|before))?(?:\s+for)?\b",
        r"\b(?:call|text|e-?mail|ring|message|ping)\s+me\b[^,.;\n]*",
        r"\b(?:that|which|what)?\s*\b(?:we|i|you|they|he|she)\s+(?:have\s+|had\s+|"
        rf"just\s+){{0,6}}{_DONE_BY}\b(?:\s+(?:for|to|with|at)\s+(?:them|him|her|us|you|§))?\s+(?:{_WHEN})\b",
        rf"\b(?:that|which)\s+(?:we|i|you|they|he|she)\s+(?:have\s+|had\s+|just\s+){{0,6}}{_DONE_BY}\b(?:\s+(?:for|"
        r"to)\s+(?:them|him|her|us|you|§))?",
        rf"\b(?:that|which)\s+(?:was|were)\s+{_DONE_BY}\b(?:\s+(?:{_WHEN}))?",
        r"(?<=\w)\s+(?:we|i)\s+(?:have\s+|just\s+)?(?:did|delivered|completed|supplied|provided|finished|"
        r"sold|installed|ran)\b(?:\s+(?:for|to)\s+(?:them|him|her|us|you|§))?(?=\s*(?:[,.;\n]|$|at\b|@))",
        r"\b(?:done|delivered|completed|supplied|performed|carried\s+out|rendered|provided|held|finished|"
        rf"ilifanyika|iliyofanyika)\s+(?:{_WHEN}|on\s+(?:monday|tuesday|wednesday|thursday|friday|saturday|"
        r"sunday))\b",
        rf"(?<=\w)'s\s+(?={_WHEN})|\b(?:{_WHEN})\b(?!'s)",
        r"\b(?:as|like)\s+(?:we\s+|was\s+|previously\s+|already\s+){0,6}(?:agreed|discussed|promised|requested|"
        r"usual|always|confirmed|mentioned|quoted|said|per\s+usual|arranged|spoken|advised|normal|before)\b"
        r"(?:\s+(?:on|in|over|by|during|with|at|via|last|this)\s+(?:the\s+|our\s+|a\s+|their\s+|last\s+|"
        r"yesterday's\s+){0,6}(?:call|phone|meeting|e-?mail|chat|whatsapp|contract|quote|quotation|lunch|week|"
        r"month|visit|them|\w+day))?",
        r"\b(?:as\s+)?per\s+(?:our|the|your|their|my)\s+(?:\w+\s+)?(?:call|e-?mail|chat|conversation|"
        "agreement|discussion|meeting|quote|quotation|contract|proposal|estimate|message|order|sow|request|"
        r"lpo|po)\b",
        r"\b(?:following|further\s+to|based\s+on|after|from|re)\s+(?:our|the|your|yesterday's|today's|"
        r"their)\s+(?:\w+\s+)?(?:call|e-?mail|chat|conversation|agreement|discussion|meeting|visit|"
        r"kick-?off|order)\b",
        r"\bkama\s+(?:tulivyo\w+|ilivyo\w+|kawaida|alivyo\w+|walivyo\w+)\b(?:\s+(?:jana|leo|kwenye\s+\w+))?",
        r"\b(?:(?:we|they|i|you|client|customer)\s+)?(?:(?:can|would\s+like\s+to|want\s+to|will|"
        r"to)\s+)?(?:go|going|went)\s+ahead\s+with\b",
        r"(?:\b(?:the\s+)?(?:client|customer|boss|manager|director|she|he|they|bursar|owner|mteja)|"
        rf"§)\s+(?:has\s+|have\s+|just\s+)?{_TOLD}(?:\s+that)?",
        r"\b(?:we|i)\s+(?:have\s+|just\s+|also\s+)?(?:had|used|did|ordered|bought|took|got|received|booked|"
        r"hired|supplied|delivered|provided|sold|completed|spent|worked|ran|owe(?:\s+you)?|put\s+in|"
        r"finished)\b",
        r"\b(?:let\s+me\s+know|please\s+(?:confirm|advise|check|see)|see\s+attached|find\s+attached|"
        r"attached\s+is|keep\s+me\s+posted|get\s+back\s+to\s+me|looking\s+forward|any\s+questions|"
        r"if\s+you\s+(?:need|have))\b[^.,;!?\n]*",
        r"\b(?:price|rate|cost|amount|figure)s?\s+(?:to\s+be\s+(?:confirmed|agreed|advised)|tbc|tbd|"
        r"to\s+follow|not\s+(?:yet\s+)?(?:agreed|known|set)|unknown|pending)\b|\b(?:tbc|tbd|tba)\b",
        r"\b(?:fwd?|fw)\s*:",
        r"\b(?:same|usual|normal|regular|agreed|standard|current|existing|last|previous)\s+(?:rates?|"
        r"prices?|pricing|terms|fee)\b(?:\s+(?:as\s+)?(?:last\s+(?:time|month|year|invoice)|before|always|"
        r"usual))?|\bkwa\s+bei\s+(?:ile\s+ile|ya\s+kawaida|ya\s+zamani|ya\s+awali)\b|\bbei\s+(?:ile\s+ile|"
        r"ya\s+kawaida|ni\s+ile\s+ile)\b",
    )
)


def mark(text: str) -> str:
    """The text with each opening of a request replaced by a mark."""
    for pattern in _PATTERNS:
        text = squeeze(pattern.sub(f" {MARK} ", text))
    text = _AFTER.sub(f" {MARK} ", text)
    return re.sub(rf"(?:{MARK}\s*)+", f"{MARK} ", text)


def without_asides(text: str) -> str:
    """The text without remarks that say how the work came about ("as agreed on the call", "we did last week")."""
    for pattern in _ASIDES:
        text = squeeze(pattern.sub(" ", text))
    return text
