"""Errors that a person or a program can act on. Pages, API and tasks render these and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _


class DomainError(Exception):
    """A rule of the business refused: a code for programs, a sentence for people, an HTTP status for both."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    @property
    def errors(self) -> dict[str, list[str]]:
        """Field by field, what is wrong; empty when the refusal is about the whole."""
        return {self.field: [self.message]} if self.field else {}


class NotFound(DomainError):
    """There is no such thing, or it is somebody else's: the two answers are the same."""

    code = "not_found"
    status = 404


class PermissionRefused(DomainError):
    """The actor lacks the right."""

    code = "permission_refused"
    status = 403


class Conflict(DomainError):
    """The thing changed meanwhile, or is busy."""

    code = "conflict"
    status = 409


class ValidationFailed(DomainError):
    """Input that cannot be taken, with the reasons by field."""

    code = "invalid"
    status = 400

    def __init__(self, errors: Mapping[str, list[str]] | str) -> None:
        self._errors = {"__all__": [errors]} if isinstance(errors, str) else dict(errors)
        super().__init__("; ".join(f"{reason}" for reasons in self._errors.values() for reason in reasons))

    @property
    def errors(self) -> dict[str, list[str]]:
        return self._errors


class InvalidAmount(DomainError):
    """An amount or currency that cannot be taken."""

    code = "invalid_amount"
    status = 400


class AmountTooLarge(InvalidAmount):
    """An amount that is larger than any that is kept."""


class MixedCurrencies(DomainError):
    """Two currencies met in one sum."""

    code = "mixed_currencies"
    status = 409

    def __init__(self, first: str, second: str) -> None:
        super().__init__(_("%(first)s and %(second)s cannot be added together.") % {"first": first, "second": second})


class ApprovalNeeded(DomainError):
    """A second person has to approve this first."""

    code = "approval_needed"
    status = 409

    def __init__(self, message: str, *, approval_id: str) -> None:
        super().__init__(message)
        self.approval_id = approval_id


class RetryLater(Exception):
    """Raised by a task or an event handler whose moment has not come: it is tried again with backoff."""


class ProviderError(Exception):
    """An outside service did not do what was asked. `response` is its `core.http.Response`, if any."""

    response: Any = None


class Rejected(ProviderError):
    """Final: the provider understood and refused."""

    def __init__(self, message: str, *, status: int | None = None, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Unavailable(ProviderError):
    """Nothing happened there; trying again with backoff is safe. `status` is the answer's, None without one."""

    def __init__(self, message: str, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status


class OutcomeUnknown(ProviderError):
    """The call may have had its effect: ask the provider, never send again."""
