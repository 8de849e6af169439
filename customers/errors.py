"""What a customer service refuses, named for the fact."""

from __future__ import annotations

from billing_assistant.core.errors import Conflict, DomainError


class CustomerChanged(Conflict):
    """Somebody else saved the customer after the form was opened."""

    code = "customer_changed"


class CannotMerge(Conflict):
    """Two customers that cannot become one."""

    code = "cannot_merge"


class CustomerMerged(Conflict):
    """The customer ended in another one."""

    code = "customer_merged"


class NoEmailForAccess(DomainError):
    """Access to the portal needs an e-mail address, to which the sign-in code goes."""

    code = "no_email"
    status = 400


class AccessBelongsToStaff(DomainError):
    """The e-mail address is that of a member of staff."""

    code = "belongs_to_staff"


class CannotErase(Conflict):
    """A customer of whom something is still open; the text says what to do first."""

    code = "cannot_erase"
