"""Requests for anything but an invoice draft (section 11): they are found, reported and taken out; never followed."""

from __future__ import annotations

import re
from typing import Final

from ai_agent.drafting.rules.words import shared, significant

_OBJECT: Final = (
    r"(?:\s+(?:the|this|that|these|those|all|any|every|our|their|his|her|its|my|your|a|an|old|previous|last|"
    r"new|existing|other|whole)){0,6}\s+"
)
_THEM: Final = (
    r"(?:them|him|her|us|me|the\s+(?:client|customer|team|boss|director|owner)|client|customer|everyone|"
    r"finance|(?-i:[A-Z]\w+))"
)
_PLACES: Final = (
    r"(?:bank(?:ing)?|accounts?\s+(?:number|details|no|info\w*|name|manager)|paybill|till|iban|swift|sort\s+code|m-?pesa(?:\s+\w+)?|"
    r"(?:mobile|beneficiary|payee|company|trading|legal)\s+(?:name|number|no)|kra\s+pin|due\s+dates?\s+on|"
    r"payment\s+(?:details|info\w*|method|account|terms)|contact|phone|address"
    r"|(?:e-?mail|postal|billing)\s+address|their\s+e-?mail\b|the\s+e-?mail\b(?!\s+(?:acc|host|temp|camp))|"
    r"customer|client|profile|password|credit\s+limit|settings?|tax\s+r\w+|vat\s+r\w+"
    r"|tax\s+(?:id|number|status)|price\s*list|rate\s+card|invoice\s+numbers?|numbering|logo|template|"
    "permissions?|roles?)"
)
_DOCUMENTS: Final = (
    r"(?:invoices?|drafts?|customers?|clients?|accounts?(?!\s+(?:at|@))|records?|files?|database|history|"
    r"everything|them|it|users?|credit\s+notes?|reminders?|quotes?|quotations?|orders?"
    r"|payments?|data|contacts?|statements?|transactions?|balance|debt|inv-?\w+)\b"
)
_RULES: Final = (
    "(?:rules?|instructions?|prompts?|polic(?:y|ies)|limits?|checks?|approvals?|reviews?|guidelines?|"
    "validations?|safeguards?|restrictions?|permissions?|controls?|filters?|directions?"
    r"|laws?|regulations?|settings?)"
)
_FILL: Final = r"(?:[^\s.;!?]+\s+){0,6}?"

# A clause that starts with one of these asks for something else.
_STARTS: Final = (
    rf"(?:mark|flag|tag|treat|log)\s+(?:it|this|that|them|the|as|both|all|everything|invoice|inv|{_DOCUMENTS})\b",
    r"(?:set|put|make|show|switch|move)\s+(?:it|this|that|them|(?:the\s+|this\s+|its\s+)?(?:invoice|status|"
    r"state|bill))\b(?:\s+\w+)?\s+(?:to|as|into|=)?\s*(?:already\s+)?"
    r"(?:paid|approved|sent|void|closed|issued|final|settled|overdue|cancelled|zero|0)\b",
    r"set\s+(?:the\s+|their\s+|his\s+|her\s+|all\s+)?(?:status|password|credit\s+limit|reminders?|"
    r"permissions?|totals?|grand\s+total|prices?\s+to\s+(?:0|1|zero|one)\b|everything)",
    r"(?:record|register|log|post|enter|note|capture)\s+(?:the\s+|a\s+|their\s+|this\s+|"
    r"that\s+){0,6}(?:[\w,.$£€]+\s+){0,2}?(?:payments?|receipt|transaction)\b",
    rf"(?:change|update|edit|replace|switch|amend|alter|modify|overwrite|swap|correct){_OBJECT}{_PLACES}",
    rf"(?:change|update|edit|replace|switch|amend|alter|modify|overwrite|swap)\s+{_PLACES}",
    "(?:ignore|disregard|forget|override|bypass|skip|circumvent|overrule|drop|disable|break|relax|suspend|"
    rf"remove|omit|evade|avoid)\b{_OBJECT}?\s*{_FILL}{_RULES}\b",
    r"(?:ignore|disregard|forget)\s+(?:all|any|everything|anything|what)\b(?:\s+\w+){0,4}\s+(?:above|before|"
    r"previous(?:ly)?|earlier|said|told|know|prior)\b",
    r"(?:auto-?\s?approve|approve|authori[sz]e|pre-?approve|sign\s+(?:it|this)?\s*off|rubber-?stamp)\b",
    r"(?:delete|erase|wipe|purge|void)\s+(?:the|their|all|his|her|that|those|my|our|any|every)\b",
    rf"(?:refund|reimburse|repay)\s+(?:{_THEM}|the|a|their|half|all|\W?\d)",
    rf"pay\s+(?:{_THEM}|the\s+supplier|out|back|my|our|off)\b",
    r"(?:transfer|wire|withdraw|send|move|remit)\s+(?:the\s+|all\s+|some\s+|their\s+|our\s+){0,6}(?:money|cash|"
    r"funds?|balance|payment|deposit|proceeds|[$£€]?\d[\d,.]*\s*(?:k|usd|kes|bob)?\s+to)\b",
    rf"(?:send|e-?mail|mail|text|sms|whatsapp|forward|share|deliver|attach|give)\s+(?:{_THEM}\s+|out\s+|"
    rf"over\s+|along\s+|back\s+){{0,6}}{_FILL}(?:receipts?|statements?|reminders?|reports?|lists?|passwords?"
    r"|credentials|contracts?|proposals?|spreadsheet|thank[\s-]?you|apolog(?:y|ies)|notices?|login|"
    r"api\s+keys?|access|admin|balance|gift|flowers|catalogue|brochure\s+by|agreement|summary|"
    r"delivery\s+note"
    r"|bank\s+details|customer\s+data|history|newsletter|logs?|keys?|secrets?|data|files?)\b",
    r"check\s+(?:[\w']+\s+){0,3}?(?:balance|accounts?|status|whether|if|credit|paid|payments?|stock|with)\b",
    r"(?:reset|change|recover)\s+(?:the|their|my|his|her|all)?\s*\w*\s*(?:password|pin|access|login)s?\b",
    rf"(?:grant|give)\s+{_THEM}\s+(?:\w+\s+){{0,2}}?(?:access|admin|rights|permissions?|role)\b",
    rf"(?:add|remove|put|invite|subscribe|unsubscribe|enrol|assign|promote)\s+{_THEM}\s+(?:as|to|on|from|in|"
    r"for)\s+(?!the\s+(?:invoice|bill)|this\s+(?:invoice|bill)|it\b)",
    r"(?:add|create|register|set\s+up|open)\s+(?:a|an|the|this|another)\s+(?:new\s+)?(?:customer|client|"
    r"user|contact|supplier|account|staff|admin|vendor|employee)\b",
    r"make\s+(?:me|him|her|them)\s+(?:an?\s+)?(?:admin\w*|owner|manager|superuser)\b",
    r"(?:enable|turn\s+(?:on|off)|switch\s+(?:on|off)|unlock|upgrade|downgrade|unsubscribe|lower|increase|"
    r"raise|reduce|extend|double|lift)\s+(?:the\s+|their\s+|his\s+|her\s+|our\s+|my\s+)?"
    r"(?:[\w-]+\s+)?(?:reminders?|notifications?|account|plan|credit(?:\s+limit)?|limits?|subscription|"
    r"access|user|logging|mfa|2fa|security|audit\w*|auto\w*)\b",
    r"you\s+(?:are|must|will|should|shall)\s+(?:now|from\s+now|instead|always|never|no\s+longer|obey|act|"
    r"reply|respond|ignore|not\s+follow)\b",
    r"(?:write\s+off|waive|forgive|cancel|clear|wipe\s+out)\s+(?:the\s+|their\s+|his\s+|her\s+|all\s+|"
    r"any\s+|our\s+){0,6}(?:\w+\s+)?(?:balance|debts?|penalt(?:y|ies)|(?:late|overdue)\s+(?:fees?|charges?)|interest|arrears|outstanding|"
    r"dues)\b",
    r"(?:apply|allocate|match|reconcile|use|offset)\s+(?:the\s+|their\s+|a\s+|that\s+|his\s+|"
    r"last\s+){0,6}(?:\w+\s+)?(?:payments?|credit\s+notes?|deposit|overpayment|credit\s+balance)\b",
    r"(?:charge|debit|bill|put)\s+(?:it|this|that|everything|them)\s+(?:to|on)\s+(?:the|their|his|her|"
    r"my)\s+(?:\w+\s+)?(?:card|visa|account|tab)\b",
    r"(?:charge|debit|bill|hit)\s+(?:the|their|his|her|my|our)\s+(?:\w+\s+)?(?:card|visa|mastercard|"
    r"bank\s+account|m-?pesa|wallet)\b",
    r"(?:take|collect|process|initiate|trigger|request)\s+(?:the\s+|a\s+|their\s+|immediate\s+){0,6}(?:payment|"
    r"money|cash|funds|stk\s+push)\b",
    r"(?:what|who|when|where|why|which|how)\b[^.!\n]{6,}\?",
    # Swahili
    r"(?:weka|andika|onyesha|tia|iweke|irekodi|rekodi)\s+(?:alama\s+|kwamba\s+|kuwa\s+|kama\s+|hii\s+|"
    r"ankara\s+|hiyo\s+|invoice\s+|status\s+|ni\s+|tayari\s+){0,6}(?:imelipwa|imeshalipwa|imekwisha\s*lipwa|"
    "paid|malipo)",
    r"(?:u|m)?(?:badilish[ae]|badili|sasish[ae]|rekebish[ae]|geuz[ae])\s+(?:\w+\s+){0,3}?(?:benki|bank|akaunti|account|paybill|"
    "till|namba|nambari|anwani|simu|barua|jina|nywila|password|sheria|kiwango|mteja|maelezo|taarifa)",
    r"(?:u|m)?(?:fut[ae]|ondo(?:a|e)|batilish[ae]|fung[ae])\s+(?:\w+\s+){0,2}?(?:ankara|invoice|akaunti|account|deni|rekodi|mteja|"
    r"draft|rasimu|historia|kila\s+kitu|zote|yote)\b",
    r"(?:(?:u|m)?(?:puuz[ae]|sahau|kiuk[ae]|vunj[ae]|epuk[ae])|usifuate|dharau)\b",
    r"(?:u|m|ui)?(?:idhinish[ae]|pitish[ae]|thibitish[ae]|kubali)\b|ithibitishe\b",
    r"(?:tuma|mtumie|watumie|nitumie|tumia|peleka)\s+(?:\w+\s+){0,2}?(?:risiti|ripoti|pesa|fedha|ukumbusho|"
    "taarifa|orodha|statement|receipt|reminder|nywila|ujumbe|sms|salamu)",
    r"(?:hamisha|rudisha|rejesha|lipa)\s+(?:\w+\s+)?(?:pesa|fedha|malipo|salio)",
    "(?:piga|pigia|wapigie|mpigie|mkumbushe|wakumbushe|kumbusha|mwambie|waambie|nionyeshe|onyesha|nipe|"
    r"niambie|mjulishe|wajulishe|panga\s+mkutano)\b(?!\s+(?:ankara|invoice|bili))",
    r"(?:imba|andika\s+(?:shairi|barua|hadithi|ripoti))\b",
)
# The same, but only where nothing is priced: "write 5 posts at 40 each" is work to bill.
_SOFT_STARTS: Final = (
    r"(?:stop|pause|resume|lift|lock|unlock|block|unblock|activate|deactivate|reactivate|upload|sync|publish|"
    r"backdate|antedate|hide|conceal|falsify|inflate|merge|rename|escalate|dispute|sue|blacklist|freeze|"
    r"release|revoke|verify|impersonate|hack|leak)\s+(?:the|their|this|that|these|those|all|any|every|it|them|"
    r"him|her|his|my|our|your)\b",
    "(?:delete|erase|wipe|purge|remove|cancel|void|archive|close|deactivate|suspend|destroy|reverse|"
    rf"unpublish|hide|drop){_OBJECT}?\s*{_FILL}{_DOCUMENTS}",
    "(?:call|ring|phone|text|sms|whatsapp|contact|remind|chase|notify|tell|inform|warn|ask|message|nudge|"
    rf"alert|e-?mail|ping|follow\s+up\s+with|chase\s+up|escalate\s+to)\s+(?!(?<!remind\s)(?:me|us)\b){_THEM}\b"
    r"(?!\s+(?:the\s+|this\s+|an?\s+|our\s+)?(?:invoice|bill|inv)\b)",
    r"(?:schedule|book|arrange|organi[sz]e|plan|set\s+up|reserve)\s+(?:me\s+|us\s+|them\s+)?(?:a|an|the|our|"
    r"another|my)\s+(?:[\w-]+\s+){0,2}?(?:meeting|calls?|flight|hotel|table|appointment|demo|visit"
    r"|room|taxi|cab|lunch|dinner|trip|reminder|follow[\s-]?up|payment|review)\b",
    r"(?:order|buy|purchase|get)\s+(?:me|us|some|more|a\s+new|new)\s+\w+",
    r"(?:show|list|display|print|reveal|output|export|download|dump|expose|leak|find|search|look\s+up|"
    r"pull\s+up|fetch|read|open|get)\s+(?:me\s+|us\s+|out\s+)?(?:the|all|your|their|our|every|my|a\s+list|"
    r"any|his|her|other)\b"
    r"(?!\s+(?:[\w-]+\s+){0,2}?(?:invoice|inv|bill|draft)\b(?!s))",
    r"(?:give|tell|get|show)\s+(?:me|us)\s+(?!an?\s+(?:new\s+|draft\s+|quick\s+)?(?:invoice|inv|bill|draft)|"
    r"the\s+(?:invoice|bill|draft))",
    "(?:write|compose|draft|create|make|prepare|generate|send|issue|raise|produce|design|sing|recite|"
    r"compile)\s+(?:me\s+|us\s+|them\s+|him\s+|her\s+)?(?:a|an|the|another|some|up\s+a|"
    r"one)\s+(?:[\w-]+\s+){0,3}?"
    "(?:poems?|songs?|stor(?:y|ies)|e-?mails?|letters?|contracts?|messages?|reports?|codes?|scripts?|"
    r"essays?|tweets?|blog|proposals?|reminders?|receipts?|statements?|credit\s+notes?|jokes?|haiku"
    r"|purchase\s+orders?|payment\s+plans?|apology|lists?|summary|recipe|users?|customers?|passwords?|"
    r"payments?|tasks?|tickets?|note|contacts?)\b",
    r"(?:act\s+as|pretend|behave|respond|reply|answer|say|translate|summari[sz]e|calculate|explain|run|"
    r"execute|eval|import|simulate|roleplay|repeat\s+after|obey|output|echo)\b(?!\s*[-:]?\s*\d)",
    r"(?:restart|shut\s*down|reboot|deploy|backup|back\s+up|restore|sync)\s+(?:the|our|your|all)\b",
)
_DRAFTING: Final = (
    "(?:invoice|bill|charge|draft|create|raise|prepare|issue|generate|make|add|include|send|do|put|use|"
    "apply|give|tengeneza|andaa|toa|weka|lipisha|toza|unda)"
)
# Anywhere in a clause: these words never belong to a request for a draft.
_ANYWHERE: Final = (
    r"\bmark(?:ed)?\s+(?:it\s+|this\s+|that\s+|the\s+invoice\s+|invoice\s+|them\s+)?(?:as\s+)?(?:already\s+|"
    r"fully\s+)?paid\b",
    r"\b(?:ignore|ignoring|disregard|disregarding|forget|override|bypass)\s+(?:all\s+|any\s+|the\s+|your\s+|"
    rf"every\s+|my\s+|these\s+|those\s+|our\s+){{0,6}}(?:\w+\s+){{0,3}}?{_RULES}\b",
    r"\b(?:system\s+prompt|developer\s+mode|jailbreak|do\s+anything\s+now|prompt\s+injection|api\s+keys?|"
    r"admin\s+(?:rights|access|mode|password)|root\s+access|sudo)\b",
    r"\bnew\s+(?:system\s+)?instructions?\s*:",
    r"(?:^|(?<=[\n.]))\s*(?:\[|<|#+\s*)?(?:system|assistant|developer|admin)(?:\]|>)?\s*:",
    r"<\s*/?\s*(?:system|instructions?|script|prompt|tool|assistant)\b[^>\n]{0,80}>?",
    r"\b(?:new|changed|updated|different)\s+(?:bank(?:ing)?|iban|payment|paybill|m-?pesa|"
    r"till)\s+(?:accounts?|details|info\w*|numbers?)\b",
    r"\b(?:bank|payment)\s+(?:account|details)\s+(?:have|has|is|are)\s+(?:now\s+)?(?:been\s+)?(?:changed|"
    r"updated|new)\b",
    r"\bpay(?:able)?\s+(?:it\s+)?(?:in)?to\s+(?:this|our\s+new|the\s+new|my|a\s+new|another|"
    r"the\s+following)\s+account\b",
    r"\bwithout\s+(?:any\s+|the\s+|my\s+|further\s+)?(?:approval|review|asking|checking|checks|human)\b",
    r"\b(?:skip|no\s+need\s+for|bypass)\s+(?:the\s+|any\s+)?(?:approval|review|checks?)\b",
    r"\b(?:drop|truncate)\s+table\b|\bselect\s+\*\s+from\b|\brm\s+-rf\b",
)

_CONNECT: Final = (
    r"(?:and|then|also|plus|but|na|pia|halafu|kisha|afterwards|finally|while(?:\s+you(?:'re|\s+are)\s+"
    r"(?:at\s+it|there|about\s+it))?,?|once\s+\w+|after\s+that|oh|ps|"
    r"p\.s\.|btw|by\s+the\s+way)"
)
_POLITE: Final = (
    r"(?:(?:and|then|also|but|so|please|pls|plz|kindly|just|now|next|finally|lastly|afterwards|after\s+that|"
    r"later|first(?:ly)?|second(?:ly)?|oh|ps|p\.s\.?|btw|by\s+the\s+way|note|important|urgent"
    r"|can\s+you|could\s+you|would\s+you|will\s+you|can\s+we|you\s+(?:should|must|need\s+to|have\s+to|can|"
    r"will|may)|we\s+(?:need|want)\s+(?:you\s+)?to|i\s+(?:need|want|would\s+like|'d\s+like|"
    r"order)\s+(?:you\s+)?to"
    r"|i'd\s+like\s+you\s+to|make\s+sure\s+(?:to|you|that\s+you)|be\s+sure\s+to|do\s+not\s+forget\s+to|"
    r"don'?t\s+forget\s+to|remember\s+to|go\s+ahead\s+and|while\s+you(?:'re|\s+are)\s+at\s+it"
    r"|when\s+(?:you're\s+)?done|once\s+(?:that's\s+|it's\s+)?done|at\s+the\s+same\s+time|as\s+well|too|you|"
    r"to|let'?s|tafadhali|pia|halafu|kisha|na|naomba|then\s+go|proceed\s+to|immediately|automatically|"
    "always)"
    r"[\s,:-]+){0,6}"
)
_OPEN: Final = rf"[\s,:;(\"'>*-]*{_POLITE}"
_START: Final = re.compile(rf"{_OPEN}(?:{'|'.join(_STARTS)})", re.IGNORECASE)
_SOFT_START: Final = re.compile(rf"{_OPEN}(?:{'|'.join(_SOFT_STARTS)})", re.IGNORECASE)
_EDIT: Final = re.compile(
    rf"{_OPEN}(?:delete|remove|drop|cancel|change|update|replace|swap|switch|ondoa|futa|badilisha)\b", re.IGNORECASE
)
_INSIDE: Final = tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in _ANYWHERE)

_VERBS: Final = (
    r"(?:please\s+|pls\s+|also\s+|then\s+|kindly\s+){0,3}(?:mark|flag|set|record|register|change|update|"
    "edit|replace|switch|amend|ignore|disregard|forget|override|bypass|skip|approve|authori[sz]e|delete|"
    "erase|wipe|remove"
    "|cancel|void|archive|close|refund|pay|transfer|wire|send|e-?mail|text|forward|call|remind|chase|"
    "notify|tell|ask|schedule|book|order|buy|show|list|print|reveal|export|give|check|write|compose|reset|"
    "grant|add|make"
    "|act|pretend|reply|respond|translate|waive|apply|allocate|charge|debit|take|invoice|bill|draft|create|"
    "raise|prepare|issue|generate|put|let|don'?t|"
    "increase|lower|extend|enable|disable|turn|unlock|lock|upgrade|downgrade|double|reduce|log|post|upload|sign|"
    "confirm|release|assign|invite|subscribe|unsubscribe|promote|clear|move|reconcile|match|stop|pause|resume|"
    "block|unblock|suspend|deactivate|activate|merge|rename|share|attach|sync|hide|backdate|escalate|verify|"
    "freeze|lift|forgive|wire|remit|deposit|search|find|look|read|run|execute|"
    r"(?:u|m|ui)?(?:badilish[ae]|fut[ae]|puuz[ae]|idhinish[ae]|tum[ae]|hamish[ae]|pig[ae]|wek[ae]|tengenez[ae]|anda[ae]|"
    r"lip[ae]|ondo[ae]|rudish[ae])|mkumbushe|wakumbushe)\b"
)
_BOUNDARY: Final = re.compile(
    rf"[;!?\n]+|\.(?!\d)|(?:,\s*(?:{_CONNECT}\s+){{0,3}}|\s+(?:{_CONNECT}\s+){{1,3}}|\s-\s+)(?={_VERBS})|"
    rf":\s+(?={_VERBS})",
    re.IGNORECASE,
)
_PRICED: Final = re.compile(
    r"@|[$£€]\s?\d|\b(?:kes|kshs?|usd|gbp|eur)\.?\s?\d|\d\s?(?:/=|bob\b|quid\b|usd\b|kes\b)|\bat\s+\d|"
    r"\d\s*(?:per\b|each\b|/\w)",
    re.IGNORECASE,
)
_RESUME: Final = re.compile(r",\s+(?:and\s+)?|\s+and\s+|\s+but\s+|:\s+")


def find(text: str, known: frozenset[str] = frozenset()) -> list[tuple[int, int]]:
    """Where the text asks for something else, clause by clause; the places do not overlap.

    `known` are the words of earlier invoices' lines: "remove the email accounts" edits a repeated invoice.
    """
    places: list[tuple[int, int]] = []
    for start, end in _clauses(text):
        place = _judged(text, start, end, known)
        if place is not None:
            places.append(place)
    return places


def _clauses(text: str) -> list[tuple[int, int]]:
    """Stretches between sentence ends, and between an "and" and the verb after it."""
    bounds, at = [], 0
    for match in _BOUNDARY.finditer(text):
        end = match.end() if "?" in match[0] else match.start()
        if end > at:
            bounds.append((at, end))
        at = match.end() if "?" in match[0] else match.start() + (1 if match[0][:1] in ".;!\n" else 0)
    return [*bounds, (at, len(text))]


def _judged(text: str, start: int, end: int, known: frozenset[str]) -> tuple[int, int] | None:
    clause = _without_connector(text[start:end])
    if known and _EDIT.match(clause) and shared(significant(clause), known):
        return None
    soft = _PRICED.search(clause) is None and _SOFT_START.match(clause)
    if soft or _START.match(clause):
        return start, _until_work_resumes(text, start, end)
    for pattern in _INSIDE:
        inner = pattern.search(text, start, end)
        if inner is not None:
            return _widened(text, start, inner.start()), _until_work_resumes(text, inner.end(), end)
    return None


def _without_connector(clause: str) -> str:
    return re.sub(rf"^[\s,-]*(?:{_CONNECT}\b\s*){{1,4}}", "", clause, flags=re.IGNORECASE) if clause else clause


def _widened(text: str, clause_start: int, at: int) -> int:
    """An instruction in mid clause starts after the last price before it, else with its clause."""
    head = text[clause_start:at]
    return at if _PRICED.search(head) or re.search(r"\d", head) else clause_start


def _until_work_resumes(text: str, start: int, end: int) -> int:
    """The end of the clause, or the comma in it after which something priced follows."""
    for match in _RESUME.finditer(text, start, end):
        if _PRICED.search(text, match.end(), end):
            return match.start()
    return end
