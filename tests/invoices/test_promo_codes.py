"""Promo codes: what they give, why they do not, and that they are never used more often than they may be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from billing_assistant.core.errors import DomainError, PermissionRefused, ValidationFailed
from billing_assistant.core.money import ZERO, is_quantized
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.errors import PromoCodeRefused
from invoices.models import Invoice, InvoiceDraft, PromoCode, PromoUse
from invoices.promo_selectors import PromoStatus, promo_get, promo_status
from invoices.services import promo_uses
from invoices.services.compute import compute, lines_total
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_duplicate, draft_restore, draft_update
from invoices.services.issue import invoice_issue, invoices_issue
from invoices.services.promo_codes import PromoInput, promo_create, promo_offer, promo_update
from invoices.services.promo_uses import promo_discount
from invoices.services.void import invoice_void
from invoices.states import DiscountKind
from tests import factories
from tests.factories import NOW, SYSTEM

TODAY = date(2026, 3, 2)
THREADS, DRAFTS, USES = 6, 12, 3


@pytest.fixture
def customer(db: None) -> Customer:
    return factories.customer(factories.seller())


def _issue(draft: InvoiceDraft) -> Invoice:
    return invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=NOW)


@pytest.mark.django_db
@pytest.mark.money
class TestOnADraft:
    def test_a_code_takes_the_place_of_the_discount(self, customer: Customer) -> None:
        factories.promo_code(customer.profile)
        draft = factories.draft(customer, promo_code=" welcome10 ")
        assert (draft.promo_code, draft.discount_total, draft.total) == ("WELCOME10", Decimal(4500), Decimal(46980))
        invoice = _issue(draft)
        assert (invoice.promo_code, invoice.discount_total) == ("WELCOME10", Decimal(4500))
        assert PromoUse.objects.get().discount == Decimal(4500)

    def test_an_amount_is_never_more_than_the_lines_come_to(self, customer: Customer) -> None:
        factories.promo_code(customer.profile, "BIG", kind=DiscountKind.AMOUNT, value=Decimal(99_000), currency="KES")
        draft = factories.draft(customer, promo_code="BIG")
        assert (draft.discount_total, draft.total) == (Decimal(45_000), ZERO)
        assert _issue(draft).total == ZERO

    def test_a_draft_has_a_discount_of_its_own_or_a_code(self, customer: Customer) -> None:
        factories.promo_code(customer.profile)
        with pytest.raises(ValidationFailed, match="not both"):
            factories.draft(
                customer, promo_code="WELCOME10", discount_kind=DiscountKind.PERCENT, discount_value=Decimal(5)
            )

    @pytest.mark.parametrize(
        ("terms", "reason"),
        [
            ({"valid_from": date(2026, 3, 3)}, "WELCOME10 is not valid before 2026-03-03."),
            ({"valid_until": date(2026, 3, 1)}, "WELCOME10 was valid until 2026-03-01."),
            ({"currency": "USD"}, "WELCOME10 is for documents in USD."),
            ({"currency": "KES", "minimum": Decimal("45000.01")}, "WELCOME10 is for KES 45,000.01 or more."),
        ],
    )
    def test_it_says_why_a_code_is_not_valid(self, terms: dict[str, Any], reason: str, customer: Customer) -> None:
        factories.promo_code(customer.profile, **terms)
        with pytest.raises(ValidationFailed) as refused:
            factories.draft(customer, promo_code="WELCOME10")
        assert refused.value.errors == {"promo_code": [reason]}
        assert not InvoiceDraft.objects.exists()

    def test_dates_are_those_of_the_profile_and_inclusive(self) -> None:
        """At 21:30 UTC on 2 March it is 3 March in Nairobi."""
        customer = factories.customer(factories.seller())
        factories.promo_code(customer.profile, valid_from=date(2026, 3, 3), valid_until=date(2026, 3, 3))
        evening = NOW.replace(hour=21, minute=30)
        assert factories.draft(customer, now=evening, promo_code="WELCOME10").discount_total == Decimal(4500)

    def test_unknown_foreign_and_withdrawn_codes_are_told(self, customer: Customer) -> None:
        factories.promo_code(factories.seller(), "FOREIGN")
        with pytest.raises(ValidationFailed, match="There is no promo code FOREIGN"):
            factories.draft(customer, promo_code="foreign")
        promo = factories.promo_code(customer.profile)
        promo_offer(promo_id=promo.pk, offered=False, actor=SYSTEM, now=NOW)
        with pytest.raises(ValidationFailed, match="WELCOME10 is not offered any more"):
            factories.draft(customer, promo_code="WELCOME10")

    def test_duplicates_and_restored_versions_name_the_code_again(self, customer: Customer) -> None:
        factories.promo_code(customer.profile)
        draft = factories.draft(customer, promo_code="WELCOME10")
        copy = draft_duplicate(draft_id=draft.pk, actor=SYSTEM, now=NOW)
        assert (copy.promo_code, copy.total) == ("WELCOME10", Decimal(46980))
        plain = DraftInput(lines=(factories.line(),))
        draft_update(draft_id=draft.pk, data=plain, expected_version=1, actor=SYSTEM, now=NOW)
        back = draft_restore(draft_id=draft.pk, version=1, actor=SYSTEM, now=NOW)
        assert (back.promo_code, back.discount_value, back.total) == ("WELCOME10", Decimal(10), Decimal(46980))


@pytest.mark.django_db
@pytest.mark.money
class TestAtIssue:
    def test_it_is_checked_again_and_on_refusal_nothing_happened(self, customer: Customer) -> None:
        promo = factories.promo_code(customer.profile)
        draft = factories.draft(customer, promo_code="WELCOME10")
        promo_offer(promo_id=promo.pk, offered=False, actor=SYSTEM, now=NOW)
        with pytest.raises(PromoCodeRefused, match="not offered any more"):
            _issue(draft)
        assert not Invoice.objects.exists()
        assert not PromoUse.objects.exists()

    def test_other_terms_than_the_draft_shows_are_refused(self, customer: Customer) -> None:
        promo = factories.promo_code(customer.profile)
        draft = factories.draft(customer, promo_code="WELCOME10")
        promo_update(promo_id=promo.pk, data=PromoInput("WELCOME10", value=Decimal(20)), actor=SYSTEM, now=NOW)
        with pytest.raises(PromoCodeRefused, match="was changed"):
            _issue(draft)

    def test_uses_are_counted_at_issue_and_given_back_at_void(self, customer: Customer) -> None:
        promo = factories.promo_code(customer.profile, most_uses=1, once_per_customer=True)
        first, second = (factories.draft(customer, promo_code="WELCOME10") for _ in range(2))
        invoice = _issue(first)
        with pytest.raises(PromoCodeRefused, match="as often as it may be"):
            _issue(second)
        assert promo_get(SYSTEM, promo.pk).used == 1  # type: ignore[attr-defined]
        invoice_void(invoice_id=invoice.pk, reason="Wrong", actor=SYSTEM, now=NOW)
        assert promo_get(SYSTEM, promo.pk).used == 0  # type: ignore[attr-defined]
        assert _issue(second).promo_code == "WELCOME10"

    def test_once_per_customer_holds_within_one_batch_too(self, customer: Customer) -> None:
        factories.promo_code(customer.profile, once_per_customer=True)
        drafts = [factories.draft(customer, promo_code="WELCOME10") for _ in range(2)]
        with pytest.raises(PromoCodeRefused, match="This customer has used WELCOME10 already"):
            invoices_issue(draft_ids=[draft.pk for draft in drafts], actor=SYSTEM, now=NOW)
        assert not Invoice.objects.exists()
        _issue(drafts[0])
        other = factories.draft(factories.customer(customer.profile), promo_code="WELCOME10")
        assert _issue(other).promo_code == "WELCOME10"


def _race(draft_ids: list[UUID]) -> list[DomainError]:
    def issue(draft_id: UUID) -> DomainError | None:
        try:
            invoice_issue(draft_id=draft_id, actor=SYSTEM, now=NOW)
        except DomainError as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(THREADS) as pool:
        return [error for error in pool.map(issue, draft_ids) if error is not None]


def _racing_drafts() -> list[UUID]:
    customer = factories.customer(factories.seller())
    factories.promo_code(customer.profile, most_uses=USES)
    return [factories.draft(customer, promo_code="WELCOME10").pk for _ in range(DRAFTS)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.money
def test_uses_are_never_exceeded_under_concurrency() -> None:
    refusals = _race(_racing_drafts())
    assert len(refusals) == DRAFTS - USES
    assert all(isinstance(error, PromoCodeRefused) for error in refusals)
    assert PromoUse.objects.count() == Invoice.objects.count() == USES


@pytest.mark.django_db(transaction=True)
def test_negative_control_without_the_lock_uses_are_exceeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The codes are read without a lock, and everybody has counted their uses before anybody writes one."""
    drafts, count, everybody = _racing_drafts()[:THREADS], promo_uses._uses, Barrier(THREADS)

    def unlocked(named: Any) -> list[PromoCode]:
        return list(PromoCode.objects.filter(code__in=[code for _profile, code in named]))

    def counted(*given: Any) -> Any:
        uses = count(*given)
        everybody.wait(30)
        return uses

    monkeypatch.setattr(promo_uses, "promos_lock", unlocked)
    monkeypatch.setattr(promo_uses, "_uses", counted)
    assert _race(drafts) == []
    assert PromoUse.objects.count() == THREADS > USES


amounts = st.integers(1, 100_000_000).map(lambda cents: Decimal(cents) / 100)
lines = st.lists(
    st.builds(
        lambda price, rate: factories.line(price=str(price), quantity="1", tax_rate=Decimal(rate)),
        amounts,
        st.sampled_from([0, 8, 16]),
    ),
    min_size=1,
    max_size=8,
)
codes = st.one_of(
    st.builds(lambda v: PromoCode(code="X1", kind=DiscountKind.AMOUNT, value=v, currency="KES"), amounts),
    st.builds(
        lambda v: PromoCode(code="X1", kind=DiscountKind.PERCENT, value=v),
        st.integers(1, 1_000_000).map(lambda parts: Decimal(parts) / 10_000),
    ),
)


@given(lines=lines, promo=codes, inclusive=st.booleans())
def test_totals_with_a_code_tie_to_the_cent(lines: list[Any], promo: PromoCode, inclusive: bool) -> None:
    discount = promo_discount(promo, lines_total(lines, "KES"))
    totals = compute(lines, currency="KES", prices_include_tax=inclusive, discount=discount)
    assert totals.total == totals.subtotal - totals.discount_total + totals.tax_total >= 0
    assert totals.tax_total == sum((group.tax for group in totals.taxes), ZERO)
    assert sum((line.charged for line in totals.lines), ZERO) == (
        totals.total if inclusive else totals.subtotal - totals.discount_total
    )
    assert all(is_quantized(amount, "KES") for amount in (totals.subtotal, totals.discount_total, totals.total))


@pytest.mark.django_db
class TestKeeping:
    @pytest.mark.parametrize(
        ("terms", "field"),
        [
            ({"code": "A"}, "code"),
            ({"code": "ÄB"}, "code"),
            ({"value": Decimal(0)}, "value"),
            ({"value": Decimal("100.01")}, "value"),
            ({"value": Decimal("NaN")}, "value"),
            ({"kind": DiscountKind.NONE}, "kind"),
            ({"kind": DiscountKind.AMOUNT, "value": Decimal(5)}, "currency"),
            ({"kind": DiscountKind.AMOUNT, "value": Decimal("5.5"), "currency": "JPY"}, "value"),
            ({"minimum": Decimal(5)}, "currency"),
            ({"minimum": Decimal(-5), "currency": "KES"}, "minimum"),
            ({"currency": "XXQ"}, "currency"),
            ({"valid_from": date(2026, 2, 2), "valid_until": date(2026, 2, 1)}, "valid_until"),
            ({"most_uses": 0}, "most_uses"),
            ({"description": "\x00"}, "description"),
        ],
    )
    def test_what_cannot_be_kept_is_told_at_its_field(self, terms: dict[str, Any], field: str) -> None:
        profile = factories.profile()
        values = {"code": "AB", "value": Decimal(5)} | terms
        with pytest.raises(ValidationFailed) as refused:
            promo_create(profile_id=profile.pk, data=PromoInput(**values), actor=SYSTEM, now=NOW)
        assert list(refused.value.errors) == [field]

    def test_a_code_is_there_once_in_a_profile_in_capitals(self) -> None:
        promo = factories.promo_code(factories.profile(), "spring")
        assert promo.code == "SPRING"
        with pytest.raises(ValidationFailed, match="like this already"):
            factories.promo_code(promo.profile, "Spring")
        factories.promo_code(factories.profile(), "spring")

    def test_people_without_the_right_are_refused(self) -> None:
        profile = factories.profile()
        with pytest.raises(PermissionRefused):
            promo_create(
                profile_id=profile.pk,
                data=PromoInput("AB", value=Decimal(1)),
                actor=factories.actor(Role.CSM),
                now=NOW,
            )

    @pytest.mark.parametrize(
        ("terms", "used", "status"),
        [
            ({}, 0, PromoStatus.VALID),
            ({"valid_from": date(2026, 3, 3)}, 0, PromoStatus.WAITING),
            ({"valid_until": date(2026, 3, 1)}, 0, PromoStatus.ENDED),
            ({"most_uses": 2}, 2, PromoStatus.USED_UP),
            ({"is_active": False}, 0, PromoStatus.WITHDRAWN),
        ],
    )
    def test_its_status(self, terms: dict[str, Any], used: int, status: PromoStatus) -> None:
        assert promo_status(PromoCode(code="AB", **terms), used=used, today=TODAY) is status


@pytest.mark.django_db
class TestPages:
    def test_a_code_is_made_changed_withdrawn_and_used_in_the_browser(self, clock: object) -> None:
        customer, client = factories.customer(factories.seller()), Client()
        client.force_login(factories.user(Role.FINANCE))
        assert "No promo codes yet" in client.get(reverse("invoices:promo_codes")).content.decode()
        form = {"code": "welcome10", "kind": "percent", "value": "10", "most_uses": "5"}
        made = client.post(reverse("invoices:promo_code_new"), form)
        assert made.url == reverse("invoices:promo_codes")
        promo = PromoCode.objects.get()
        page = client.get(made.url).content.decode()
        assert "WELCOME10" in page
        assert "0 / 5" in page
        url = reverse("invoices:promo_code", args=[promo.pk])
        assert client.post(url, form | {"value": "abc"}).status_code == 422
        client.post(url, form | {"value": "15", "code": "welcome10"})
        _issue(factories.draft(customer, promo_code="WELCOME10"))
        assert "INV-2026-0001" in client.get(url).content.decode()
        client.post(reverse("invoices:promo_code_offer", args=[promo.pk]), {"offered": "0"})
        assert "Withdrawn" in client.get(url).content.decode()
        promo.refresh_from_db()
        assert (promo.value, promo.is_active) == (Decimal(15), False)

    def test_the_editor_shows_what_a_code_gives_and_why_not(self, clock: object) -> None:
        customer, client = factories.customer(factories.seller()), Client()
        client.force_login(factories.user(Role.FINANCE))
        factories.promo_code(customer.profile)
        draft = factories.draft(customer, promo_code="WELCOME10")
        page = client.get(reverse("invoices:draft_edit", args=[draft.pk])).content.decode()
        assert "Promo code WELCOME10" in page
        assert "46,980.00" in page
        sent = {"currency": "KES", "discount_kind": "none", "promo_code": "NOPE"}
        rows = {"lines-0-description": "A", "lines-0-unit_price": "100", "lines-0-quantity": "1"}
        counts = {f"{name}-TOTAL_FORMS": number for name, number in (("lines", "1"), ("parts", "0"))}
        counts |= {"lines-INITIAL_FORMS": "0", "parts-INITIAL_FORMS": "0", "lines-0-tax": "standard:16"}
        url = f"{reverse('invoices:draft_totals')}?customer={customer.pk}"
        live = client.post(url, sent | rows | counts).content.decode()
        assert "There is no promo code NOPE." in live
        assert "116.00" in live
