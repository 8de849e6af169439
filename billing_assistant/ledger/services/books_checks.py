"""The check of the books as a record: begun, worked on rule by rule, told to finance when something is broken."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing_assistant.core import clock, events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.rights import Right
from billing_assistant.core.services.notices import notice_to_role
from billing_assistant.ledger.books import check_invariant, invariants
from billing_assistant.ledger.models import BooksCheck
from billing_assistant.ledger.services.seals import heads

AT_WORK: Final = timedelta(minutes=20)
"""A check that nobody has touched for so long has lost its worker: a rule takes seconds."""
SLICE: Final = timedelta(minutes=3)
ADVANCE: Final = "payments.advance_books_check"
CHECKER: Final = Actor.system("Books check")


def books_check_begin(*, now: datetime) -> BooksCheck:
    """The check that is under way, or a new one."""
    with transaction.atomic():
        advisory_lock("ledger.books_check")
        running = BooksCheck.objects.filter(finished_at__isnull=True, touched_at__gt=now - AT_WORK).first()
        return running or BooksCheck.objects.create(created_at=now, touched_at=now)


def books_check_advance(*, check_id: UUID) -> bool:
    """Checks rule after rule for three minutes; gives whether more are to come. What was checked is not checked again.

    Raises NotFound.
    """
    check = _check(check_id)
    if check.finished_at is not None:
        return False
    begun = clock.now()
    known = {(result["code"], result["rule"]) for result in check.results}
    for invariant in invariants():
        if (invariant.code, invariant.rule) in known:
            continue
        started = clock.now()
        if started - begun >= SLICE:
            return True
        found = check_invariant(invariant, now=started)
        check.touched_at = clock.now()
        check.results.append(
            {
                "code": invariant.code,
                "rule": invariant.rule,
                "rows": [violation.detail for violation in found],
                "milliseconds": (check.touched_at - started) // timedelta(milliseconds=1),
            }
        )
        check.save(update_fields=["results", "touched_at"])
    _finish(check, clock.now())
    return False


def books_check_looked_at(*, check_id: UUID, note: str, actor: Actor, now: datetime) -> BooksCheck:
    """A person has looked at what a check found, and says what it was. Raises PermissionRefused, NotFound,

    ValidationFailed (no note, nothing broken, somebody looked before).
    """
    actor.require(Right.PAYMENTS_RECORD)
    if not note.strip():
        raise ValidationFailed({"note": [_("Say what you found.")]})
    with transaction.atomic():
        advisory_lock("ledger.books_check")
        check = _check(check_id)
        if not check.needs_a_person:
            raise ValidationFailed({"note": [_("There is nothing to look at any more.")]})
        check.looked_at, check.looked_by_id, check.looked_note = now, actor.user_id, note.strip()[:240]
        check.save(update_fields=["looked_at", "looked_by", "looked_note"])
        events.record(
            name="books.looked_at",
            subject=check,
            actor=actor,
            now=now,
            profile_id=None,
            data={"reason": check.looked_note},
        )
    return check


def _check(check_id: UUID) -> BooksCheck:
    check = BooksCheck.objects.filter(pk=check_id).first()
    if check is None:
        raise NotFound(_("There is no such check."))
    return check


def _finish(check: BooksCheck, now: datetime) -> None:
    """Ends a check; one that found something is told to finance in the same transaction."""
    check.finished_at, check.heads = now, heads()
    check.broken = sum(bool(result["rows"]) for result in check.results)
    with transaction.atomic():
        check.save(update_fields=["finished_at", "heads", "broken"])
        if check.broken:
            _tell(check, now)


def _tell(check: BooksCheck, now: datetime) -> None:
    codes = ", ".join(broken_of(check))
    events.record(name="books.broken", subject=check, actor=CHECKER, now=now, profile_id=None, data={"codes": codes})
    notice_to_role(
        roles=("admin", "finance"),
        key=f"books-{check.pk}",
        tone="danger",
        text=lambda: (
            ngettext(
                "The books do not tie: %(count)d rule is broken (%(codes)s).",
                "The books do not tie: %(count)d rules are broken (%(codes)s).",
                check.broken,
            )
            % {"count": check.broken, "codes": codes}
        ),
        url=_page(check),
    )


def broken_of(check: BooksCheck) -> dict[str, list[dict[str, Any]]]:
    """What is broken, by the code of the invariant."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for result in check.results:
        if result["rows"]:
            found[result["code"]].append(result)
    return found


def _page(check: BooksCheck) -> str:
    try:
        return reverse("reports:books_check", args=[check.pk])
    except NoReverseMatch:
        return ""
