"""What goes into a draft, what a model may propose, and what comes out.

A model proposes words; the code computes figures. That is why every figure of a `Proposal` is a string
as typed, and every figure of a `DraftResult` is a Decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# --- what the drafting is asked ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DraftingCustomer:
    """Whom the draft is for. `tax_rate` is a percentage; `include_tax` says that it is added by default."""

    customer_id: str
    name: str
    business_type: str
    payment_terms: str
    currency: str
    include_tax: bool
    tax_rate: Decimal


@dataclass(frozen=True, slots=True)
class PastLine:
    description: str
    quantity: Decimal
    unit: str
    rate: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.rate


@dataclass(frozen=True, slots=True)
class PastInvoice:
    """An issued invoice of the same customer, in its own currency."""

    issued_on: date
    number: str
    currency: str
    lines: tuple[PastLine, ...]

    @property
    def subtotal(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that the firm sells: its name, and what a unit costs in a currency."""

    name: str
    unit: str
    rate: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class DraftingRequest:
    """One request in plain words. `history` is in no particular order; `offers` are what the firm sells; `guidance` is
    what it says of such bills."""

    prompt: str
    customer: DraftingCustomer
    today: date
    history: tuple[PastInvoice, ...] = ()
    guidance: str = ""
    offers: tuple[Offer, ...] = ()


# --- what a model proposes ----------------------------------------------------------------------------------

Action = Literal["new", "more", "fewer", "change", "remove"]


class ProposedItem(BaseModel):
    """One line as the request words it. Figures are copied, never computed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    action: Action = Field(
        default="new",
        description="new line; or, when an earlier invoice is repeated: more or fewer of a line, change it, remove it",
    )
    description: str = Field(default="", description="what is billed, in the words and language of the request")
    quantity: str | None = Field(default=None, description="the count as typed: '3', 'two dozen', 'several', '-2'")
    unit: str | None = Field(default=None, description="the unit that is counted, as typed: 'months', 'hrs', 'pcs'")
    rate: str | None = Field(default=None, description="the price as typed, with its currency: 'KES 15,000', '85 quid'")
    rate_unit: str | None = Field(
        default=None, description="what the price is for, as typed: 'month', 'hr', 'each', 'user/month'"
    )
    total: str | None = Field(
        default=None, description="a price said for the whole line: 'total of 2,700 for 3 months'"
    )
    share: str | None = Field(default=None, description="the part of `rate` that is billed: '50%', 'half'")
    times: str | None = Field(default=None, description="a second count to multiply by: '12 months' of '30 users'")
    quantity_source: str | None = Field(default=None, description="the exact words of the request that give the count")
    rate_source: str | None = Field(default=None, description="the exact words of the request that give the price")


class Proposal(BaseModel):
    """A reading of one request. It holds phrases of the request; totals and dates are computed from them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    items: list[ProposedItem] = Field(default_factory=list, description="the lines, in order of mention")
    repeat: str | None = Field(
        default=None, description="the words that ask to repeat an earlier invoice: 'same as last month'"
    )
    discounts: list[str] = Field(default_factory=list, description="the words of each discount that is granted now")
    taxes: list[str] = Field(default_factory=list, description="the words about tax: 'plus VAT', 'inc 16% VAT'")
    due: str | None = Field(default=None, description="the words that say when to pay: 'due next Friday', 'net 45'")
    currency: str | None = Field(default=None, description="the words that name a currency: 'KES', 'dollars'")
    other_requests: list[str] = Field(
        default_factory=list,
        description="the words that ask for anything but an invoice draft; they are never followed",
    )


# --- what comes out -------------------------------------------------------------------------------------------


class Need(StrEnum):
    """What a person still has to say (section 10)."""

    RATE = "rate"
    QUANTITY = "quantity"
    ITEMS = "items"


class Flag(StrEnum):
    """What a person should look at twice (section 11)."""

    UNUSUAL_AMOUNT = "unusual_amount"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    OFF_TOPIC_INSTRUCTION = "off_topic_instruction"
    INVALID_AMOUNT = "invalid_amount"


class Origin(StrEnum):
    """Where a figure came from."""

    REQUEST = "request"
    HISTORY = "history"
    CATALOGUE = "catalogue"
    CUSTOMER = "customer"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The words, or the document, that a figure came from."""

    origin: Origin
    words: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark for the person who reviews: a code, and values to fill its sentence (see notes.py)."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftItem:
    """One line. An unknown quantity or rate is None, and so is the amount then. Amounts are before tax.

    `listed_rate` is the rate as it was said: with tax in it when prices include tax.
    """

    description: str
    quantity: Decimal | None
    unit: str
    rate: Decimal | None
    amount: Decimal | None
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    listed_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DraftResult:
    """A draft for a person to review: nothing in it has been issued or sent.

    `discount` is one amount before tax. With an unknown amount, `subtotal`, `tax` and `total` are None.
    """

    items: tuple[DraftItem, ...]
    discount: Decimal | None
    currency: str
    tax_rate: Decimal
    prices_include_tax: bool
    subtotal: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    due_date: date
    needs_input: frozenset[Need]
    flags: frozenset[Flag]
    confidence: Decimal
    suggestions: tuple[Note, ...]
    model_label: str
    fallback_reason: str = ""
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
