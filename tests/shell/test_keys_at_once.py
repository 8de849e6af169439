"""R06 on the API as it is: each of twenty calls, sent many times at once under one key, has the effect of one call."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from billing_assistant.core import exact_json
from billing_assistant.core.clock import local_today, now
from billing_assistant.core.models import BusinessProfile, IdempotencyRecord
from billing_assistant.core.rights import ROLE_RIGHTS, Role
from billing_assistant.core.services.api_keys import api_key_create
from tests import factories
from tests.payments.builders import invoice, pay
from tests.payments.test_concurrency import at_once
from tests.support.deep import a_few

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.money]
OURS = {"core", "ledger", "customers", "invoices", "payments", "reminders", "ai_agent", "integrations"}
LINES = [{"description": "Hosting", "quantity": 2, "rate": 100}]
Call = tuple[str, dict[str, Any]]
_numbers = count(1)


class Office:
    """A seller, and what calls are about: each time something new."""

    def __init__(self) -> None:
        self.profile: BusinessProfile = factories.seller()
        self.of = factories.customer(self.profile)
        owner = factories.user(Role.ADMIN)
        scopes = [right.value for right in ROLE_RIGHTS[Role.ADMIN]]
        issued = api_key_create(
            user_id=owner.pk,
            profile_id=self.profile.pk,
            name="test",
            scopes=scopes,
            expires_at=None,
            actor=factories.actor(),
            now=now(),
        )
        self.key = issued.plain

    def call(self, path: str, body: dict[str, Any], key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.key}"} | ({"Idempotency-Key": key} if key else {})
        return Client().post(f"/api/{path}", exact_json.dumps(body), content_type="application/json", headers=headers)

    def made(self, path: str, body: dict[str, Any], field: str) -> str:
        answer = self.call(path, body)
        assert answer.status_code == 201, answer.content
        return str(answer.json()[field])

    @property
    def drafts(self) -> str:
        return f"customers/{self.of.number}/invoices/drafts"

    def draft(self, act: str) -> Call:
        return f"drafts/{self.made(self.drafts, {'items': LINES}, 'draft_id')}/{act}", {}

    def quote(self, act: str, **body: Any) -> Call:
        draft = self.made(self.drafts, {"items": LINES}, "draft_id")
        return f"quotes/{self.made(f'{self.drafts}/{draft}/quote', {}, 'quote_id')}/{act}", body

    def plan(self) -> Call:
        day = local_today(self.profile, now()).isoformat()
        return "plans", {"customer_id": self.of.number, "name": "Care", "start_date": day, "items": LINES}

    def bill(self) -> str:
        return str(invoice(self.of, "200.00").number)

    def paid(self) -> str:
        return str(pay(self.of, "200.00").number)


def agreed(office: Office) -> Call:
    parts = [{"due_date": "2031-01-01", "amount": 100}, {"due_date": "2031-02-01", "amount": 100}]
    return "payment-plans", {"customer_id": office.of.number, "invoice_ids": [office.bill()], "instalments": parts}


def settled(office: Office) -> Call:
    parts = [{"invoice_id": office.bill(), "amount": 150}]
    return "payments", {"customer_id": office.of.number, "amount": 200, "method": "cash", "allocations": parts}


CALLS: dict[str, Callable[[Office], Call]] = {
    "draft is made": lambda office: (office.drafts, {"items": LINES}),
    "draft is issued": lambda office: office.draft("issue"),
    "payment is recorded": settled,
    "payment is given back": lambda office: (
        f"payments/{office.paid()}/refunds",
        {"amount": 50, "reason": "x", "method": "cash"},
    ),
    "payment is applied": lambda office: (
        f"payments/{office.paid()}/allocate",
        {"allocations": [{"invoice_id": office.bill(), "amount": 20}]},
    ),
    "payment is reversed": lambda office: (f"payments/{office.paid()}/reverse", {"reason": "bounced"}),
    "invoice is voided": lambda office: (f"invoices/{office.bill()}/void", {"reason": "x"}),
    "invoice is copied": lambda office: (f"invoices/{office.bill()}/duplicate", {}),
    "payment plan is agreed": agreed,
    "customer is made": lambda _: ("customers", {"name": f"Client {next(_numbers)}", "email": "a@client.example"}),
    "contact is made": lambda office: (f"customers/{office.of.number}/contacts", {"name": "A", "email": "a@b.example"}),
    "note is made": lambda office: (f"customers/{office.of.number}/notes", {"text": "Called."}),
    "draft is reviewed": lambda office: office.draft("review"),
    "draft is copied": lambda office: office.draft("duplicate"),
    "draft becomes a quote": lambda office: (f"{office.drafts}/{office.draft('x')[0].split('/')[1]}/quote", {}),
    "quote is accepted": lambda office: office.quote("accept", name="Jane", reason="By phone"),
    "quote is declined": lambda office: office.quote("decline", name="Jane", reason="Too dear"),
    "plan is made": lambda office: office.plan(),
    "item is made": lambda _: ("catalogue", {"name": f"Item {next(_numbers)}", "prices": {"KES": 100}}),
    "promo code is made": lambda _: ("promo-codes", {"code": f"CODE{next(_numbers)}", "value": 10}),
}


def written() -> dict[str, int]:
    """How many rows each of our tables has, counted in one question."""
    models = [model for model in apps.get_models() if model._meta.app_label in OURS and model is not IdempotencyRecord]
    counts = ", ".join(f"(SELECT COUNT(*) FROM {model._meta.db_table})" for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return dict(zip((model._meta.label for model in models), cursor.fetchone(), strict=True))


def effect_of(act: Callable[[], Any]) -> dict[str, int]:
    """What an act adds to which tables."""
    before = written()
    act()
    return {name: rows - before[name] for name, rows in written().items() if rows != before[name]}


@pytest.mark.parametrize("times", a_few([5, 100], 1))
@pytest.mark.parametrize("name", CALLS)
def test_a_call_sent_again_at_once_has_one_effect_and_one_answer(name: str, times: int) -> None:
    office, answers = Office(), []
    office.call(*CALLS[name](office))  # what exists once for all calls is made: counters, accounts
    path, body = CALLS[name](office)
    one = effect_of(lambda: answers.append(office.call(path, body, "first")))
    assert answers[0].status_code in {200, 201}, answers[0].content
    path, body = CALLS[name](office)
    many = effect_of(lambda: answers.extend(at_once(lambda _: office.call(path, body, "second"), times)))
    assert {answer.status_code for answer in answers} == {answers[0].status_code}
    assert len({answer.content for answer in answers[1:]}) == 1
    assert many == one
    assert one


@pytest.mark.parametrize("name", ["draft is made", "payment is recorded"])
def test_negative_control_without_a_key_each_call_has_its_effect(name: str) -> None:
    office = Office()
    path, body = CALLS[name](office)
    body = {**body, "allocations": None} if name == "payment is recorded" else body
    one = effect_of(lambda: office.call(path, body))
    assert effect_of(lambda: at_once(lambda _: office.call(path, body), 5)) != one
