"""States: an enum that carries its label, tone and icon, and tables of allowed transitions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Self, TypeVar

from django.db.models import CheckConstraint, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError


class Status(StrEnum):
    """A state with the word, colour tone (success, warning, danger, info, neutral) and icon that people see.

    Every member gives all four; the defaults let the checker see that a value alone looks a member up.
    """

    label: str | Promise
    tone: str
    icon: str

    def __new__(cls, value: str, label: str | Promise = "", tone: str = "neutral", icon: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.tone = tone
        member.icon = icon
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str | Promise]]:
        """Pairs for a model or form field."""
        return [(member.value, member.label) for member in cls]


class TransitionRefused(DomainError):
    """The state table forbids this step."""

    code = "transition_refused"

    def __init__(self, thing: str, current: Status, wanted: Status) -> None:
        if current == wanted:
            said = _("%(thing)s is already %(current)s.") % {"thing": thing, "current": str(current.label).lower()}
        else:
            said = _("%(thing)s is %(current)s and cannot become %(wanted)s.") % {
                "thing": thing,
                "current": current.label,
                "wanted": wanted.label,
            }
        super().__init__(said)
        self.current = current
        self.wanted = wanted


S = TypeVar("S", bound=Status)


def require_transition(table: Mapping[S, frozenset[S]], thing: str, current: S, wanted: S) -> None:
    """Raises TransitionRefused unless the table allows the step."""
    if wanted not in table[current]:
        raise TransitionRefused(thing, current, wanted)


def values_constraint(name: str, field: str, states: type[StrEnum]) -> CheckConstraint:
    """A CHECK that lists the values of an enum."""
    return CheckConstraint(condition=Q(**{f"{field}__in": [state.value for state in states]}), name=name)
