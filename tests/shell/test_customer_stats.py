"""Statistics about customers: the figures, how long they are kept, and the page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from billing_assistant.shell.selectors import customer_figures_kept as kept
from billing_assistant.shell.selectors.customer_figures import Behaviour, Figures, figures_read
from billing_assistant.shell.selectors.figure_periods import PeriodWord, period_of
from billing_assistant.shell.selectors.home import agings
from billing_assistant.shell.tasks import renew_customer_figures
from invoices.models import Invoice
from invoices.services.agreed_dates import due_dates_agree
from invoices.services.credit_notes import credit_note_issue
from invoices.services.instalments import DuePart
from tests import factories
from tests.payments import builders

pytestmark = [pytest.mark.django_db, pytest.mark.money]
STATS = "/customers/stats/"


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def traded(seller: BusinessProfile, now: datetime) -> BusinessProfile:
    """On 2 March 2026: one paid in time, one overdue for 31 days, one credited in whole, one in dollars."""
    good = factories.customer(seller, name="Good Ltd", number="GOOD")
    early = factories.issued_invoice(good, now=now - timedelta(days=20))
    builders.pay(good, "52200", {early.pk: Decimal(52200)}, received_on=date(2026, 2, 20), now=now - timedelta(days=10))
    late = factories.customer(seller, name="Late Ltd", number="LATE")
    factories.issued_invoice(late, now=now - timedelta(days=61), payment_terms_days=30)
    factories.issued_invoice(late, now=now - timedelta(days=1))
    undone = factories.customer(seller, name="Undone Ltd", number="UNDONE")
    wrong = factories.issued_invoice(undone, now=now - timedelta(days=5))
    credit_note_issue(invoice_id=wrong.pk, lines=None, reason="Wrong", actor=factories.SYSTEM, now=now)
    abroad = factories.customer(seller, name="Abroad Inc.", number="ABROAD", currency="USD")
    factories.issued_invoice(abroad, now=now - timedelta(days=3))
    return seller


def read(profile: BusinessProfile, now: datetime, currency: str = "KES", word: str = "3m") -> Figures:
    return figures_read(profile, currency=currency, word=PeriodWord(word), now=now)


@pytest.mark.parametrize(
    ("word", "since", "before", "before_until", "months"),
    [
        ("3m", date(2026, 1, 1), date(2025, 10, 1), date(2025, 12, 31), 3),
        ("6m", date(2025, 10, 1), date(2025, 4, 1), date(2025, 9, 30), 6),
        ("12m", date(2025, 4, 1), date(2024, 4, 1), date(2025, 3, 31), 12),
        ("ytd", date(2026, 1, 1), date(2025, 1, 1), date(2025, 3, 2), 3),
    ],
)
def test_periods_are_whole_months_up_to_today(
    word: str, since: date, before: date, before_until: date, months: int
) -> None:
    period = period_of(PeriodWord(word), date(2026, 3, 2))
    assert (period.since, period.before_since, period.before_until) == (since, before, before_until)
    assert (period.months[0], period.months[-1], len(period.months)) == (since, date(2026, 3, 1), months)
    assert period_of(PeriodWord.TO_DATE, date(2028, 2, 29)).before_until == date(2027, 2, 28)


def test_revenue_is_without_tax_and_less_credit_notes(traded: BusinessProfile, now: datetime) -> None:
    figures = read(traded, now, word="6m")
    assert [(earner.number, earner.revenue, earner.invoices) for earner in figures.top] == [
        ("LATE", Decimal(90000), 2),
        ("GOOD", Decimal(45000), 1),
        ("UNDONE", Decimal(0), 1),
    ]
    assert (figures.revenue, figures.earners, figures.documents) == (Decimal(135000), 3, 4)
    assert figures.currencies == ("KES", "USD")
    assert [earner.number for earner in read(traded, now, "USD").top] == ["ABROAD"]


def test_months_tell_what_was_billed_received_and_new(traded: BusinessProfile, now: datetime) -> None:
    months = {month.first: month for month in read(traded, now).months}
    february, march = months[date(2026, 2, 1)], months[date(2026, 3, 1)]
    assert (february.received, march.received) == (Decimal(52200), Decimal(0))
    assert february.billed + march.billed == 2 * Decimal(52200)


def test_what_is_late_is_what_the_dashboard_says(traded: BusinessProfile, now: datetime) -> None:
    figures = read(traded, now)
    told = agings(factories.actor(), profile_id=traded.pk, today=local_today(traded, now))
    assert figures.agings == {one.currency: tuple(bar.amount.amount for bar in one.bars) for one in told}
    (late,) = figures.late
    assert (late.number, late.amount, late.invoices, late.days) == ("LATE", Decimal(52200), 1, 31)
    assert (figures.late_customers, figures.late_amount) == (1, Decimal(52200))
    assert read(traded, now, "USD").late == ()


@pytest.mark.parametrize(
    ("first", "told"),
    [(date(2026, 3, 12), ("0.00", 0)), (date(2026, 2, 27), ("20000.00", 3)), (None, ("52200.00", 31))],
)
def test_what_a_payment_plan_agreed_is_late_by_its_own_dates(
    traded: BusinessProfile, now: datetime, first: date | None, told: tuple[str, int]
) -> None:
    invoice, today = Invoice.objects.filter(customer__number="LATE").earliest("id"), local_today(traded, now)
    if first is not None:
        parts = [DuePart(first, Decimal(20000)), DuePart(date(2026, 4, 12), Decimal(32200))]
        due_dates_agree(invoice=invoice, parts=parts, today=today)
    figures = read(traded, now)
    bars = agings(factories.actor(), profile_id=traded.pk, today=today)
    assert figures.agings == {one.currency: tuple(bar.amount.amount for bar in one.bars) for one in bars}
    assert sum(figures.agings["KES"][1:]) == figures.late_amount == Decimal(told[0])
    assert [late.days for late in figures.late] == ([told[1]] if told[1] else [])


def test_behaviour_is_laid_beside_the_period_before(traded: BusinessProfile, now: datetime) -> None:
    figures = read(traded, now)
    assert figures.behaviour == Behaviour(settled=1, days=10, on_time=1)
    assert figures.before == Behaviour()
    assert figures.behaviour.share(1) == 100


def test_the_figures_take_seven_queries_whatever_there_is(traded: BusinessProfile, now: datetime) -> None:
    for profile in (traded, factories.seller()):
        with CaptureQueriesContext(connection) as captured:
            read(profile, now, word="12m")
        assert len(captured) == 7


def test_figures_of_few_invoices_are_of_this_moment(traded: BusinessProfile, now: datetime) -> None:
    actor, later = factories.actor(), now + timedelta(seconds=1)
    for moment in (now, later):
        found = kept.figures_for(actor, profile=traded, currency="KES", word=PeriodWord.YEAR, now=moment)
        assert found.as_of == moment


def test_figures_of_many_are_kept_and_renewed_by_a_worker(
    traded: BusinessProfile, now: datetime, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(kept, "KEPT_FROM", 1)
    monkeypatch.setattr(kept, "enqueue", lambda name, **arguments: asked.append(arguments))
    actor, word = factories.actor(), PeriodWord.YEAR

    def ask(at: datetime, *, anew: bool = False) -> datetime:
        return kept.figures_for(actor, profile=traded, currency="KES", word=word, now=at, anew=anew).as_of

    assert ask(now) == now
    assert ask(now + timedelta(minutes=9)) == now
    assert asked == []
    old = now + timedelta(minutes=11)
    assert (ask(old), ask(old)) == (now, now)
    assert asked == [{"profile_id": str(traded.pk), "currency": "KES", "period": "12m"}]
    clock.move_to(old)
    renew_customer_figures(**asked[0])
    assert ask(old + timedelta(minutes=1)) == old
    assert ask(old + timedelta(minutes=2), anew=True) == old + timedelta(minutes=2)


def test_figures_are_for_staff_of_the_profile(traded: BusinessProfile, now: datetime) -> None:
    def ask(role: Role, profile: BusinessProfile) -> None:
        actor = factories.actor(role, profiles=[profile])
        kept.figures_for(actor, profile=traded, currency="KES", word=PeriodWord.YEAR, now=now)

    with pytest.raises(PermissionRefused):
        ask(Role.CLIENT, traded)
    with pytest.raises(NotFound):
        ask(Role.READ_ONLY, factories.seller())
    ask(Role.READ_ONLY, traded)


@pytest.mark.parametrize("query", [{}, {"period": "ytd"}, {"currency": "usd"}, {"currency": "XXX", "period": "'"}])
def test_the_page_asks_its_questions(staff: Client, traded: BusinessProfile, query: dict[str, str]) -> None:
    answer = staff.get(STATS, query)
    page = answer.content.decode()
    assert answer.status_code == 200
    for question in (
        "Who brings in the revenue?",
        "How much is billed, and how much comes in?",
        "How many customers are new?",
        "How late is our money?",
        "Which customers need attention?",
        "Who are the top 10 by revenue?",
        "How do customers pay?",
    ):
        assert question in page
    assert "<script>" not in page


def test_an_empty_profile_says_what_will_be_here(staff: Client, seller: BusinessProfile) -> None:
    assert "Nothing to count yet" in staff.get(STATS).content.decode()
    factories.customer(seller)
    page = staff.get(STATS).content.decode()
    assert "Nothing is outstanding." in page
    assert "No invoice in KES was settled in this period." in page


def test_kept_figures_are_worked_out_anew_on_demand(staff: Client, traded: BusinessProfile) -> None:
    answer = staff.post(f"{STATS}?period=6m&currency=USD")
    assert (answer.status_code, answer["Location"]) == (302, f"{STATS}?period=6m&currency=USD")


def test_the_figures_are_exported(staff: Client, traded: BusinessProfile) -> None:
    answer = staff.get(reverse("customers:stats_export"), {"period": "12m"})
    lines = answer.getvalue().decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "Figure,Of,Number,Currency,Value"
    assert any(line.startswith("Overdue,Late Ltd,LATE,KES,") for line in lines)
    assert any(line.startswith("Outstanding,Not due yet,,USD,") for line in lines)
