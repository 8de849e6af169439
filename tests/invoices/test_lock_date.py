"""The lock date: what it closes, for whom, and that moving it cannot race with an issue."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event as Signal
from uuid import UUID

import pytest
from django.db import connection, transaction

from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Role
from invoices.errors import PeriodLocked
from invoices.models import BillingRules, Invoice
from invoices.services import lock_date
from invoices.services.credit_notes import credit_note_issue
from invoices.services.issue import invoice_issue
from invoices.services.lock_date import lock_date_move, lock_date_of
from invoices.services.void import invoice_void
from tests import factories
from tests.factories import NOW, SYSTEM

TODAY = date(2026, 3, 2)
LATER = NOW + timedelta(days=10)


def _lock(profile, until: date | None, **more):
    return lock_date_move(profile_id=profile.pk, until=until, actor=SYSTEM, now=more.pop("now", LATER), **more)


@pytest.mark.django_db
class TestWhatIsClosed:
    def test_nothing_is_issued_on_a_locked_day(self) -> None:
        draft = factories.draft()
        _lock(draft.profile, TODAY)
        with pytest.raises(PeriodLocked, match=r"Everything up to 2 Mar 2026 is locked"):
            invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=LATER, issued_on=TODAY)
        assert not Invoice.objects.exists()
        assert invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=LATER).issued_on == date(2026, 3, 12)

    def test_an_invoice_of_a_locked_day_is_credited_and_not_voided(self) -> None:
        invoice = factories.issued_invoice()
        _lock(invoice.profile, TODAY)
        with pytest.raises(PeriodLocked):
            invoice_void(invoice_id=invoice.pk, reason="wrong", actor=SYSTEM, now=LATER)
        note = credit_note_issue(invoice_id=invoice.pk, lines=None, reason="wrong", actor=SYSTEM, now=LATER)
        assert note.issued_on == date(2026, 3, 12)

    def test_nothing_is_credited_while_today_is_locked(self) -> None:
        invoice = factories.issued_invoice()
        _lock(invoice.profile, date(2026, 3, 12))
        with pytest.raises(PeriodLocked):
            credit_note_issue(invoice_id=invoice.pk, lines=None, reason="wrong", actor=SYSTEM, now=LATER)

    def test_another_profile_is_not_closed(self) -> None:
        _lock(factories.seller(), TODAY)
        assert factories.issued_invoice().issued_on == TODAY


@pytest.mark.django_db
class TestMoving:
    def test_moving_it_back_needs_a_reason_which_is_kept(self) -> None:
        profile = factories.seller()
        _lock(profile, TODAY)
        with pytest.raises(ValidationFailed) as refused:
            _lock(profile, date(2026, 2, 28))
        assert "reason" in refused.value.errors
        assert lock_date_of(profile.pk) == TODAY
        _lock(profile, None, reason="The auditor asked for one more invoice")
        assert lock_date_of(profile.pk) is None
        told = Event.objects.filter(name="lock_date.moved", profile=profile).order_by("id").last()
        assert told.data == {
            "before": "2026-03-02",
            "until": None,
            "reason": "The auditor asked for one more invoice",
        }

    def test_days_to_come_cannot_be_locked(self) -> None:
        with pytest.raises(ValidationFailed):
            _lock(factories.seller(), date(2026, 3, 3), now=NOW)

    def test_only_administrators_move_it(self) -> None:
        profile = factories.seller()
        with pytest.raises(PermissionRefused):
            lock_date_move(profile_id=profile.pk, until=TODAY, actor=factories.actor(Role.FINANCE), now=NOW)


def _race(draft, profile) -> int:
    """Issues while the lock date is moved past the issue date; returns how many invoices the mover saw then."""
    looked, moving = Signal(), Signal()

    def issue() -> None:
        try:
            with transaction.atomic():
                invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=NOW)
                looked.set()
                moving.wait(timeout=1)
        finally:
            looked.set()
            connection.close()

    def move() -> int:
        try:
            looked.wait(timeout=10)
            _lock(profile, TODAY, now=NOW)
            return Invoice.objects.count()
        finally:
            moving.set()
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        issued, seen = pool.submit(issue), pool.submit(move)
        issued.result()
        return seen.result()


@pytest.mark.django_db(transaction=True)
def test_who_locks_a_day_waits_for_what_is_being_issued_on_it() -> None:
    """When the date has moved, everything of the locked days is there to be seen: nothing is added afterwards."""
    draft = factories.draft()
    assert _race(draft, draft.profile) == 1
    assert BillingRules.objects.get().locked_until == TODAY


@pytest.mark.django_db(transaction=True)
def test_negative_control_without_the_shared_lock_an_invoice_appears_in_a_locked_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lock_date, "lock_date_share", lambda _profile_id: None)
    monkeypatch.setattr(lock_date, "business_profile_lock", _unlocked)
    draft = factories.draft()
    assert _race(draft, draft.profile) == 0
    assert Invoice.objects.get().issued_on == BillingRules.objects.get().locked_until


def _unlocked(profile_id: UUID) -> BusinessProfile:
    return BusinessProfile.objects.get(pk=profile_id)
