"""Payment plans as staff agree on them and clients read them, and the list of what is asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.ids import uuid7
from billing_assistant.core.rights import Role
from customers.portal_tokens import token_of
from payments.models import PayingRules, PaymentPlan
from payments.services.dispute import DisputeInput, dispute_open
from tests import factories
from tests.payments.builders import NOW, SYSTEM, customer, pay
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.test_api import post, read
from tests.payments.test_payment_plans import FIRST, SECOND, agree, late

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]


def form_of(bills: list[Any], *parts: tuple[str, str], **fields: str) -> dict[str, Any]:
    rows: dict[str, Any] = {"part-TOTAL_FORMS": len(parts), "part-INITIAL_FORMS": len(parts)}
    for number, (day, amount) in enumerate(parts):
        rows |= {f"part-{number}-due_on": day, f"part-{number}-amount": amount}
    defaults = {"parts": "2", "first": "2026-04-01", "every": "month", "note": "", "plan_id": str(uuid7())}
    return rows | defaults | {"invoices": [str(bill.pk) for bill in bills]} | fields


def test_the_page_proposes_equal_instalments_and_agrees_on_what_is_typed(client: Client) -> None:
    of = customer()
    bill, other = late(of), late(of, "50.00")
    sign_in(client)
    url = f"/customers/{of.pk}/payment-plan/"
    assert "50.00" in text_of(client.get(url))
    proposed = client.post(f"{url}?invoice={bill.pk}", form_of([bill, other], propose="1")).content.decode()
    assert proposed.count('value="75.00"') == 2
    assert 'value="2026-05-01"' in proposed
    typed = form_of([bill], ("2026-04-01", "40"), ("", ""), ("2026-05-01", "60"))
    response = client.post(url, typed)
    plan = PaymentPlan.objects.get()
    assert response["Location"] == f"/payments/plans/{plan.pk}/"
    assert [(part.due_on.month, part.amount) for part in plan.instalments.all()] == [(4, 40), (5, 60)]
    assert client.post(url, typed).status_code == 302
    assert PaymentPlan.objects.count() == 1
    assert "PP-0001" in text_of(client.get(response["Location"]))


def test_a_sum_that_is_not_what_is_owed_is_refused_in_words(client: Client) -> None:
    of = customer()
    bill = late(of)
    sign_in(client)
    response = client.post(f"/customers/{of.pk}/payment-plan/", form_of([bill], ("2026-04-01", "99.99")))
    assert "the instalments sum to" in text_of(response)
    assert not PaymentPlan.objects.exists()


def test_who_owes_nothing_is_told_so(client: Client) -> None:
    of = customer()
    agree(of, [late(of)], (FIRST, "100.00"))
    sign_in(client)
    assert "Nothing can be planned" in text_of(client.get(f"/customers/{of.pk}/payment-plan/"))


def test_invoice_and_customer_show_the_plan_and_it_can_be_cancelled(client: Client) -> None:
    of = customer()
    bill = late(of)
    plan = agree(of, [bill], (FIRST, "30.00"), (SECOND, "70.00"))
    sign_in(client)
    page = text_of(client.get(f"/invoices/{bill.pk}/"))
    assert "PP-0001" in page
    assert "its payment plan is kept" in page
    assert "PP-0001" in text_of(client.get(f"/customers/{of.pk}/"))
    assert "PP-0001" in text_of(client.get("/payments/plans/?status=kept"))
    cancel = f"/payments/plans/{plan.pk}/cancel/"
    assert "This field is required" in text_of(client.post(cancel, {"reason": ""}))
    assert client.post(cancel, {"reason": "Paid at once"}).status_code == 302
    assert "Paid at once" in text_of(client.get(f"/payments/plans/{plan.pk}/"))
    assert "PP-0001" not in text_of(client.get("/payments/plans/?status=kept"))


def test_only_who_records_payments_agrees(client: Client) -> None:
    of = customer()
    plan = agree(of, [late(of)], (FIRST, "100.00"))
    sign_in(client, Role.READ_ONLY)
    assert client.get(f"/payments/plans/{plan.pk}/").status_code == 200
    assert client.get(f"/payments/plans/{plan.pk}/cancel/").status_code == 403
    assert client.get(f"/customers/{of.pk}/payment-plan/").status_code == 403


def test_what_is_asked_for_and_what_is_not(client: Client) -> None:
    of = customer()
    asked, planned, disputed = late(of, "11.00"), late(of, "22.00"), late(of, "33.00")
    agree(of, [planned], (FIRST, "22.00"))
    paid = pay(of, "33.00", {disputed.pk: Decimal(33)})
    wanted = DisputeInput(Decimal(33), "Not as described")
    dispute_open(payment_id=paid.pk, wanted=wanted, actor=SYSTEM, now=NOW)
    sign_in(client)
    page, held = text_of(client.get("/payments/chasing/")), text_of(client.get("/payments/chasing/?held=1"))
    assert [number in page for number in (asked.number, planned.number, disputed.number)] == [True, False, False]
    assert [number in held for number in (asked.number, planned.number, disputed.number)] == [False, True, True]
    assert "its payment is disputed" in held
    assert "its payment is disputed" in text_of(client.get(f"/invoices/{disputed.pk}/"))


def test_the_client_reads_what_is_due_when(client: Client) -> None:
    of = customer()
    bill = late(of)
    agree(of, [bill], (FIRST, "30.00"), (SECOND, "70.00"))
    pay(of, "30.00", {bill.pk: Decimal(30)})
    bill.refresh_from_db()
    page = text_of(client.get(f"/portal/i/{token_of(bill.portal_link_id)}/"))
    assert "Your payment plan" in page
    assert "Was due" not in page
    person = factories.user(Role.CLIENT)
    of.contacts.create(name="Pat", email="pat@example.com", user=person)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Your payment plan" in text_of(client.get("/portal/"))


def test_the_api_agrees_lists_and_cancels(client: Client) -> None:
    of = customer()
    bill = late(of)
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    body = {
        "customer_id": of.number,
        "invoice_ids": [bill.number],
        "instalments": [{"due_date": "2026-04-01", "amount": 40}, {"due_date": "2026-05-01", "amount": "60.00"}],
    }
    made = post(client, "payment-plans", body)
    assert made.status_code == 201
    answer = read(made)
    assert (answer["payment_plan_id"], answer["status"], answer["invoice_ids"]) == ("PP-0001", "kept", [bill.number])
    assert [part["amount_due"] for part in answer["instalments"]] == [40, 60]
    assert post(client, "payment-plans", body).status_code == 409
    assert read(client.get("/api/payment-plans"))["total"] == 1
    held = read(client.get("/api/reports/chasing?held=true"))["invoices"]
    assert [(one["invoice_id"], one["verdict"], one["due_date"]) for one in held] == [
        (bill.number, "on_plan", "2026-04-01")
    ]
    ended = read(post(client, "payment-plans/PP-0001/cancel", {"reason": "Paid at once"}))
    assert (ended["status"], ended["reason"]) == ("cancelled", "Paid at once")
    asked = read(client.get("/api/reports/chasing"))["invoices"]
    assert [(one["invoice_id"], one["amount"], one["verdict"]) for one in asked] == [(bill.number, 100, "due")]
    assert read(client.get(f"/api/payment-plans/{answer['id']}"))["next_due_date"] is None


def test_a_refund_and_a_dispute_are_told_apart(client: Client) -> None:
    of = customer()
    paid = pay(of, "100.00")
    dispute_open(payment_id=paid.pk, wanted=DisputeInput(Decimal(30), "x"), actor=SYSTEM, now=NOW)
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    given = {"amount": 20, "reason": "Half a day", "method": "cash"}
    assert post(client, f"payments/{paid.number}/refunds", given).status_code == 201
    one = read(client.get(f"/api/payments/{paid.number}"))
    row = read(client.get("/api/payments"))["payments"][0]
    for told in (one, row):
        assert (told["amount_refunded"], told["amount_disputed"], told["unapplied"]) == (20, 30, 50)
    page = text_of(client.get(f"/payments/{paid.pk}/"))
    assert "Disputed amount" in page
    assert "Given back" in page


def test_what_is_disputed_does_not_count_for_the_second_person(client: Client) -> None:
    of = customer(approval_limit=Decimal(50))
    paid = pay(of, "100.00")
    dispute_open(payment_id=paid.pk, wanted=DisputeInput(Decimal(45), "x"), actor=SYSTEM, now=NOW)
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    given = {"amount": 20, "reason": "Half a day", "method": "cash"}
    assert post(client, f"payments/{paid.number}/refunds", given).status_code == 201


def test_the_days_of_grace_are_set_among_the_rules_of_paying(client: Client) -> None:
    of = customer()
    sign_in(client, Role.ADMIN)
    rules = {"least_percent": "5", "autopay_on": "issue", "autopay_days": "0, 1", "plan_grace_days": "10"}
    assert 'value="3"' in client.get("/settings/paying/").content.decode()
    assert client.post("/settings/paying/", rules).status_code == 302
    assert PayingRules.objects.get(profile=of.profile).plan_grace_days == 10
    assert client.post("/settings/paying/", rules | {"plan_grace_days": "400"}).status_code == 422
