"""What other floors say on the page of a plan: they register here, so that this floor need not know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from billing_assistant.core.states import Status
from invoices.models import Plan


@dataclass(frozen=True, slots=True)
class PlanNote:
    """One fact about a plan: its label, how it stands, and the page that tells more."""

    label: str | Promise
    word: Status
    url: str


Teller = Callable[[Plan], PlanNote | None]
_tellers: Final[list[Teller]] = []


def plan_note(teller: Teller) -> Teller:
    """Registers what a floor knows of a plan; None where there is nothing to say."""
    _tellers.append(teller)
    return teller


def notes_of(plan: Plan) -> list[PlanNote]:
    """What there is to say of a plan, in the order of the floors. The caller has scoped the plan."""
    return [note for teller in _tellers if (note := teller(plan)) is not None]
