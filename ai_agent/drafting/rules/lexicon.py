"""Words that are no part of what is billed: function words, talk about the request itself, words of price and count."""

from __future__ import annotations

from typing import Final

from ai_agent.drafting.rules import dates
from ai_agent.drafting.rules.wordsets import word_set

# Articles, prepositions, pronouns, auxiliaries of both languages.
FUNCTION: Final = word_set(
    "a an the this that these those it its it's he she they them their theirs we us our ours i me my you "
    "your yours his her him who whom which what"
    " and or but nor so if then than as at by for from in into of off on onto out over to up upon with "
    "within without about per via is are was were be"
    " been being am do does did done have has had having will would shall should can could may might must "
    "not no yes there here just only also too"
    " both all any some each every either same such very more most less much"
    " ya wa za la cha vya na kwa ni katika kwenye pia tu hii hiyo hizi huo huu hapa yao yake wao yeye sisi "
    "wewe mimi kama lakini au ili je kwamba ambayo"
    " aidha basi bado tena hivyo hivi zaidi kila w/ w/o c/o & x"
)
# Talk around a request. A fragment that holds nothing else bills nothing.
TALK: Final = word_set(
    "please pls plz kindly thanks thank thx ok okay hi hello hey dear sir madam team asap urgent urgently "
    "quick quickly now today tomorrow yesterday soon later"
    " already again still ahead agreed discussed requested promised confirmed mentioned approved attached "
    "below above following follows per usual"
    " need needs needed want wants wanted would like get gets got give given go going gone went come came "
    "make makes made let lets let's put"
    " create raise draft prepare issue generate invoice invoices inv invoicing bill billing billed charge "
    "charged tax-invoice ankara bili invoisi document paperwork"
    " client client's clients customer customer's says said say asked asking asks keep keeps kept know "
    "knows tell told send sent sending due pay paid payable payment"
    " payments terms currency total totals subtotal amount amounts amounting figure figures sum price "
    "prices priced pricing rate rates cost costs costing cents"
    " worth value fee's flat fixed tbc tbd tba confirm confirmed confirming details detail info "
    "information line lines item items qty quantity description unit-price"
    " new more extra additional another other further last next previous prior past current coming week "
    "weeks month months year years quarter day days time"
    " week's month's year's recent recently back date dated period services-rendered everything anything "
    "something nothing stuff thing things list usual normal standard"
    " regular above-mentioned net gross including includes include included plus minus extra's sorry wait "
    "patient chasing chase chased email'd called call'd discuss"
    " asap. done did doing had see note fyi btw nb ps re fw fwd hope hoping well good great cool perfect "
    "right sure fine correct correctly behalf account"
    " tengeneza andaa unda naomba nataka tafadhali weka toa fanya tayarisha andika nipe nahitaji "
    "tunahitaji ningependa lipisha toza mteja wateja bei gharama jumla"
    " kiasi malipo lipa walipe alipe ilipwe lipwe leo kesho jana sasa haraka asante ahsante karibu sana "
    "nzuri mpya ijayo iliyopita uliopita huo wiki mwezi mwaka siku"
    " tarehe shilingi moja idadi pamoja kawaida ile yule huyu wale sahihi habari salamu natumai niandalie "
    "nitengenezee kisha halafu"
    " oak-free work works job jobs order orders ordered service services provided supplied delivered "
    "completed finished rendered performed carried used bought took taken"
    " having hired engaged they've we've i've they're we're i'm it's client: kazi huduma alitaka anataka "
    "wanataka aliagiza waliagiza"
) - word_set("oak-free")
# Words that may stand at the edge of a description but do not make one on their own.
WEAK: Final = word_set(
    "work works job jobs order orders service services items item new extra additional more another month "
    "months week weeks day days year years quarter standard regular"
    " usual normal total amount fee fees charge charges cost costs price huduma kazi mpya net fixed flat "
    "list current further"
)
# A subject before its verb: with no figure such a clause tells, it does not bill.
SUBJECTS: Final = word_set(
    "i we they you he she it i'm we're they're i've we've they've i'll we'll they'll it's that's there's let's who"
)
MONTHS: Final = frozenset(dates.MONTHS)
DAYS: Final = frozenset(dates.WEEKDAYS)

# Words that are cut off the edges of a description. Fewer than above: "team plan" and "next day delivery" stay whole.
EDGES: Final = word_set(
    "a an the this that these those it its he she they them their we us our i me my you your his her him "
    "who which what"
    " and or but so then as at by for from in into of on onto to with per via is are was were be been am "
    "do does did has have had having will would can could"
    " should there here just only also too & @ = x please pls plz kindly thanks thank thx ok okay hi hello "
    "hey dear asap need needs needed want wants wanted like get"
    " got give make let let's create prepare generate invoice invoices inv says said say asked asking keep "
    "keeps send sent due payable about approx approximately around"
    " now today already again still agreed discussed requested confirmed attached following some i'm we're "
    "they're it's i've we've they've re fwd fw worth w/ each both"
    " ya wa za la cha vya na kwa ni hii hiyo tafadhali naomba nataka weka tengeneza andaa toa ankara bili "
    "invoisi mteja kwamba kisha halafu pia bei gharama kila apiece ea"
)
SIMPLY: Final = FUNCTION | TALK


def is_content(word: str) -> bool:
    """Whether a word could name something to bill."""
    low = word.lower().strip("'")
    return len(low) > 1 and low not in SIMPLY and low not in MONTHS and low not in DAYS and any(map(str.isalpha, low))
