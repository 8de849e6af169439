"""What can be said of a recurring plan, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO
from billing_assistant.core.services.business_profiles import time_zones
from customers.states import PreferredMethod
from invoices.plan_calendar import Rhythm, period_at
from invoices.plan_states import PlanMakes, PlanTiming, PlanUnit
from invoices.plan_texts import PLACEHOLDERS, placeholders_unknown
from invoices.services.compute import Discount, LineInput, compute
from invoices.services.draft_input import DraftInput, check_draft
from invoices.states import DiscountKind

MOST_EVERY: Final = 120
MOST_CYCLES: Final = 10_000
MOST_TRIAL_DAYS: Final = 3_650
MOST_REVIEW_DAYS: Final = 90
YEARS: Final = (2000, 2199)
"""In which a plan can start: its calendar then never leaves the years that dates have."""
LONGEST: Final = {"name": 120, "source_ref": 80}
DAYS_OF_WEEK: Final = 7
DAYS_OF_MONTH: Final = 31


@dataclass(frozen=True, slots=True)
class PlanInput:
    """What a person or a program wants of a plan. Days are local to `time_zone`.

    Empty `currency` and None `payment_terms_days` mean the customer's, an empty `time_zone` the business profile's.
    `anchor_day` is a day of the month (1 to 31) or of the week (1 Monday to 7 Sunday); 0: as it starts.
    """

    name: str
    starts_on: date
    lines: tuple[LineInput, ...] = ()
    unit: PlanUnit = PlanUnit.MONTH
    every: int = 1
    anchor_day: int = 0
    trial_days: int = 0
    ends_on: date | None = None
    cycles: int | None = None
    timing: PlanTiming = PlanTiming.ADVANCE
    time_zone: str = ""
    bills_at: time = time(0, 0)
    prorates: bool = True
    makes: PlanMakes = PlanMakes.SEND
    review_days: int = 0
    credits_first: bool = True
    payment_method: str = ""
    currency: str = ""
    prices_include_tax: bool = False
    discount_kind: DiscountKind = DiscountKind.NONE
    discount_value: Decimal = ZERO
    payment_terms_days: int | None = None
    reference: str = ""
    project: str = ""
    template_id: UUID | None = None
    series_id: UUID | None = None
    language: str = ""
    notes: str = ""
    terms: str = ""
    source_ref: str = ""

    @property
    def rhythm(self) -> Rhythm:
        """When its periods are, counted from the end of the trial. The input has been checked."""
        return Rhythm(
            unit=self.unit,
            every=self.every,
            starts_on=self.starts_on + timedelta(days=self.trial_days),
            anchor_day=self.anchor_day,
            ends_on=self.ends_on,
            cycles=self.cycles,
        )

    @property
    def document(self) -> DraftInput:
        """What a draft says as well."""
        return DraftInput(
            currency=self.currency,
            prices_include_tax=self.prices_include_tax,
            discount_kind=self.discount_kind,
            discount_value=self.discount_value,
            payment_terms_days=self.payment_terms_days,
            reference=self.reference,
            project=self.project,
            template_id=self.template_id,
            series_id=self.series_id,
            language=self.language,
            notes=self.notes,
            terms=self.terms,
        )


def check_plan(data: PlanInput, *, currency: str, profile_id: UUID, with_lines: bool = True) -> None:
    """Raises ValidationFailed with every reason by field; lines as `lines.<index>.<field>`."""
    errors: dict[str, list[str]] = {}
    for field, reason in (*_word_faults(data), *_rhythm_faults(data), *_bill_faults(data)):
        errors.setdefault(field, []).append(reason)
    if not errors.keys() & {"starts_on", "trial_days", "every", "anchor_day"}:
        for field, reason in _end_faults(data):
            errors.setdefault(field, []).append(reason)
    try:
        check_draft(data.document, currency, profile_id)
    except ValidationFailed as error:
        errors |= error.errors
    if with_lines and "currency" not in errors:
        errors |= plan_line_faults(data.lines, currency=currency, discount=document_discount(data))
    if errors:
        raise ValidationFailed(errors)


def document_discount(data: PlanInput) -> Discount:
    """The discount on a full period of a plan."""
    return Discount(data.discount_kind, data.discount_value)


def plan_line_faults(
    lines: tuple[LineInput, ...], *, currency: str, discount: Discount | None = None
) -> dict[str, list[str]]:
    """What is wrong with the lines of a plan, by `lines.<index>.<field>`: none, rates that are not known, texts with
    placeholders that nobody knows, and all that a draft refuses."""
    if not lines:
        return {"lines": [_("A plan bills at least one line.")]}
    errors: dict[str, list[str]] = {}
    for index, line in enumerate(lines):
        if unknown := placeholders_unknown(line.description):
            words = {"unknown": unknown[0], "known": known_placeholders()}
            errors[f"lines.{index}.description"] = [_("{%(unknown)s} means nothing here. Known: %(known)s.") % words]
        if line.unit_price is None:
            errors[f"lines.{index}.unit_price"] = [_("A plan needs every rate.")]
    try:
        compute(lines, currency=currency, discount=discount)
    except ValidationFailed as error:
        errors = error.errors | errors
    return errors


def known_placeholders() -> str:
    """The placeholders that a text may have, for a sentence."""
    return ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


def _word_faults(data: PlanInput) -> Iterator[tuple[str, str]]:
    if not data.name.strip():
        yield "name", _("Give the plan a name.")
    for field, most in LONGEST.items():
        if len(getattr(data, field)) > most:
            yield field, _("Write at most %(most)d characters.") % {"most": most}
    for field in ("name", "source_ref", "reference", "project", "notes", "terms"):
        if "\x00" in getattr(data, field):
            yield field, _("This has a character that cannot be kept.")
    if data.time_zone and data.time_zone not in time_zones():
        yield (
            "time_zone",
            _("There is no time zone “%(name)s”. Write one like Africa/Nairobi.") % {"name": data.time_zone[:60]},
        )
    if data.payment_method and data.payment_method not in set(PreferredMethod):
        yield "payment_method", _("Choose one of: %(known)s.") % {"known": ", ".join(PreferredMethod)}


def _rhythm_faults(data: PlanInput) -> Iterator[tuple[str, str]]:
    first, last = YEARS
    if not first <= data.starts_on.year <= last:
        yield "starts_on", _("Choose a day from %(first)d to %(last)d.") % {"first": first, "last": last}
    if not 1 <= data.every <= MOST_EVERY:
        yield "every", _("Choose a number from 1 to %(most)d.") % {"most": MOST_EVERY}
    most = DAYS_OF_WEEK if data.unit is PlanUnit.WEEK else DAYS_OF_MONTH
    if not 0 <= data.anchor_day <= most:
        yield (
            "anchor_day",
            (
                _("Choose a day of the week from 1 (Monday) to 7 (Sunday).")
                if data.unit is PlanUnit.WEEK
                else _("Choose a day of the month from 1 to 31.")
            ),
        )
    if not 0 <= data.trial_days <= MOST_TRIAL_DAYS:
        yield "trial_days", _("Choose a number from 0 to %(most)d.") % {"most": MOST_TRIAL_DAYS}


def _end_faults(data: PlanInput) -> Iterator[tuple[str, str]]:
    if data.cycles is not None and not 1 <= data.cycles <= MOST_CYCLES:
        yield "cycles", _("Choose a number from 1 to %(most)d.") % {"most": MOST_CYCLES}
    elif data.ends_on is not None and period_at(data.rhythm, 0) is None:
        yield (
            "ends_on",
            _("The plan ends before its first day that is billed, %(day)s.")
            % {"day": data.rhythm.starts_on.isoformat()},
        )


def _bill_faults(data: PlanInput) -> Iterator[tuple[str, str]]:
    if not 0 <= data.review_days <= MOST_REVIEW_DAYS:
        yield "review_days", _("Choose a number from 0 to %(most)d.") % {"most": MOST_REVIEW_DAYS}
    elif data.review_days and data.makes is PlanMakes.DRAFT:
        yield "review_days", _("A plan that makes drafts waits for a person anyway. Leave this at 0.")
